// Who sends the events of this page: Go once it runs, foyer-lean.js where data is saved, a beacon when the page goes.

import { chunk } from './chunk.js';
import { json } from './data.js';
import { createEvents } from './events.js';
import { mintId } from './ids.js';
import { bringer } from './retry.js';

/** @typedef {typeof import('./leftovers.js').createLeftovers} CreateLeftovers */

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
  /** Events of a page that Go does not know yet go with the message that tells of the page. */
  let moving = false;
  /** @type {CreateLeftovers | undefined} comes with what sends events */
  let createLeftovers;
  /** @type {ReturnType<CreateLeftovers> | undefined} */
  let leftovers;
  /** @type {ReturnType<typeof import('./lean.js').createCourier> | undefined} */
  let courier;

  const events = createEvents(win, ids, options, consent.refused, (event) => {
    if (options().debug) console.info('[foyer] event', event);
    if (!begun) return;
    if (!moving) send(event);
    courier?.wake();
  });
  const send = (/** @type {PageEvent} */ event) => go()?.send({ t: 'track', event });
  const pending = () => (consent.mayTrack() ? events.pending() : []);
  const noteLast = () => go()?.last(consent.mayTrack() ? events.last() : []);
  events.watch(noteLast);

  /** Takes up what earlier pages could not send. @param {{ createLeftovers: CreateLeftovers }} [module] what sends events */
  function resume(module) {
    createLeftovers ||= module?.createLeftovers;
    const kept = keep();
    if (begun && kept && createLeftovers) leftovers ||= createLeftovers(win, events, kept);
  }

  return {
    events,
    pending,
    noteLast,
    resume,
    /** Events may go. @param {boolean} newVisit @returns {boolean} they could not before */
    begin(newVisit) {
      if (begun || !consent.mayTrack()) return false;
      begun = true;
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
      events.clear();
      for (const key of /** @type {const} */ (['events', 'user'])) keep()?.write(key, null);
    },
    /** Sends the events without Go, until the visitor wants it. */
    leanly: bringer(win, 'no events are sent', () => chunk(base + '/' + FOYER_LEAN), (/** @type {typeof import('./lean.js')} */ module) => {
      resume(module);
      courier = module.createCourier(win, { url: url(), pending, kept: events.kept, idle: () => !!go()?.connected() });
      courier.wake();
    }),
    /** The page may not come back. */
    save() {
      if (consent.mayTrack()) leftovers?.save();
    },
    /** The page goes. Without a frame there is nobody else to send what is left. */
    leave() {
      if (!consent.mayTrack()) return;
      const exit = events.pageExited();
      if (go()?.connected()) send(exit);
      else win.navigator.sendBeacon(url(), json(events.last()));
      leftovers?.save();
    },
    /** A single-page navigation, or a page that came back: a new page of the same visit. @param {boolean} exited */
    moved(exited) {
      const before = events.pending().length;
      moving = true;
      if (!exited) events.pageExited();
      ids.page = mintId();
      events.pageEntered();
      moving = false;
      if (consent.mayTrack()) go()?.moved(events.pending().slice(before));
    },
  };
}
