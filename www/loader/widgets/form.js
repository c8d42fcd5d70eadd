// One field of a form in the form of formJSON.

import { make } from '../build.js';
import { trusted } from './trusted.js';

/** What a page may give a field beside that: no handler of an event. */
const attribute = /^(?!on)[a-z][\w-]*$/i;
const known = /^(id|name|type|label|placeholder|maxlength|title|value|required|options|wrapper|validate|validateWhileTyping|class|style|custom|srcdoc)$/i;

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const tags = { select: 'select', textarea: 'textarea' };

/**
 * @param {any} field id, name, type, label, placeholder, value, maxlength, title, required, options
 * @param {(text: string) => string} text finds what @i18n: stands for
 */
export function createForm(field, text) {
  /** @type {Record<string, string>} */
  const attrs = {};
  for (const key of ['id', 'name', 'placeholder', 'maxlength', 'title', 'value']) {
    if (field[key] !== undefined) attrs[key] = text(String(field[key]));
  }
  for (const key of Object.keys(field)) {
    if (!attribute.test(key) || known.test(key) || /object|function|undefined/.test(typeof field[key]) || field[key] === false) continue;
    attrs[key] = field[key] === true && !/^(aria|data)-/i.test(key) ? '' : text(String(field[key]));
  }
  const tag = tags[field.type] || 'input';
  if (tag === 'input') attrs.type = field.type || 'text';
  if (field.required) attrs.required = '';
  const input = make(tag, { ...attrs, class: 'cx-input cx-form-control i18n' + (field.class ? ' ' + field.class : '') });
  if (field.style) input.style.cssText = field.style;
  for (const option of field.options || []) {
    const { text: label = option, value = option, ...more } = typeof option === 'object' ? option : {};
    input.append(make('option', { value: String(value), ...(more.selected && { selected: '' }) }, text(String(label))));
  }
  if (field.type === 'hidden') return input;
  const label = make('label', field.id ? { for: field.id } : {});
  label.insertAdjacentHTML('beforeend', trusted(text(String(field.label ?? ''))));
  return make('div', { class: 'cx-form-group' }, label, input);
}
