// The events of this page that the relay has not yet taken, and the one that says that the page was left.

import { mintId } from './ids.js';

/** More are not kept: a page that cannot reach the relay for hours must not grow without end. */
const limit = 200;

/**
 * @param {Window} win
 * @param {Ids} ids live: a single-page navigation changes the page's id
 * @param {(event: PageEvent) => void} onNew
 */
export function createEvents(win, ids, onNew) {
  /** @type {PageEvent[]} */
  let pending = [];
  /** @type {PageEvent} */
  let exit;
  let language = '';
  let onChange = () => {};

  /** @param {PageEvent['eventType']} type @param {string} name @param {Record<string, unknown>} data @param {string} [category] @returns {PageEvent} */
  const make = (type, name, data, category) => ({
    eventType: type,
    eventName: name,
    eventID: mintId(),
    pageID: ids.page,
    visitID: ids.visit,
    globalVisitID: ids.device,
    timestamp: Date.now(),
    url: win.location.href,
    languageCode: language || win.navigator.language || '',
    category: category || '',
    data,
  });
  const keep = (/** @type {PageEvent} */ event) => {
    pending.push(event);
    if (pending.length > limit) pending.shift();
    onNew(event);
    onChange();
  };

  return {
    /** @param {PageEvent['eventType']} type @param {string} name @param {Record<string, unknown>} data @param {string} [category] */
    add(type, name, data, category) {
      keep(make(type, name, data, category));
    },
    visitStarted() {
      const { navigator, screen } = win;
      this.add('SYSTEM', 'VisitStarted', {
        timezoneOffset: new Date().getTimezoneOffset(),
        userAgent: navigator.userAgent,
        screenResolution: screen.width + 'x' + screen.height,
        language: navigator.language,
      });
    },
    pageEntered() {
      this.add('SYSTEM', 'PageEntered', { title: win.document.title, referrer: win.document.referrer });
      exit = make('SYSTEM', 'PageExited', {});
      onChange();
    },
    /** The page is left now: its last event, minted when it was entered so that others hold it too. */
    pageExited() {
      exit.timestamp = Date.now();
      if (!pending.includes(exit)) keep(exit);
      return exit;
    },
    /** What is left to send if the page ended now, the exit last. */
    last: () => pending.filter((event) => event !== exit).concat(exit || []),
    pending: () => pending,
    /** The relay has these. @param {string[]} eventIds */
    kept(eventIds) {
      pending = pending.filter((event) => !eventIds.includes(event.eventID));
      onChange();
    },
    clear() {
      pending = [];
      onChange();
    },
    /** @param {string} code copied into every event from now on */
    language(code) {
      language = code;
    },
    /** @param {() => void} fn called when last() answers differently */
    watch(fn) {
      onChange = fn;
    },
  };
}
