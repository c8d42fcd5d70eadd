// What the page keeps first-party, in localStorage under foyer.<deployment>.<key>: what belongs to the chat and to invitations,
// the events that could not be sent, and the user who is known to the tracker. Where localStorage is full or refused it is
// sessionStorage, which lives as long as the tab; where that is as well, a cookie of the browser's session has what a chat
// needs to go on.

import { readCookie, writeCookie } from './ids.js';
import { warn } from './guard.js';

/** @type {KeptKey[]} */
const keys = ['handle', 'window', 'draft', 'outbox', 'muted', 'filters', 'seen', 'invite', 'events', 'user'];

/** What a cookie may hold: every request to the site carries it. */
const inCookies = /\.(handle|window|seen)$/;

/**
 * @param {Window} win
 * @param {string} deployment
 * @param {(key: KeptKey, value: string | null) => void} onChange another tab changed something
 */
export function createKeep(win, deployment, onChange) {
  const prefix = 'foyer.' + deployment + '.';
  /** Where things are kept, the best place first; what no place takes lives as long as the page. */
  const places = [storage(win, 'localStorage'), storage(win, 'sessionStorage'), cookies(win.document), memory()];
  let told = false;

  /** @param {KeptKey} key @returns {string | null} */
  function read(key) {
    for (const place of places) {
      const value = attempt(() => place.getItem(prefix + key)) ?? null;
      if (value !== null) return value;
    }
    return null;
  }

  win.addEventListener('storage', (event) => {
    if (!event.storageArea || event.storageArea !== attempt(() => win.localStorage)) return;
    // key is null when everything was cleared.
    for (const key of keys) {
      if (event.key === prefix + key || event.key === null) onChange(key, read(key));
    }
  });

  return {
    read,
    /** @returns {Record<string, string>} what is there */
    all() {
      /** @type {Record<string, string>} */
      const found = {};
      for (const key of keys) {
        const value = read(key);
        if (value !== null) found[key] = value;
      }
      return found;
    },
    /** @param {KeptKey} key @param {string | null} value null removes it */
    write(key, value) {
      if (!keys.includes(key)) return;
      const name = prefix + key;
      let kept = value === null;
      for (const place of places) {
        // What is left in a place that has no room for what is new would be found again.
        if (kept || !attempt(() => (place.setItem(name, /** @type {string} */ (value)), true))) attempt(() => place.removeItem(name));
        else {
          kept = true;
          if (place !== places[0] && !told) {
            told = true;
            warn('localStorage refuses: chats stay in this tab');
          }
        }
      }
    },
    forget() {
      for (const key of keys) this.write(key, null);
    },
  };
}

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} Place */

/** @template T @param {() => T} fn @returns {T | undefined} undefined where the browser, a sandbox or the page refuses it */
function attempt(fn) {
  try {
    return fn();
  } catch (_) {
    return undefined;
  }
}

/** One of the browser's storages, asked for each time: reading its name alone may be refused. @param {Window} win @param {'localStorage' | 'sessionStorage'} name @returns {Place} */
const storage = (win, name) => ({
  getItem: (key) => win[name].getItem(key),
  setItem: (key, value) => win[name].setItem(key, value),
  removeItem: (key) => win[name].removeItem(key),
});

/** @param {Document} doc @returns {Place} */
const cookies = (doc) => ({
  getItem: (key) => readCookie(doc, key) || null,
  setItem(key, value) {
    if (inCookies.test(key)) writeCookie(doc, key, value, '');
    if (readCookie(doc, key) !== value) throw 0;
  },
  removeItem(key) {
    if (inCookies.test(key) && readCookie(doc, key)) writeCookie(doc, key, '', ';max-age=0');
  },
});

/** @returns {Place} */
function memory() {
  /** @type {Record<string, string | null>} */
  const all = {};
  return {
    getItem: (key) => all[key] ?? null,
    setItem: (key, value) => void (all[key] = value),
    removeItem: (key) => void (all[key] = null),
  };
}
