// What a CookieProvider does: carries the cookie in which the page keeps its chat's session to iframe.html, and back.
// globals.js calls it, and sees to it that a promise for which nobody waits complains on the console only.

import { warn } from '../loader/guard.js';
import { cookieOptions, cookies } from '../loader/widgets/cookies.js';
import { createFrame } from './frame.js';
import { sharedOf } from './shared.js';

/**
 * The provider of a cookie and a frame, one on each page.
 * @param {Window} win @param {string} name @param {string} address
 */
export function providerOf(win, name, address) {
  const url = new URL(address, win.document.baseURI).href;
  const ask = once(url, () => createFrame(win, url));
  return once(name + '\n' + url, () => createProvider(win, String(name), ask));

  /** @template T @param {string} key @param {() => T} make @returns {T} */
  function once(key, make) {
    const { made } = sharedOf(win);
    if (!made.has(key)) made.set(key, make());
    return made.get(key);
  }
}

/** @param {any} win @param {string} name @param {import('./frame.js').Ask} ask */
function createProvider(win, name, ask) {
  const jar = cookies(win.document);
  const read = () => /** @type {string | undefined} */ (jar.get(name));
  /** As the widgets keep it; a page with a chat of its own has cookies of its own host. A second one would hide the first. */
  const options = () =>
    win._genesys?.widgets
      ? cookieOptions(win, win._genesys.widgets.main?.cookieOptions)
      : { path: '/', secure: win.location.protocol === 'https:', sameSite: 'Lax' };
  /** What the frame and the page were last seen to have in common. @type {string | undefined} */
  let known;

  sharedOf(win).kept.add({
    /** Forgets the session that has ended, here, and in the frame unless another one began meanwhile. */
    clear() {
      const value = known ?? read();
      known = undefined;
      if (value === undefined) return;
      jar.remove(name, options());
      ask({ t: 'clear', name, value }).catch((error) => warn('the session that has ended is not cleared', error));
    },
    /** The page has kept its session anew, which other sites have as it was. */
    refresh() {
      const value = read();
      if (known === undefined || value === undefined || value === known) return;
      save(value).catch((error) => warn('the session is not kept anew', error));
    },
  });

  /** @param {string} value */
  async function save(value) {
    await ask({ t: 'set', name, value });
    known = value;
    return value;
  }

  return {
    /** Brings the frame. */
    open: () => ask({ t: 'get', name }),
    /** Gives the page the session that another site has kept. Resolves with it, or with null where there is none. */
    loadCookie() {
      return ask({ t: 'get', name }).then((value) => {
        if (typeof value === 'string') {
          jar.set(name, value, options());
          known = value;
        }
        return value;
      });
    },
    /** Keeps the page's session for other sites. Resolves with it, or with null where the page has none. */
    async saveCookie() {
      const value = read();
      return value === undefined ? null : save(value);
    },
    /**
     * Tells whether pages of other sites see what is saved here.
     * @param {(shared: boolean, details: object) => void} [callback]
     * @returns {Promise<boolean>}
     */
    cookieTest(callback) {
      return ask({ t: 'test' }).then((details) => {
        const shared = details.sharing === 'shared';
        if (typeof callback === 'function') {
          try {
            callback(shared, details);
          } catch (error) {
            console.error('[foyer] the callback of cookieTest threw', error);
          }
        }
        return shared;
      });
    },
  };
}
