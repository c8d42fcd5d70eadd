// The chat button as the page itself has written it: chatButton.template, its HTML.

import { trusted } from './trusted.js';

/**
 * @param {string} html of the page
 * @param {Record<string, string>} words for what is marked with data-message
 * @param {ReturnType<typeof import('./catalogue.js').createCommon>} common
 * @returns {HTMLElement | undefined} undefined where there is no element in it
 */
export function chatButton(html, words, common) {
  const box = document.createElement('div');
  box.insertAdjacentHTML('beforeend', trusted(html));
  common.insertIcons(box);
  common.updateTemplateI18n(box, words);
  const button = box.firstElementChild;
  if (!(button instanceof HTMLElement)) return undefined;
  button.classList.add('cx-webchat-chat-button');
  if (!(button instanceof HTMLButtonElement)) makeOperable(button);
  return button;
}

/** What is no button takes focus like one, and keys as well (loader/button.js). @param {HTMLElement} element */
function makeOperable(element) {
  if (!element.hasAttribute('role')) element.setAttribute('role', 'button');
  if (element.tabIndex < 0) element.tabIndex = 0;
}
