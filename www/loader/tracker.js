// _gt, the page's queue of tracker commands: an array before this script, afterwards one whose push runs them.

import { clean } from './data.js';
import { callForeign, guard, warn } from './guard.js';

/** How often a page is asked whether it has another queue, ms. */
const often = 1000;

const systemEvents = ['SignIn', 'SignOut', 'UserInfo'];

/**
 * @typedef {{
 *   ids: () => Ids,
 *   event: (type: PageEvent['eventType'], name: string, data: Record<string, unknown>, category?: string) => void,
 *   config: (options: Record<string, any>) => void,
 *   consent: (given: boolean) => void,
 *   subscribe: (channel: string, fn: Function) => void,
 * }} App subscribe: to what servers send to pages on a channel of their own
 */

/** @param {Window} win @param {App} app */
export function takeOverQueue(win, app) {
  const run = guard('_gt.push', (/** @type {unknown} */ entry) => {
    if (!Array.isArray(entry)) return;
    const [name, ...args] = entry;
    if (Object.prototype.hasOwnProperty.call(commands, name)) commands[name](...args);
  });

  /** @type {string | undefined} who signed in on this page, or is known */
  let user;

  /** Both spellings are in use. @param {string} name @param {any} data */
  function sign(name, data) {
    const id = data.userID ?? data.userId;
    if (name === 'SignOut') return id || !user ? data : { ...data, userID: user };
    if (id) user = String(id);
    else warn(name + ' without userID names nobody');
    return data;
  }

  /**
   * Both forms: ['event', name, {data, category}] and the older ['event', {eventName, …data}].
   * @param {any} first @param {any} [options]
   */
  function event(first, options) {
    let name = first;
    let { data, category } = options || {};
    if (first && typeof first === 'object') {
      ({ eventName: name, category, ...data } = first);
      if (data.data && typeof data.data === 'object' && Object.keys(data).length === 1) ({ data } = data);
    } else if (data === undefined && !category) {
      data = options;
    }
    if (typeof name !== 'string' || !name) return;
    name = name.replace(/^send(?=(SignIn|SignOut|UserInfo)$)/, '');
    const system = systemEvents.includes(name);
    if (!data || typeof data !== 'object') data = {};
    app.event(system ? 'SYSTEM' : 'BUSINESS', name, system ? sign(name, data) : data, category && clean(category));
  }

  /** @type {Record<string, (...args: any[]) => void>} */
  const commands = {
    config: (options) => app.config(options || {}),
    event,
    sendUserInfo: (data) => event('UserInfo', { data }),
    sendSignIn: (data) => event('SignIn', { data }),
    sendSignOut: (data) => event('SignOut', { data }),
    consent: (given) => app.consent(given !== false),
    subscribe: (channel, fn) => app.subscribe(channel, fn),
    getIDs(callback) {
      const { visit, device, page } = app.ids();
      // Exactly these keys: pages copy the whole object into their user data.
      if (typeof callback === 'function') {
        callForeign('the callback of getIDs', callback, { visitID: visit, globalVisitID: device, pageID: page });
      }
    },
  };

  /** Runs what waits in a queue, and from now on what is pushed. An element with the id _gt shows up as window._gt, too. @param {any} next */
  function adopt(next) {
    if (queue && next === queue) return;
    queue = Array.isArray(next) && Object.isExtensible(next) ? next : [];
    const waiting = Array.isArray(next) ? [...next] : [];
    queue.length = 0;
    queue.push = (/** @type {any[]} */ ...entries) => {
      entries.forEach(run);
      return 0;
    };
    waiting.forEach(run);
  }

  /** @type {any} */
  let queue;
  adopt(win._gt);
  try {
    // Snippets that run later assign an array of their own.
    Object.defineProperty(win, '_gt', { configurable: true, enumerable: true, get: () => queue, set: guard('_gt', adopt) });
  } catch (_) {
    win._gt = queue; // declared with var
  }
  /** Finds a queue that was assigned where no accessor could be. */
  const refresh = guard('_gt', () => {
    if (win._gt === queue) return;
    adopt(win._gt);
    win._gt = queue;
  });
  win.setInterval(refresh, often);
  return { refresh };
}
