// Fields of forms: their values, and which of them must not be overwritten.

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

const plainText = /^(text|email|tel|url|search|number|password|textarea)$/;

/** @param {unknown} element @returns {element is Field} */
export function isField(element) {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
}

/** What the field says: of a box its value if it is ticked. @param {Field} field */
function read(field) {
  if (field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type) && !field.checked) return '';
  return field.value;
}

/** The named fields of a form. @param {HTMLFormElement | null | undefined} form */
export function valuesOf(form) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const field of form ? form.elements : []) {
    if (!isField(field)) continue;
    const value = read(field);
    if (field.name && (value || !(field.name in values))) values[field.name] = value;
  }
  return values;
}

/** @param {HTMLElement} container @param {import('./hear.js').Listen} listen */
export function createFields(container, listen) {
  /** Edited here, and Go was not told yet. @type {WeakSet<Field>} */
  const edited = new WeakSet();
  /** Somebody has written in it since it got the focus, which alone keeps nothing from being shown. @type {Field | undefined} */
  let written;
  container.addEventListener(
    'input',
    (event) => {
      if (!isField(event.target)) return;
      edited.add(event.target);
      written = event.target;
    },
    true,
  );
  // Also when the whole tab loses it: what another tab then does to the text is shown when this one comes back.
  listen(container, 'focusout', () => (written = undefined));

  // Nobody edits in a tab that is not in front, whatever has the focus there.
  const busy = (/** @type {Field} */ field) =>
    edited.has(field) || (field === written && document.hasFocus() && !document.hidden);

  return {
    /** The element's value for an event; Go has it from now on. @param {Element} element */
    report(element) {
      if (isField(element)) {
        edited.delete(element);
        return read(element);
      }
      return element.scrollTop ? String(Math.round(element.scrollTop)) : '';
    },
    /** @param {Element} element @param {string} prop @param {unknown} value */
    set(element, prop, value) {
      const object = /** @type {any} */ (element);
      // Not an attribute: pages whose policy forbids inline style allow this.
      if (prop.startsWith('--')) return object.style.setProperty(prop, value);
      if (prop === 'value' && isField(element)) {
        if (object.value === value || busy(element)) return;
      }
      object[prop] = value;
    },
    /** The text of a field as a file. @param {string} name @returns {File[]} none where there is no such field */
    asFile(name) {
      const field = container.querySelector('[name="' + name + '"]');
      return isField(field) ? [new File([field.value], name + '.txt', { type: 'text/plain' })] : [];
    },
    /** Puts a text into a field, at its cursor. @param {string} name @param {string} text */
    insert(name, text) {
      const field = container.querySelector('[name="' + name + '"]');
      if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return;
      const { selectionStart, selectionEnd, value } = field;
      field.setRangeText(text, selectionStart ?? value.length, selectionEnd ?? value.length, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
    },
    /**
     * The named fields of the form that the element is or is in.
     * @param {Element} element @param {boolean} clear empties the text fields after reading
     * @param {number} [limit] but for those that hold more than so much: what is too long to be sent stays
     */
    collect(element, clear, limit) {
      const form = element.closest('form');
      const values = valuesOf(form);
      for (const field of form ? form.elements : []) {
        if (!isField(field)) continue;
        edited.delete(field);
        if (clear && plainText.test(field.type) && !(limit && field.value.length > limit)) field.value = '';
      }
      return values;
    },
  };
}
