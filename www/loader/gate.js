// The gate: what the visitor does inside Foyer's own elements is Foyer's, whatever the page listens to. A focus trap of a
// page's dialog, its smooth scrolling, its shortcuts and its ban on copying all listen on document or window; a listener on
// window that was there before them, in the capturing phase, comes first.
//
// What the page must not get (held) ends here, and whoever belongs to Foyer hears of it from the gate. Clicks go on, since
// old pages wait for them at document; but Foyer has acted on them by then.

import { guard } from './guard.js';

const held = (
  'pointerdown mousedown touchstart touchmove wheel keydown keypress keyup focus blur focusin focusout ' +
  'copy cut paste selectstart contextmenu dragenter dragover dragleave drop'
).split(' ');

/** @param {Window} win */
export function createGate(win) {
  /** What is inside. @type {Element | undefined} */
  let root;
  let quiet = false;
  /** @type {WeakMap<EventTarget, Set<[string, (event: any) => void]>>} */
  const heard = new WeakMap();

  /** Tells those inside, from the element outwards, and last who listens to all of it at window. @param {Event} event */
  function tell(event) {
    for (let at = /** @type {any} */ (event.target); at; at = at === root ? win : at.parentNode) {
      for (const [type, fn] of [...(heard.get(at) || [])]) if (type === event.type) fn.call(at, event);
      if (event.cancelBubble || !event.bubbles) return;
    }
  }

  /** @param {Event} event */
  function pass(event) {
    const target = /** @type {any} */ (event.target);
    if (!target.nodeType || !root?.contains(target)) return;
    if (!quiet) tell(event);
    if (event.type !== 'click') {
      event.stopImmediatePropagation();
      return;
    }
    // A trap on the way down may stop the click, which we have had, but not the submitting or ticking that comes of it.
    // Where links lead is also the page's business.
    const { preventDefault } = event;
    if (!target.closest?.('a')) event.preventDefault = () => event.eventPhase === 1 || preventDefault.call(event);
  }

  for (const type of [...held, 'click']) {
    win.addEventListener(type, guard(type, pass), { capture: true, passive: /^(touch|wheel)/.test(type) });
  }

  return {
    /** Names the element whose inside is kept. @param {Element} element */
    around(element) {
      root = element;
    },
    /** Whether events of this type end here. @param {string} type */
    stops: (type) => held.includes(type),
    /**
     * Hears what the gate takes, at an element inside or, of everything inside, at window. A listener may cancel the event,
     * and keep it from those further out by stopPropagation.
     * @param {EventTarget} target @param {string} type @param {(event: any) => void} fn
     * @returns {() => void} ends it
     */
    listen(target, type, fn) {
      if (target === window) target = win;
      /** @type {[string, (event: any) => void]} */
      const entry = [type, guard(type, fn)];
      const all = heard.get(target) || new Set();
      heard.set(target, all.add(entry));
      return () => void all.delete(entry);
    },
    /** What happens inside meanwhile is our own doing: nobody hears of it. @param {() => void} run */
    quietly(run) {
      quiet = true;
      run();
      quiet = false;
    },
  };
}
