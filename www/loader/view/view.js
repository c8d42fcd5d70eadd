// foyer-view.js: shows on the page what Go draws. It applies the differences of wasm/view/node.go to ordinary DOM, and
// sends back the events that the tree asked for. Used by the loader and by the agent desktop.
//
// It makes no HTML out of text but the page's own (html.js), never evaluates anything, and never overwrites what somebody is
// typing. Of style it sets custom properties only, by script, which policies against inline style allow.

import { createFields, isField } from './fields.js';
import { letHear, listenBy } from './hear.js';
import { createListeners } from './listeners.js';
import { keepFocus } from './focus.js';
import { fill } from './html.js';
import { soon } from './soon.js';
import { createSticky } from './sticky.js';
import { followViewport } from './viewport.js';

export { trusted } from './html.js';
export { createViewServices } from './services.js';

const svgSpace = 'http://www.w3.org/2000/svg';
/** Elements that could run or load something: no window needs them. */
const refusedTags = /^(script|style|iframe|frame|object|embed|base|link|meta|template)$/i;
const refusedAttrs = /^(on|style$|srcdoc$)/i;
const addresses = /^(href|src|action|formaction|xlink:href)$/i;
const safeAddress = /^(https?:|mailto:|tel:|blob:|[/#?.]|[^:]*$)/i;

/**
 * @param {{
 *   parent: () => HTMLElement,
 *   send: (message: { t: 'input', root: string, node: number, action: string, value: string, press: string, fields: Record<string, string> }) => void,
 *   warn?: (text: string, detail?: unknown) => void,
 *   gate?: Gate,
 * }} options parent: where the containers of roots go; gate: what has to be asked for some events inside (loader/gate.js)
 */
export function createView({ parent, send, warn = () => {}, gate }) {
  const listen = listenBy(gate);

  /** @type {Map<string, ReturnType<typeof createRoot>>} */
  const roots = new Map();

  /** @param {string} name @param {string} className */
  function createRoot(name, className) {
    const container = document.createElement('div');
    container.className = className;
    container.dataset.root = name;
    parent().append(container);

    /** @type {Map<number, Element>} */
    const elements = new Map([[0, container]]);
    /** @type {WeakMap<Element, number>} */
    const numbers = new WeakMap([[container, 0]]);
    const fields = createFields(container, listen);
    const sticky = createSticky();
    const unfollow = followViewport(container);
    let drawing = false;
    const listeners = createListeners(
      fields,
      (element, event) => send({ t: 'input', root: name, node: numbers.get(element) ?? 0, ...event }),
      () => drawing,
      listen,
    );
    /** What takes the focus. @type {Element | undefined} */
    let wanted;
    // Scrolling and focus make the browser lay the page out. On a slow phone that is too much for one task: scrolling
    // goes with the next frame, and the focus follows it.
    const follow = () => {
      const next = wanted;
      wanted = undefined;
      if (next instanceof HTMLElement && next.isConnected) next.focus();
    };
    const settle = soon(() => {
      sticky.settle();
      if (wanted) setTimeout(follow);
    });

    const get = (/** @type {number} */ id) => {
      const element = elements.get(id);
      if (!element) throw new Error('no element ' + id);
      return element;
    };
    const insert = (/** @type {Element} */ element, /** @type {number} */ under, /** @type {number} */ before) =>
      get(under).insertBefore(element, before ? get(before) : null);

    /** @param {number} id */
    function forget(id) {
      const element = get(id);
      element.remove();
      for (const gone of [element, ...element.querySelectorAll('*')]) {
        const number = numbers.get(gone);
        if (number === undefined) continue;
        elements.delete(number);
        listeners.set(gone, []);
        sticky.set(gone, false);
      }
    }

    /** @type {Record<string, (...args: any[]) => void>} one function for each letter of an op */
    const ops = {
      new(id, tag, under, before, attrs, text) {
        const element = createElement(tag, get(under));
        if (isField(element)) letHear(element, gate);
        for (const attr of Object.keys(attrs || {})) setAttribute(element, attr, attrs[attr]);
        if (text) element.textContent = text;
        elements.set(id, element);
        numbers.set(element, id);
        insert(element, under, before);
      },
      attr: (id, attr, value) => setAttribute(get(id), attr, value),
      set: (id, prop, value) => fields.set(get(id), prop, value),
      text: (id, text) => (get(id).textContent = text),
      move: (id, under, before) => insert(get(id), under, before),
      del: forget,
      on: (id, handlers) => listeners.set(get(id), handlers || []),
      html: (id, html, slots) =>
        fill(get(id), html, Object.fromEntries(Object.entries(slots).map(([slot, child]) => [slot, get(child)]))),
      focus: (id) => (wanted = get(id)),
      stick: (id, on) => sticky.set(get(id), on),
    };

    return {
      container,
      elements,
      /** @param {any[][]} list */
      apply(list) {
        const restore = keepFocus(container);
        drawing = true;
        for (const [letter, ...args] of list) {
          try {
            if (Object.prototype.hasOwnProperty.call(ops, letter)) ops[letter](...args);
          } catch (error) {
            // The rest still applies: one lost difference must not cost the whole window.
            warn('view op ' + letter + ' ' + args[0], error);
          }
        }
        if (!wanted) restore();
        drawing = false;
        settle();
      },
      close() {
        unfollow();
        listeners.drop();
        container.remove();
      },
    };
  }

  /** @param {string} name */
  function close(name) {
    roots.get(name)?.close();
    roots.delete(name);
  }

  return {
    /** Takes a message of type view. @param {{ root: string, class?: string, ops: any[][] | null }} message */
    apply({ root: name, class: className, ops }) {
      if (!ops) {
        close(name);
        return;
      }
      let root = roots.get(name);
      if (!root) {
        root = createRoot(name, className || '');
        roots.set(name, root);
      }
      if (className !== undefined) root.container.className = className;
      root.apply(ops);
    },
    /** Another Go draws from now on: what is shown goes when its first differences come. */
    renew() {
      const old = [...roots.keys()];
      return (/** @type {string} */ name) => {
        if (!old.includes(name)) return;
        old.splice(old.indexOf(name), 1);
        close(name);
      };
    },
    /** The element of a number, for what needs one on the page. @param {string} name @param {number} id */
    element: (name, id) => roots.get(name)?.elements.get(id),
  };
}

/** @param {string} tag @param {Element} under */
function createElement(tag, under) {
  if (refusedTags.test(tag)) throw new Error('refused element ' + tag);
  const drawing = tag === 'svg' || (under.namespaceURI === svgSpace && under.tagName !== 'foreignObject');
  return drawing ? document.createElementNS(svgSpace, tag) : document.createElement(tag);
}

/** @param {Element} element @param {string} name @param {string | null} value null removes it */
function setAttribute(element, name, value) {
  if (refusedAttrs.test(name)) throw new Error('refused attribute ' + name);
  if (value === null) element.removeAttribute(name);
  else if (addresses.test(name) && !safeAddress.test(value.trim())) throw new Error('refused address');
  else element.setAttribute(name, value);
}
