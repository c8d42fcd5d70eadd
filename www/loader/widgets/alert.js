// Common.showAlert: something that the visitor has to read, within a widget, before they go on in it.

import { make } from '../build.js';

let last = 0;

/**
 * @param {Element} where the widget, or a part of it; an alert that is there already gives way
 * @param {{ text: string, button: string }} words
 * @returns {HTMLElement}
 */
export function showAlert(where, { text, button }) {
  /** @type {HTMLElement | null} */ (where.querySelector(':scope > .cx-alert .cx-btn'))?.click();
  const id = 'cx-alert-' + ++last;
  const close = make('button', { type: 'button', class: 'cx-btn cx-btn-primary' }, button);
  const alert = make(
    'div',
    { class: 'cx-alert cx-confirmation cx-confirm', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': id },
    make('p', { class: 'cx-confirm-body', id }, text),
    make('div', { class: 'cx-button-container' }, make('div', { class: 'cx-button-group' }, close)),
  );
  const before = document.activeElement;
  // Neither keyboard nor mouse get behind it.
  const behind = [...where.children].filter((child) => !child.hasAttribute('inert'));
  for (const child of behind) child.setAttribute('inert', '');
  close.onclick = () => {
    alert.remove();
    for (const child of behind) child.removeAttribute('inert');
    if (before instanceof HTMLElement) before.focus();
  };
  alert.onkeydown = (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close.click();
  };
  where.append(alert);
  close.focus();
  return alert;
}
