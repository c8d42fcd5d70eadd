// Notices of the system, for an agent who is looking at something else: what is read out on the desktop is shown there too.

import { guard } from '../loader/guard.js';

/** Where an agent says to be ready: a browser lets a page ask for permission in a click. */
const asking = '.fd-ready, .fd-overview .fd-button';

/**
 * @param {Window & typeof globalThis} win
 * @returns {(text: string, urgent: boolean) => void} shows a notice, where the page is hidden and the agent allows it; a
 *   later one takes the place of one that is as urgent
 */
export function createNotices(win) {
  const doc = win.document;
  /** Not there on pages that may not show any. @type {typeof Notification | undefined} */
  const Notice = win.Notification;
  /** @type {Set<Notification>} */
  const open = new Set();

  doc.addEventListener('click', ({ target }) => {
    if (Notice?.permission === 'default' && target instanceof Element && target.closest(asking)) void Notice.requestPermission();
  });
  doc.addEventListener('visibilitychange', () => {
    if (doc.hidden) return;
    open.forEach((one) => one.close());
    open.clear();
  });

  // Some phones have the class, and throw when it is used.
  return guard('notice', (/** @type {string} */ text, /** @type {boolean} */ urgent) => {
    if (!Notice || Notice.permission !== 'granted' || !doc.hidden) return;
    const notice = new Notice(doc.title, { body: text, tag: urgent ? 'foyer-offer' : 'foyer-message' });
    notice.onclick = () => {
      win.focus();
      notice.close();
    };
    open.add(notice);
  });
}
