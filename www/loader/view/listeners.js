// The events that nodes asked for. What the page does at once (preventDefault, emptying a form) is declared in the
// handler, because Go answers too late to decide about it.

import { takeFiles } from './files.js';

/** @typedef {{ action: string, value: string, press: string, fields: Record<string, string>, files?: File[] }} Told */

/**
 * @param {ReturnType<import('./fields.js').createFields>} fields
 * @param {(element: Element, event: Told) => void} tell
 * @param {() => boolean} drawing differences are being applied: what happens then (a button that goes loses the focus) is
 *   Go's own doing and nothing to tell
 * @param {import('./hear.js').Listen} listen
 */
export function createListeners(fields, tell, drawing, listen) {
  /** @type {WeakMap<Element, (() => void)[]>} how to take an element's listeners off */
  const installed = new WeakMap();
  /** Events that wait for their time, in order. @type {Map<object, { timer: number, fire: () => void }>} */
  const waiting = new Map();

  /** Nothing may overtake what waits: a draft that comes after its message would be written again. */
  function flush() {
    for (const [owner, { timer, fire }] of [...waiting]) {
      clearTimeout(timer);
      waiting.delete(owner);
      fire();
    }
  }

  /** @param {Element} element @param {any[]} handler as in view.Handler */
  function install(element, [type, action, keys, prevent, stop, wantsFields, clear, waitMs, into, limit, asFile]) {
    if (type === 'files') {
      return takeFiles(element, keys, (files) => tell(element, { action, value: '', press: '', fields: {}, files }), listen);
    }
    const owner = {};
    let quietUntil = 0;

    const fire = (/** @type {string} */ press) => {
      // Read before the form is emptied.
      const value = fields.report(element);
      const files = asFile ? { files: fields.asFile(asFile) } : {};
      tell(element, { action, value, press, fields: wantsFields ? fields.collect(element, clear, limit) : {}, ...files });
      quietUntil = Date.now() + (waitMs || 0);
    };
    const listener = (/** @type {Event} */ event) => {
      if (drawing()) return;
      const press = event instanceof KeyboardEvent ? pressOf(event) : '';
      // Keys of an input method belong to it: the Enter that ends a composition sends nothing.
      if (event instanceof KeyboardEvent && (event.isComposing || event.keyCode === 229)) return;
      if (keys && keys.length && !keys.includes(press)) return;
      if (prevent) event.preventDefault();
      if (stop) event.stopPropagation();
      if (into) {
        const text = picked(element, event.target);
        if (!text) return;
        fields.insert(into, text);
      }
      const pause = quietUntil - Date.now();
      if (pause > 0) {
        if (!waiting.has(owner)) {
          const later = () => {
            waiting.delete(owner);
            fire(press);
          };
          waiting.set(owner, { timer: Number(setTimeout(later, pause)), fire: () => fire(press) });
        }
        return;
      }
      flush();
      fire(press);
    };
    const end = listen(element, type, listener);
    return () => {
      clearTimeout(waiting.get(owner)?.timer);
      waiting.delete(owner);
      end();
    };
  }

  return {
    /** Replaces the element's handlers. @param {Element} element @param {any[][]} handlers */
    set(element, handlers) {
      for (const remove of installed.get(element) || []) remove();
      installed.set(element, handlers.map((handler) => install(element, handler)));
    },
    /** Forgets what waits: the window is gone. */
    drop() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/**
 * The text of what was picked: the element's own, or where it holds several, that of the one.
 * @param {Element} element @param {EventTarget | null} target
 */
function picked(element, target) {
  const one = element.childElementCount ? target : element;
  return one instanceof Element && !one.childElementCount ? (one.textContent || '').trim() : '';
}

/** The key with its modifiers in front, as in view.Handler.Keys. @param {KeyboardEvent} event */
function pressOf(event) {
  const { key } = event;
  return (
    (event.ctrlKey && key !== 'Control' ? 'Control+' : '') +
    (event.altKey && key !== 'Alt' ? 'Alt+' : '') +
    (event.shiftKey && key !== 'Shift' ? 'Shift+' : '') +
    (event.metaKey && key !== 'Meta' ? 'Meta+' : '') +
    key
  );
}
