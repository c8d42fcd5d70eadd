// The globals of "Persistent Chat across Different Domains", as small as can be: what they do is in provider.js, which
// foyer.js brings as a chunk when a page uses one of them.

import { warn } from '../loader/guard.js';
import { busyOf } from './shared.js';

/**
 * Publishes them where nobody has yet.
 * @param {any} win
 * @param {() => Promise<typeof import('./provider.js')>} bring
 * @param {(win: Window, fn: () => void) => void} whenIdle
 */
export function publishCookieProvider(win, bring, whenIdle) {
  if (win.CookieProvider) return;

  /** @this {any} @param {string} name @param {string} url @param {Function} [notify] for cookieTest */
  win.CookieProvider = function (name, url, notify) {
    const method = (/** @type {string} */ which) => (/** @type {unknown} */ arg = notify) => {
      const done = bring().then((module) => /** @type {any} */ (module.providerOf(win, name, url))[which](arg));
      done.catch((error) => warn(which, error)); // and it is not unhandled where nobody waits for it
      busyOf(win).add(done);
      return done;
    };
    this.loadCookie = method('loadCookie');
    this.saveCookie = method('saveCookie');
    this.cookieTest = method('cookieTest');
    whenIdle(win, method('open'));
  };

  // Samples name it where the page has no extension.
  win.CookieProviderExtension = () => {};

  /** @param {string} name @param {string} url @param {Function} [notify] */
  win.initCookieProviderExtension = (name, url, notify) => {
    const provider = new win.CookieProvider(name, url, notify);
    provider.loadCookie();
    if (notify) provider.cookieTest();
    // No parameter: an extension that has one is given jQuery.
    return (/** @type {any[]} */ ...[, bus]) => bus.registerPlugin('CookieProvider').subscribe('WebChat.started', provider.saveCookie);
  };
}
