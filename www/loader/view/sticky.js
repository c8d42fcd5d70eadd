// Scrolling elements that stay at their end while they are at it. A reader who scrolled up is left alone.

/** Nearer to the end than this counts as at the end, px. */
const slack = 24;

export function createSticky() {
  /** @type {Map<Element, { atEnd: boolean, stop: () => void }>} */
  const held = new Map();

  const toEnd = (/** @type {Element} */ element) => (element.scrollTop = element.scrollHeight);

  return {
    /** @param {Element} element @param {boolean} on */
    set(element, on) {
      held.get(element)?.stop();
      held.delete(element);
      if (!on) return;
      const entry = { atEnd: true, stop };
      const note = () => {
        // A hidden element has no height and scrolls nowhere: that is not the reader's doing.
        if (element.clientHeight) entry.atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < slack;
      };
      // It becomes visible, or a keyboard takes half of it.
      const watcher = 'ResizeObserver' in window ? new ResizeObserver(() => entry.atEnd && toEnd(element)) : null;
      watcher?.observe(element);
      element.addEventListener('scroll', note, { passive: true });
      held.set(element, entry);

      function stop() {
        watcher?.disconnect();
        element.removeEventListener('scroll', note);
      }
    },
    /** After changes: scrolls those that were at their end. */
    settle() {
      for (const [element, { atEnd }] of held) if (atEnd) toEnd(element);
    },
  };
}
