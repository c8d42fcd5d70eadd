// _gt, the page's queue of tracker commands: an array before this script, afterwards one whose push runs them.

import { callForeign, guard } from './guard.js';

const systemEvents = ['SignIn', 'SignOut', 'UserInfo'];

/**
 * @param {Window} win
 * @param {{
 *   ids: () => Ids,
 *   event: (type: PageEvent['eventType'], name: string, data: Record<string, unknown>, category?: string) => void,
 *   config: (options: Record<string, any>) => void,
 *   consent: (given: boolean) => void,
 *   subscribe: (channel: string, fn: Function) => void,
 * }} app subscribe: to what servers send to pages on a channel of their own
 */
export function takeOverQueue(win, app) {
  // An element with the id _gt shows up as window._gt, too: only an array is a queue.
  const queue = Array.isArray(win._gt) ? win._gt : [];
  const run = guard('_gt.push', (/** @type {unknown} */ entry) => {
    if (!Array.isArray(entry)) return;
    const [name, ...args] = entry;
    if (Object.prototype.hasOwnProperty.call(commands, name)) commands[name](...args);
  });

  /** @type {Record<string, (...args: any[]) => void>} */
  const commands = {
    config: (options) => app.config(options || {}),
    event: (first, options) => pushEvent(app.event, first, options),
    sendUserInfo: (data) => pushEvent(app.event, 'UserInfo', { data }),
    sendSignIn: (data) => pushEvent(app.event, 'SignIn', { data }),
    sendSignOut: (data) => pushEvent(app.event, 'SignOut', { data }),
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

  const waiting = queue.splice(0);
  queue.push = (/** @type {any[]} */ ...entries) => {
    entries.forEach(run);
    return 0;
  };
  win._gt = queue;
  waiting.forEach(run);
}

/**
 * Both forms: ['event', name, {data, category}] and the older ['event', {eventName, …data}].
 * @param {(type: PageEvent['eventType'], name: string, data: Record<string, unknown>, category?: string) => void} add
 * @param {any} first @param {any} [options]
 */
function pushEvent(add, first, options) {
  let name = first;
  let { data, category } = options || {};
  if (first && typeof first === 'object') {
    ({ eventName: name, category, ...data } = first);
  } else if (options && !data && !category) {
    data = options;
  }
  if (typeof name !== 'string' || !name) return;
  name = name.replace(/^send(?=SignIn$|SignOut$|UserInfo$)/, '');
  add(systemEvents.includes(name) ? 'SYSTEM' : 'BUSINESS', name, plain(data), category);
}

/** Only what can be sent. @param {unknown} data @returns {Record<string, unknown>} */
function plain(data) {
  return data && typeof data === 'object' ? JSON.parse(JSON.stringify(data)) : {};
}
