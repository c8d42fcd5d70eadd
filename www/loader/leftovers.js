// What a page could not send when it went, kept first-party for the next page of the site. Tabs may go together, so each
// adds its own to what the others have left. Whoever sends events (foyer-go.js, foyer-lean.js) brings it.

import { json } from './data.js';

/** Events that the relay has not taken for so long are kept, ms. */
const unsent = 3000;
/** Bytes of a page's own events, and how many events of other pages beside them. */
const manyBytes = 200000;
const manyEvents = 200;

/**
 * Takes up what earlier pages have left. The relay keeps each event once, so that it does no harm to send one again.
 * @param {Window} win
 * @param {ReturnType<typeof import('./events.js').createEvents>} events
 * @param {ReturnType<typeof import('./keep.js').createKeep>} keep
 */
export function createLeftovers(win, events, keep) {
  /** @returns {PageEvent[]} */
  function left() {
    try {
      return JSON.parse(keep.read('events') || '[]').filter((/** @type {PageEvent} */ event) => event.eventID);
    } catch (_) {
      return []; // no events of ours
    }
  }

  events.resume(left());
  keep.write('events', null);

  return {
    /** The page may not come back. Where the relay cannot be reached, the next one sends what is left. */
    save() {
      const mine = events.last(manyBytes);
      if (win.navigator.onLine && events.waited() <= unsent && events.last().length === mine.length) return;
      const others = left().filter(({ eventID }) => !mine.some((event) => event.eventID === eventID));
      keep.write('events', json(others.slice(-manyEvents).concat(mine)));
    },
  };
}
