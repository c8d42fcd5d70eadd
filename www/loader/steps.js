// Divides a longer piece of work into tasks of the browser. Between two of them the page's own come through, and what the
// visitor does.

import { guard } from './guard.js';

/**
 * Does the steps in order, each in a task of its own. One that fails does not keep the others from being done.
 * @param {...(() => void)} steps
 */
export function inSteps(...steps) {
  // A message is a task of its own, and unlike a timer it is neither put off nor faked by a page's tests.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    guard('start', /** @type {() => void} */ (steps.shift()))();
    if (steps.length) port2.postMessage(0);
    else port1.close();
  };
  port2.postMessage(0);
}
