// foyer-lean.js: sends the events of a page where the browser asks to save data, or the connection is slow, and Go is
// not brought before the visitor asks for it.

import { bytesOf, json } from './data.js';
import { warn } from './guard.js';

export { createLeftovers } from './leftovers.js';
export { whenTitled } from './title.js';

/** What comes within this time goes together, ms. */
const burst = 1000;
/** The pause after a failure, ms. */
const pause = 30000;
/** Events and bytes of one request; browsers send no larger ones from a page that is left. */
const most = 100;
const largest = 50000;

/**
 * @param {Window} win
 * @param {{ url: string, pending: () => PageEvent[], kept: (ids: string[]) => void, idle: () => boolean }} page url: where
 *   events go; idle: somebody else sends them now
 */
export function createCourier(win, { url, pending, kept, idle }) {
  /** @type {number | undefined} */
  let timer;
  let under = false;

  /** @param {number} ms */
  function later(ms) {
    timer ??= win.setTimeout(() => {
      timer = undefined;
      void send();
    }, ms);
  }

  async function send() {
    const batch = firstOf(pending());
    if (under || !batch.length || idle()) return;
    under = true;
    try {
      const response = await win.fetch(url, { method: 'POST', body: json(batch), keepalive: true });
      if (!response.ok && response.status !== 400) throw new Error('status ' + response.status);
      // What the relay will never take is not sent again.
      if (!response.ok) warn('the relay refused ' + batch.length + ' events', await response.text());
      kept(batch.map((event) => event.eventID));
      if (pending().length) later(burst);
    } catch (_) {
      later(pause);
    } finally {
      under = false;
    }
  }

  return {
    /** There is something to send. */
    wake: () => later(burst),
  };
}

/** What goes in one request. It stays as it is, whatever comes meanwhile. @param {PageEvent[]} events */
function firstOf(events) {
  let size = 0;
  const end = events.findIndex((event, i) => i === most || ((size += bytesOf(json(event))) > largest && i > 0));
  return events.slice(0, end < 0 ? most : end);
}
