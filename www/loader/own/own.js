// The browser's own things, by names that a page may have taken for its own: `var URL`, `function Map`, `var performance`
// replace what window had, `class Set` hides it. The bundler has every script of ours take its globals from here
// (names.js), so this file itself uses none but window and document, which no page can replace.

const page = /** @type {any} */ (window);
/** Object and what it and functions can, whoever has taken their names. @type {any} */
const object = {}.constructor;
const { toString: tagOf } = object.prototype;
const { toString: textOf } = object;

/** @type {any} */
let frame;

/** A window that no script has been in. It stays in the document: things made by a window that is gone do nothing. */
function cleanWindow() {
  if (!frame?.contentWindow) {
    frame = document.createElement('iframe');
    frame.style.display = 'none';
    document.documentElement.append(frame);
  }
  return frame.contentWindow;
}

/**
 * Whether it is the browser's, or what somebody has put around a function of it. A function that was declared is the page's
 * own: it cannot be taken back.
 * @param {string} name @param {any} value
 */
const isGenuine = (name, value) =>
  typeof value === 'function'
    ? /native code]\s*}$/.test(textOf.call(value)) || (/^[a-z]/.test(name) && object.getOwnPropertyDescriptor(page, name)?.configurable !== false)
    : value === undefined || (name !== 'Object' && name.toLowerCase().endsWith(tagOf.call(value).slice(8, -1).toLowerCase()));

/** @param {string} name @returns {any} */
function genuine(name) {
  // The classes of the page's elements and events: another window has other ones.
  const tag = name.slice(4, -7).toLowerCase() || 'b';
  if (/Event$/.test(name)) return document.createEvent(name).constructor;
  if (/Element$/.test(name)) return (name[7] ? document.createElement(tag) : document.createElementNS('', tag)).constructor;
  const get = object.getOwnPropertyDescriptor(cleanWindow(), name)?.get;
  return get ? get.call(page) : cleanWindow()[name];
}

/** What scripts take from the window that they are given. The others are the page's, or cannot be replaced. */
const ofWindow =
  /^((add|remove)EventListener|(set|clear)(Timeout|Interval)|fetch|open|matchMedia|requestIdleCallback|MutationObserver|(local|session)Storage|navigat(ion|or)|performance)$/;

/**
 * Gives window, with the browser's own things under their names.
 * @returns {Window & typeof globalThis}
 */
export const ownWindow = () =>
  new (own('Proxy'))(page, {
    get(/** @type {any} */ _, /** @type {any} */ name) {
      if (name === 'origin' && page.origin !== 'null') return page.location.origin;
      return ofWindow.test(name) ? own(name) : page[name];
    },
  });

/**
 * Gives what window has under the name, as the browser made it. A function that makes nothing acts on this window.
 * @param {string} name @returns {any}
 */
export function own(name) {
  const there = page[name];
  const value = isGenuine(name, there) ? there : genuine(name);
  return /^[a-z]/.test(name) && value?.call ? value.bind(page) : value;
}
