// The events of this page that the relay has not yet taken, and the one that says that the page was left.

import { bytesOf, clean, json, portable } from './data.js';
import { warn } from './guard.js';
import { mintId } from './ids.js';

/** More are not kept, nor more bytes: a page that cannot reach the relay for hours must not grow without end. */
const limit = 2000;
const manyBytes = 2_000_000;
/** Bytes of what goes in one beacon; browsers send no more from a page that is left. */
const oneBeacon = 50000;
/** Characters of an event's name and of its address, as the relay takes them. */
const longestName = 100;
const longestUrl = 4000;

/**
 * @param {Window} win
 * @param {Ids} ids live: a single-page navigation changes the page's id
 * @param {() => Record<string, any>} config the tracker's options of now
 * @param {() => boolean} refused what happens now is never to be told
 * @param {(event: PageEvent) => void} onNew
 */
export function createEvents(win, ids, config, refused, onNew) {
  /** @type {PageEvent[]} */
  let pending = [];
  /** @type {PageEvent} */
  let exit;
  /** What the page is about, as Go says. */
  let about = '';
  let entered = 0;
  let full = false;
  /** Of pending. */
  let bytes = 0;
  let onChange = () => {};
  const now = createClock(win);

  /** @param {PageEvent['eventType']} type @param {string} name @param {Record<string, unknown>} data @param {string} [category] @returns {PageEvent} */
  const make = (type, name, data, category) => ({
    eventType: type,
    eventName: name,
    eventID: mintId(),
    pageID: ids.page,
    visitID: ids.visit,
    globalVisitID: ids.device,
    timestamp: now(),
    url: win.location.href.slice(0, longestUrl),
    languageCode: clean(config().languageCode || win.navigator.language || '').slice(0, 35),
    category: [...new Set([category, about].join(';').split(';'))].filter((each) => each).join(';').slice(0, 1000),
    data,
  });

  const keep = (/** @type {PageEvent} */ event) => {
    if (refused()) return;
    pending.push(event);
    bytes += sizeOf(event);
    while (pending.length > limit || (bytes > manyBytes && pending.length > 1)) drop();
    onNew(event);
    onChange();
  };

  /** @type {WeakMap<PageEvent, number>} */
  const sizes = new WeakMap();

  /** @param {PageEvent} event */
  function sizeOf(event) {
    const size = sizes.get(event) || bytesOf(json(event)) + 1;
    sizes.set(event, size);
    return size;
  }

  /** @param {PageEvent[]} list */
  function replace(list) {
    pending = list;
    bytes = list.reduce((sum, event) => sum + sizeOf(event), 0);
  }

  /** Views of pages are missed least. */
  function drop() {
    const [gone] = pending.splice(Math.max(0, pending.findIndex(({ eventName }) => /^Page(Entered|Exited)$/.test(eventName))), 1);
    bytes -= sizeOf(gone);
    if (!full) warn('too many events wait: the oldest are dropped');
    full = true;
  }

  const application = () => (config().name ? { application: config().name } : {});

  return {
    /** @param {PageEvent['eventType']} type @param {string} name @param {Record<string, unknown>} data @param {string} [category] */
    add(type, name, data, category) {
      if (name.length > longestName) {
        warn('an event whose name has ' + name.length + ' characters is not sent: ' + name.slice(0, longestName));
        return undefined;
      }
      let without = '';
      const event = make(type, clean(name), portable(data, (key) => (without ||= key)), category);
      if (without) warn('the data of ' + name + ' is sent without some of it: ' + without);
      keep(event);
      return event;
    },
    visitStarted() {
      const { navigator, screen } = win;
      this.add('SYSTEM', 'VisitStarted', {
        timezoneOffset: new Date().getTimezoneOffset(),
        userAgent: navigator.userAgent,
        screenResolution: screen.width + 'x' + screen.height,
        language: navigator.language,
        ...application(),
      });
    },
    pageEntered() {
      entered = win.performance.now();
      about = '';
      const event = this.add('SYSTEM', 'PageEntered', { title: win.document.title, referrer: win.document.referrer, ...application() });
      exit = make('SYSTEM', 'PageExited', {});
      onChange();
      return event;
    },
    /** When the page was entered, in the time of performance.now. */
    entered: () => entered,
    /** The page is left now: its last event, minted when it was entered so that others hold it too. */
    pageExited() {
      exit.timestamp = now();
      if (!pending.includes(exit)) keep(exit);
      return exit;
    },
    /** What is left to send if the page ended now, the exit last: the newest that have so many bytes. */
    last(most = oneBeacon) {
      const all = pending.filter((event) => event !== exit).concat(exit || []);
      let i = all.length;
      for (let size = 0; i > 0 && (size += sizeOf(all[i - 1])) <= most; ) i--;
      return all.slice(i);
    },
    pending: () => pending,
    /** The relay has these. @param {string[]} eventIds */
    kept(eventIds) {
      const gone = new Set(eventIds);
      replace(pending.filter((event) => !gone.has(event.eventID)));
      full = full && pending.length > 0;
      onChange();
    },
    /** Takes up events of an earlier page that could not be sent. @param {PageEvent[]} events */
    resume(events) {
      replace(events.concat(pending).slice(-limit));
      onChange();
    },
    /** The ids of visit and device are others than those with which events were minted. */
    renamed() {
      replace(pending.filter(({ eventName }) => eventName !== 'VisitStarted'));
      for (const event of pending.concat(exit || [])) Object.assign(event, { visitID: ids.visit, globalVisitID: ids.device });
    },
    /** The oldest has waited for so long, ms. */
    waited: () => (pending.length ? now() - pending[0].timestamp : 0),
    clear() {
      replace([]);
      onChange();
    },
    /** @param {string} value the categories of the page, for every event from now on */
    category(value) {
      about = value;
      if (exit) exit.category = value;
      onChange();
    },
    /** @param {() => void} fn called when last() answers differently */
    watch(fn) {
      onChange = fn;
    },
  };
}

/**
 * A clock that follows the browser's forwards, but never goes back, and never says the same time twice: by it the events of
 * a visit are in order.
 * @param {Window} win
 */
function createClock(win) {
  let shift = 0;
  let last = 0;
  return () => {
    shift = Math.max(shift, Date.now() - win.performance.now());
    return (last = Math.max(last + 1, Math.round(shift + win.performance.now())));
  };
}
