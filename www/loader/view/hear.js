// Listening to what happens inside the window. Some events never come so far: the gate (loader/gate.js) takes them before
// the page could, and whoever wants them asks there.

/** @typedef {(element: Element, type: string, fn: (event: any) => void) => () => void} Listen gives what ends it */

/** @param {Gate | undefined} gate none where all of the page is ours @returns {Listen} */
export function listenBy(gate) {
  return (element, type, fn) => {
    if (gate && (type === 'click' || gate.stops(type))) return gate.listen(element, type, fn);
    element.addEventListener(type, fn);
    return () => element.removeEventListener(type, fn);
  };
}

/**
 * Lets a page that listens at a field of the window, to filter the keys of a field of its own for one, hear what the gate
 * takes. Clicks reach it anyhow.
 * @param {Element} element @param {Gate | undefined} gate
 */
export function letHear(element, gate) {
  if (!gate) return;
  const own = /** @type {any} */ (element);
  const { addEventListener, removeEventListener } = own;
  /** @type {{ type: string, listener: any, end: () => void }[]} */
  let heard = [];
  const end = (/** @type {string} */ type, /** @type {any} */ listener) => {
    for (const each of heard) if (each.type === type && each.listener === listener) each.end();
    heard = heard.filter((each) => each.type !== type || each.listener !== listener);
  };

  own.addEventListener = (/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) => {
    if (!gate.stops(type) || !listener) return addEventListener.call(element, type, listener, options);
    end(type, listener);
    const hear = (/** @type {Event} */ event) => {
      if (options?.once) end(type, listener);
      Object.defineProperty(event, 'currentTarget', { value: element, configurable: true });
      if (typeof listener === 'function') listener.call(element, event);
      else listener.handleEvent(event);
    };
    heard.push({ type, listener, end: gate.listen(element, type, hear) });
  };
  own.removeEventListener = (/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) => {
    if (gate.stops(type)) end(type, listener);
    else removeEventListener.call(element, type, listener, options);
  };
}
