// Puts another address into an element for a moment.

/** @param {(address: string) => string} change gives the address to show instead, or the same */
export function createDresser(change) {
  /** @type {Map<Element, { attribute: string, own: string, shown: string, timer: number }>} */
  const dressed = new Map();

  /** @param {Element} element */
  function undress(element) {
    const dress = dressed.get(element);
    if (!dress) return;
    clearTimeout(dress.timer);
    dressed.delete(element);
    // A page that has set another address meanwhile knows better.
    if (element.getAttribute(dress.attribute) === dress.shown) element.setAttribute(dress.attribute, dress.own);
  }

  return {
    /** @param {Element} element @param {string} attribute @param {number} forMs after the event that goes on */
    dress(element, attribute, forMs) {
      const own = element.getAttribute(attribute) || '';
      const before = dressed.get(element);
      if (before) clearTimeout(before.timer);
      const shown = before ? before.shown : change(own);
      if (shown === own && !before) return;
      if (!before) element.setAttribute(attribute, shown);
      const timer = window.setTimeout(() => undress(element), forMs);
      dressed.set(element, { attribute, own: before ? before.own : own, shown, timer });
    },
    undressAll() {
      for (const element of [...dressed.keys()]) undress(element);
    },
  };
}
