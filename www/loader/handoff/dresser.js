// Puts other attributes into an element for a moment.

/** @typedef {Record<string, string | null>} Attributes null: the element has none of that name */

/** @param {(element: Element, attribute: string) => Attributes | null} dressOf what to show instead; null for no change */
export function createDresser(dressOf) {
  /** @type {Map<Element, { own: Attributes, shown: Attributes, timer: number }>} */
  const dressed = new Map();

  /** @param {Element} element */
  function undress(element) {
    const dress = dressed.get(element);
    if (!dress) return;
    clearTimeout(dress.timer);
    dressed.delete(element);
    for (const [name, shown] of Object.entries(dress.shown)) {
      // A page that has set another one meanwhile knows better.
      if (element.getAttribute(name) === shown) put(element, name, dress.own[name]);
    }
  }

  return {
    /** @param {Element} element @param {string} attribute its address @param {number} forMs after the event that goes on */
    dress(element, attribute, forMs) {
      const before = dressed.get(element);
      if (before) clearTimeout(before.timer);
      const shown = before ? before.shown : dressOf(element, attribute);
      if (!shown) return;
      const own = before ? before.own : Object.fromEntries(Object.keys(shown).map((name) => [name, element.getAttribute(name)]));
      if (!before) for (const [name, value] of Object.entries(shown)) put(element, name, value);
      const timer = Number(setTimeout(() => undress(element), forMs));
      dressed.set(element, { own, shown, timer });
    },
    undressAll() {
      for (const element of [...dressed.keys()]) undress(element);
    },
  };
}

/** @param {Element} element @param {string} name @param {string | null} value */
function put(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}
