// foyer-invite.js: what servers do on a page through the Notification Service, on Go's order (wasm/invite). It puts content
// on the page and runs its scripts, calls functions of the page, and is what the scripts of an invitation find. foyer-go.js
// brings it when the first such order comes.
//
// Whether any of this may be done is decided before: by Go, by the deployment, and for content of other hosts here.

import { callForeign, warn } from '../guard.js';
import { fetchContent, insertContent } from './content.js';
import { createNames } from './names.js';

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   gate: Gate,
 *   send: (message: MessageToGo) => void,
 *   bus: ReturnType<typeof import('../bus.js').createBus>,
 *   trusted: Trusted,
 *   result: (query: string) => void,
 *   store: (key: KeptKey, value: string | null) => void,
 * }} page base: the relay's address; send: to Go; trusted: the page's Trusted Types policy, or what stands for it; result:
 *   what the frame reports when the page goes, "" for nothing; store: keeps a value first-party
 * @returns {Pick<AllServices, 'content' | 'invitationShown' | 'invitationOver' | 'invitationReported' | 'callPage' | 'busCommand'>} the services of the page protocol
 */
export function createInvitations(win, { base, gate, send, bus, trusted, result, store }) {
  const tell = (/** @type {string} */ name, /** @type {object} */ data) => send({ t: 'command', n: 0, name, from: 'Foyer', data });
  /** A result of which the relay does not know yet, as the query of its address. */
  let waiting = '';
  const unreported = (/** @type {string} */ query) => result((waiting = query));
  const names = createNames(win, { gate, tell, bus, unreported });
  // A worker that dies with its page has not taken the invitation away: the next page must not ask again.
  win.addEventListener('pagehide', () => waiting && store('invite', null));
  /** Content that is being put on the page: scripts of two files must not mix. @type {Promise<unknown>} */
  let before = Promise.resolve();

  /** @param {any} order as in the page protocol */
  async function place({ n, url, html, hosts, method, container, config, visit, page }) {
    const own = html !== undefined;
    const address = new URL(own ? base + url : url, base);
    const text = own ? html : await fetchContent(win, address, { hosts, method });
    names.publish({ n, config, visit, page });
    try {
      await insertContent(win.document, { html: text, address: address.href, own: own ? base : undefined, container, trusted });
    } finally {
      names.ran();
    }
  }

  return {
    content(order) {
      const done = before.then(() => place(order));
      before = done.catch(() => {});
      return done;
    },
    invitationShown: ({ n }) => names.shown(n),
    invitationOver: () => names.over(),
    invitationReported: () => unreported(''),
    callPage({ name, args }) {
      const path = name.split('.');
      const method = path.pop();
      const owner = path.reduce((/** @type {any} */ object, /** @type {string} */ key) => object?.[key], win);
      if (typeof owner?.[method] !== 'function') warn('a notification calls ' + name + ', which is no function of this page');
      else callForeign(name, owner[method].bind(owner), ...(args || []));
    },
    busCommand({ name, data }) {
      bus.command('Engage', name, data).fail((/** @type {unknown} */ why) => warn(name + ' was rejected', why));
    },
  };
}
