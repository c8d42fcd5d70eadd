// Who sends the events of this page: Go once it runs, foyer-lean.js where data is saved, a beacon when the page goes.

import { chunk } from './chunk.js';
import { json } from './data.js';
import { createEvents } from './events.js';
import { mintId } from './ids.js';
import { bringer } from './retry.js';

/**
 * What comes with foyer-go.js and foyer-lean.js, one of which sends the events.
 * @typedef {{ createLeftovers: typeof import('./leftovers.js').createLeftovers, whenTitled: typeof import('./title.js').whenTitled }} Sender
 */

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   url: () => string,
 *   ids: Ids,
 *   options: () => Record<string, any>,
 *   consent: ReturnType<typeof import('./consent.js').createConsent>,
 *   keep: () => ReturnType<typeof import('./keep.js').createKeep> | undefined,
 *   go: () => ReturnType<typeof import('./go/go.js').createGo> | undefined,
 * }} page base: where our files are; url: where events go; options: the tracker's, of now
 */
export function createTracking(win, { base, url, ids, options, consent, keep, go }) {
  /** Events may go: what waited was sent. */
  let begun = false;
  /**
   * Events of a page that Go does not know yet: they go with the message that tells of the page, once its title is known.
   * @type {PageEvent[] | undefined}
   */
  let held;
  /** Ends waiting for the title. */
  let stopWaiting = () => {};
  /** Begins it, once there is a sender: before, no event goes. */
  let startWaiting = () => {};
  /** The page's title, as far as it is known. */
  let title = '';
  /** @type {Sender | undefined} */
  let sender;
  /** @type {ReturnType<Sender['createLeftovers']> | undefined} */
  let leftovers;
  /** @type {ReturnType<typeof import('./lean.js').createCourier> | undefined} */
  let courier;

  const events = createEvents(win, ids, options, consent.refused, (event) => {
    if (options().debug) console.info('[foyer] event', event);
    if (!begun) return;
    if (held) held.push(event);
    else send(event);
    courier?.wake();
  });
  const send = (/** @type {PageEvent} */ event) => go()?.send({ t: 'track', event });
  const pending = () => (consent.mayTrack() ? events.pending() : []);
  const noteLast = () => go()?.last(consent.mayTrack() ? events.last() : []);
  let noting = false;
  // However many events there are at once, the frame is told once.
  events.watch(() => {
    if (noting) return;
    noting = true;
    void Promise.resolve().then(() => {
      noting = false;
      noteLast();
    });
  });

  /** The page was entered. Its event has its own title when that is there. @param {() => void} then */
  function enter(then) {
    stopWaiting();
    const event = events.pageEntered();
    startWaiting = () => (stopWaiting = sender?.whenTitled(win, title, then) || stopWaiting);
    startWaiting();
    let settled = false;
    return () => {
      if (settled) return;
      settled = true;
      stopWaiting();
      startWaiting = () => {};
      title = win.document.title;
      if (event) event.data.title = title;
      noteLast();
    };
  }

  /** Notes the title of the page that is shown. */
  let settle = () => {};

  /** Tells Go of the page that it does not know yet, whether or not its title is known. */
  function release() {
    const all = held;
    if (!all) return;
    held = undefined;
    settle();
    if (consent.mayTrack()) go()?.moved(all);
    courier?.wake();
  }

  /** Takes up what earlier pages could not send. @param {Sender} [module] */
  function resume(module) {
    if (!sender && module) {
      sender = module;
      startWaiting();
    }
    const kept = keep();
    if (begun && kept && sender) leftovers ||= sender.createLeftovers(win, events, kept);
  }

  return {
    events,
    /** What Go is told when it first hears of the page. */
    pending() {
      settle();
      held = undefined;
      return pending();
    },
    noteLast,
    resume,
    release,
    /** The first page is entered. */
    enter() {
      settle = enter(() => settle());
    },
    /** Events may go. @param {boolean} newVisit @returns {boolean} they could not before */
    begin(newVisit) {
      if (begun || !consent.mayTrack()) return false;
      begun = true;
      held = undefined;
      resume();
      const userID = keep()?.read('user');
      if (userID && newVisit) events.add('SYSTEM', 'UserInfo', { userID });
      go()?.send({ t: 'page', what: 'tracked' });
      events.pending().forEach(send);
      return true;
    },
    /** The visitor refuses to be seen. */
    stop() {
      begun = false;
      held = undefined;
      stopWaiting();
      events.clear();
      for (const key of /** @type {const} */ (['events', 'user'])) keep()?.write(key, null);
    },
    /** Sends the events without Go, until the visitor wants it. */
    leanly: bringer(win, 'no events are sent', () => chunk(base + '/' + FOYER_LEAN), (/** @type {typeof import('./lean.js')} */ module) => {
      resume(module);
      courier = module.createCourier(win, { url: url(), pending: () => (held ? [] : pending()), kept: events.kept, idle: () => !!go()?.connected() });
      courier.wake();
    }),
    /** The page may not come back. */
    save() {
      if (consent.mayTrack()) leftovers?.save();
    },
    /** The page goes. Without a frame there is nobody else to send what is left. */
    leave() {
      if (!consent.mayTrack()) return;
      release();
      const exit = events.pageExited();
      if (go()?.connected()) send(exit);
      else win.navigator.sendBeacon(url(), json(events.last()));
      leftovers?.save();
    },
    /** A single-page navigation, or a page that came back: a new page of the same visit. @param {boolean} exited */
    moved(exited) {
      release();
      settle();
      held = [];
      if (!exited) events.pageExited();
      ids.page = mintId();
      settle = enter(release);
      if (exited) release(); // it has been drawn long since
    },
  };
}
