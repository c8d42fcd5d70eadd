// Common, the vendor's box of helpers, as far as pages use it. What makes elements gives jQuery objects where there is a
// jQuery, and plain elements where there is none.

import { icon, make } from '../build.js';
import { showAlert } from './alert.js';
import { createForm } from './form.js';
import { linkify } from './linkify.js';
import { trusted } from './trusted.js';

/** Strokes of icons, in a box of 24 by 24. @type {Record<string, string>} */
const icons = {
  close: 'M6 6l12 12M18 6L6 18',
  minimize: 'M5 18h14',
  chat: 'M4 5h16v11H10l-4.5 4v-4H4z',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.5',
};

/**
 * @param {Window} win
 * @param {ReturnType<typeof import('../settings.js').createSettings>} settings
 * @param {() => any} jQuery
 */
export function createCommon(win, settings, jQuery) {
  const doc = win.document;
  const wrap = (/** @type {Element} */ element) => jQuery()?.(element) || element;
  /** The elements of a jQuery object, or the one element. @param {any} list @returns {Element[]} */
  const elements = (list) => (list?.nodeType ? [list] : Array.from(list || []));
  const say = (/** @type {'debug' | 'info' | 'error'} */ level) => (/** @type {unknown[]} */ ...what) => console[level](...what);
  const debug = say('debug');

  /** Texts of a plugin from main.i18n, in the page's language. @param {string} plugin @returns {Record<string, string>} */
  function texts(plugin) {
    const { i18n, lang = doc.documentElement.lang || 'en' } = settings.part('main');
    return { ...i18n?.[lang]?.[plugin] };
  }

  /**
   * Puts texts into the elements of class i18n, by their data-message.
   * @param {any} list @param {Record<string, string>} words
   */
  function updateTemplateI18n(list, words) {
    for (const element of elements(list).flatMap((root) => [root, ...root.querySelectorAll('.i18n')])) {
      const text = words[/** @type {HTMLElement} */ (element).dataset.message || ''];
      if (text !== undefined && element.classList.contains('i18n')) element.textContent = text;
    }
    return list;
  }

  /** The same for the placeholders of fields, by their data-message. @param {any} list @param {Record<string, string>} words */
  function populateAllPlaceholders(list, words) {
    for (const field of elements(list).flatMap((root) => [...root.querySelectorAll('input,textarea')])) {
      const text = words[/** @type {HTMLElement} */ (field).dataset.message || ''];
      if (text !== undefined) field.setAttribute('placeholder', text);
    }
    return list;
  }

  /** Draws the icons that elements name: <span class="cx-icon" data-icon="close">. @param {any} list */
  function insertIcons(list) {
    for (const element of elements(list).flatMap((root) => [...root.querySelectorAll('[data-icon]')])) {
      const path = icons[/** @type {HTMLElement} */ (element).dataset.icon || ''];
      if (path && !element.firstChild) element.append(icon(path));
    }
    return list;
  }

  /** HTML of the page itself, an element or a jQuery object. @param {Element} parent @param {any} content */
  function put(parent, content) {
    if (content === undefined || content === null) return;
    if (typeof content !== 'string') parent.append(...elements(content));
    else parent.insertAdjacentHTML('beforeend', trusted(content));
  }

  /** @param {any} options type: generic, overlay or toast; buttons: {type: "binary", primary, secondary} */
  function container({ type = 'generic', title, body, icon: picture, controls, buttons } = {}) {
    const control = (/** @type {string} */ name) =>
      make('button', { type: 'button', class: 'cx-icon-button cx-button-' + name, 'aria-label': name }, icon(icons[name]));
    const head = make('div', { class: 'cx-titlebar' }, make('div', { class: 'cx-icon', 'aria-hidden': 'true' }), make('div', { class: 'cx-title' }));
    const inside = make('div', { class: 'cx-body' });
    const foot = make('div', { class: 'cx-footer' });
    put(/** @type {Element} */ (head.firstChild), picture);
    put(/** @type {Element} */ (head.lastChild), title);
    put(inside, body);
    if (controls !== false && controls !== '') {
      const names = controls === 'minimize' ? ['minimize', 'close'] : ['close'];
      head.append(make('div', { class: 'cx-buttons-window-control' }, ...names.map(control)));
    }
    if (buttons) {
      const button = (/** @type {string} */ kind, /** @type {string} */ label) => make('button', { type: 'button', class: 'cx-btn ' + kind }, label);
      foot.append(
        make(
          'div',
          { class: 'cx-button-container' },
          make(
            'div',
            { class: 'cx-button-group cx-buttons-' + (buttons.type || 'binary') },
            ...(buttons.secondary ? [button('cx-btn-default', buttons.secondary)] : []),
            ...(buttons.primary ? [button('cx-btn-primary', buttons.primary)] : []),
          ),
        ),
      );
    }
    return wrap(make('div', { class: 'cx-widget cx-common-container cx-' + type, role: 'group' }, head, inside, foot));
  }

  return {
    Generate: { Container: container },
    /** The page's configuration. */
    get config() {
      return win._genesys?.widgets;
    },
    linkify,
    /**
     * An alert within an element of a widget, until the visitor has read it.
     * @param {any} list @param {{ text?: unknown, buttonText?: unknown }} options buttonText: where it is left out, as the
     *   widget's own button to close it says
     */
    showAlert(list, { text = '', buttonText } = {}) {
      const [where] = elements(list);
      if (!where) return wrap(/** @type {any} */ ([]));
      const close = where.closest('.cx-widget')?.querySelector('.cx-button-close')?.getAttribute('aria-label');
      const words = (/** @type {unknown} */ said) => resolveText(String(said), texts);
      return wrap(showAlert(where, { text: words(text), button: words(buttonText ?? close ?? 'OK') }));
    },
    debug: (/** @type {unknown[]} */ ...what) => settings.part('main').debug && debug(...what),
    log: say('info'),
    error: say('error'),
    /** The value at a path of names, undefined where it ends early. @param {any} object @param {string} path "a.b.c" */
    checkPath: (object, path) => path.split('.').reduce((value, name) => value?.[name], object),
    createFormField: (/** @type {any} */ field) => wrap(createForm(field, (key) => resolveText(key, texts))),
    /** Calls back when a field of an object gets another value. @param {any} object @param {string} key @param {Function} fn */
    watch(object, key, fn) {
      let value = object[key];
      Object.defineProperty(object, key, {
        configurable: true,
        enumerable: true,
        get: () => value,
        set(next) {
          const last = value;
          value = next;
          if (next !== last) fn(next, last, key);
        },
      });
    },
    /** More icons: names and what is drawn, the d of an SVG path in a box of 24 by 24. @param {Record<string, string>} more */
    addIcons: (more) => void Object.assign(icons, more),
    insertIcons,
    populateAllPlaceholders: (/** @type {any} */ list, words = texts('webchat')) => populateAllPlaceholders(list, words),
    updateTemplateI18n: (/** @type {any} */ list, words = texts('webchat')) => updateTemplateI18n(list, words),
  };
}

/** "@i18n:webchat.ChatFormFirstName" is a text of main.i18n; anything else is itself. @param {string} text @param {(plugin: string) => Record<string, string>} texts */
function resolveText(text, texts) {
  const [, plugin, key] = /^@i18n:(\w+)\.(\w+)$/.exec(text) || [];
  return key ? texts(plugin)[key] ?? '' : text;
}
