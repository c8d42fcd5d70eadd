// Fetches what the relay says about the deployment: an ES module, so that a page needs no connect-src for it.

import { warn } from './guard.js';

/** Pauses before trying again, ms. A page that was opened while the relay restarts still gets its button. */
const pauses = [3000, 15000, 60000];

/**
 * @param {Window} win @param {Tag} tag
 * @param {string} hints more that the relay may know it by, as a query that begins with &
 * @param {(deployment: Deployment) => void} then
 */
export function fetchDeployment(win, tag, hints, then) {
  const address = tag.base + '/deployment.js?name=' + encodeURIComponent(tag.deployment) + hints;
  let tries = 0;

  function attempt() {
    // A browser remembers that a module failed: another try needs another address.
    import(address + (tries ? '&try=' + tries : '')).then(
      (module) => then(module.default),
      (error) => {
        if (tries === pauses.length) warn('the relay does not answer', error);
        else win.setTimeout(attempt, pauses[tries++]);
      },
    );
  }
  attempt();
}
