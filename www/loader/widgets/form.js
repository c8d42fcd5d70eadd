// One field of a form in the form of formJSON.

import { make } from '../build.js';

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
  const tag = tags[field.type] || 'input';
  if (tag === 'input') attrs.type = field.type || 'text';
  if (field.required) attrs.required = '';
  const input = make(tag, { class: 'cx-input cx-form-control i18n', ...attrs });
  for (const option of field.options || []) {
    const { text: label = option, value = option, ...more } = typeof option === 'object' ? option : {};
    input.append(make('option', { value: String(value), ...(more.selected && { selected: '' }) }, text(String(label))));
  }
  if (field.type === 'hidden') return input;
  const label = make('label', field.id ? { for: field.id } : {}, text(String(field.label ?? '')));
  return make('div', { class: 'cx-form-group' }, label, input);
}
