// Watches for what an event waits for: something that happens to an element, or time that passes.

import { guard, warn } from '../guard.js';

/** Of one kind so many are looked at in a second; of those that come by hundreds fewer. */
const perSecond = 200;
const perSecondOfMany = 20;
const many = /move|scroll|wheel|over|out$|enter|leave|drag|progress|timeupdate|animation|transition|raw/i;
/** What counts as moving the mouse. */
const moves = ['pointermove', 'pointerdown', 'wheel', 'touchstart'];
/** What has happened long before anybody watches. */
const past = /^(ready|load|DOMContentLoaded|pageshow)$/;

/**
 * @param {Window} win
 * @param {{ $: any, since: number, ran: Set<string> }} options since: when the page was entered, in the time of
 *   performance.now; ran: keys of timers that have run already
 */
export function createTriggers(win, { $, since, ran }) {
  const doc = win.document;
  const now = () => win.performance.now();
  /** @type {(() => void)[]} what ends it */
  const ends = [];
  /** @type {Map<string, ((event: Event) => void)[]>} by the kind of the DOM event */
  const kinds = new Map();
  let moved = since;

  /** @param {EventTarget} target @param {string} type @param {(event: any) => void} fn */
  function listen(target, type, fn) {
    const guarded = guard('the DSL on ' + type, fn);
    const options = { capture: true, passive: true };
    target.addEventListener(type, guarded, options);
    ends.push(() => target.removeEventListener(type, guarded, options));
  }

  /** One listener for all triggers of a kind. @param {string} type */
  function listenOnce(type) {
    const most = many.test(type) ? perSecondOfMany : perSecond;
    let second = 0;
    let seen = 0;
    listen(win, type, (event) => {
      const at = Math.floor(now() / 1000);
      if (at !== second) [second, seen] = [at, 0];
      if (++seen > most) return;
      for (const handle of kinds.get(type) || []) handle(event);
    });
  }

  /** Runs it after ms. @param {number} ms @param {() => void} fn */
  function after(ms, fn) {
    const timer = win.setTimeout(guard('a timer of the DSL', fn), Math.max(0, ms));
    ends.push(() => win.clearTimeout(timer));
  }

  /** Each time that many happened, calls met. @param {number} count @param {(event?: Event) => void} met */
  function counter(count, met) {
    let left = count;
    return (/** @type {Event | undefined} */ event = undefined) => {
      if (--left > 0) return;
      left = count;
      met(event);
    };
  }

  /** Runs count times, then never again on this page. @param {import('./monitor.js').Trigger} trigger @param {string} key @param {() => void} met */
  function addTimer({ wait, count }, key, met) {
    if (ran.has(key)) return;
    after(since + wait * count - now(), () => {
      ran.add(key);
      met();
    });
  }

  /** Happens when nothing moved for that long, and again after the next move. @param {import('./monitor.js').Trigger} trigger @param {() => void} happened */
  function addIdle({ wait }, happened) {
    let told = -1;
    const look = () => {
      const rest = moved + wait - now();
      if (rest <= 0 && told !== moved) {
        told = moved;
        happened();
      }
      after(rest > 0 ? rest : wait, look);
    };
    if (!kinds.has('move')) {
      kinds.set('move', []);
      for (const type of moves) listen(win, type, () => (moved = now()));
    }
    after(moved + wait - now(), look);
  }

  /** @param {string} selector @returns {((target: any) => unknown) | undefined} */
  function matcher(selector) {
    if (!selector) return () => true;
    try {
      doc.querySelector(selector);
      return (target) => elementOf(target)?.closest(selector);
    } catch (_) {
      // jQuery's dialect, or nonsense
    }
    try {
      $?.(doc.createElement('i')).is(selector);
      return $ && ((target) => $(elementOf(target)).closest(selector).length);
    } catch (_) {
      return undefined;
    }
  }

  return {
    /**
     * @param {import('./monitor.js').Trigger} trigger
     * @param {string} key of the trigger, and of the page
     * @param {(event?: Event) => void} met called each time that it has happened as often as it has to
     */
    add(trigger, key, met) {
      const { element, action, wait, idle, count } = trigger;
      if (wait) {
        if (idle) addIdle(trigger, counter(count, met));
        else addTimer(trigger, key, met);
        return;
      }
      const matches = matcher(element);
      if (!matches) {
        warn('the selector ' + element + ' of the DSL is faulty');
        return;
      }
      const happened = counter(count, met);
      if (!element && past.test(action) && doc.readyState === 'complete') {
        after(0, happened);
        return;
      }
      if (!kinds.has(action)) {
        kinds.set(action, []);
        listenOnce(action);
      }
      kinds.get(action)?.push((event) => {
        if (matches(event.target)) happened(event);
      });
      if (win.jQuery?.fn && !('on' + action in win)) listenTojQuery(action, matches, happened);
    },
    stop() {
      ends.splice(0).forEach((end) => end());
      kinds.clear();
    },
  };

  /** Events that the page triggers with jQuery reach nobody else. @param {string} type @param {(target: any) => unknown} matches @param {(event: any) => void} happened */
  function listenTojQuery(type, matches, happened) {
    const $page = win.jQuery;
    const handle = guard('the DSL on ' + type, (/** @type {any} */ event) => {
      if (!event.originalEvent && matches(event.target)) happened(event);
    });
    $page(doc).on(type, handle);
    ends.push(() => $page(doc).off(type, handle));
  }
}

/** @param {any} target of an event: an element, a text, the document, the window @returns {Element | null | undefined} */
function elementOf(target) {
  return target?.nodeType === 1 ? target : target?.parentElement;
}
