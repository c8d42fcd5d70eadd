// Scrolling elements that stay at their end while they are at it. A reader who scrolled up is left alone: what comes in
// front of what they read moves nothing.

/** Nearer to the end than this counts as at the end, px. */
const slack = 24;

/**
 * @typedef {{ atEnd: boolean, end: number, seen: Element | undefined, top: number, stop: () => void }} Held end: where its end
 *   was last; seen: what is before the reader, and its place
 */

export function createSticky() {
  /** @type {Map<Element, Held>} */
  const held = new Map();

  /** @param {Element} element @param {Held} entry */
  function toEnd(element, entry) {
    element.scrollTop = element.scrollHeight;
    entry.end = element.scrollTop;
  }
  const topOf = (/** @type {Element} */ element, /** @type {Element} */ child) =>
    child.getBoundingClientRect().top - element.getBoundingClientRect().top;

  /** Notes where the reader is. @param {Element} element @param {Held} entry */
  function note(element, entry) {
    // A hidden element has no height and scrolls nowhere: that is not the reader's doing.
    if (!element.clientHeight) return;
    // Who was at the end leaves it upwards only. Where more came below, or there is less room, it is about to be followed.
    const stayed = entry.atEnd && element.scrollTop >= entry.end;
    entry.atEnd = stayed || element.scrollHeight - element.scrollTop - element.clientHeight < slack;
    entry.seen = undefined;
    if (entry.atEnd) return;
    // The last one in sight: a heading at the top may stay in front of what is added behind it.
    const height = element.clientHeight;
    entry.seen = [...element.children].reverse().find((child) => topOf(element, child) < height);
    if (entry.seen) entry.top = topOf(element, entry.seen);
  }

  /** Puts what the reader had before their eyes back there. @param {Element} element @param {Held} entry */
  function hold(element, { seen, top }) {
    if (seen && seen.parentElement === element) element.scrollTop += topOf(element, seen) - top;
  }

  return {
    /** @param {Element} element @param {boolean} on */
    set(element, on) {
      held.get(element)?.stop();
      held.delete(element);
      if (!on) return;
      /** @type {Held} */
      const entry = { atEnd: true, end: 0, seen: undefined, top: 0, stop };
      const scrolled = () => note(element, entry);
      // It becomes visible, or a keyboard takes half of it.
      const watcher = 'ResizeObserver' in window ? new ResizeObserver(() => entry.atEnd && toEnd(element, entry)) : null;
      watcher?.observe(element);
      element.addEventListener('scroll', scrolled, { passive: true });
      held.set(element, entry);

      function stop() {
        watcher?.disconnect();
        element.removeEventListener('scroll', scrolled);
      }
    },
    /** After changes: scrolls those that were at their end, and holds the others. */
    settle() {
      for (const [element, entry] of held) {
        if (entry.atEnd) toEnd(element, entry);
        else hold(element, entry);
      }
    },
  };
}
