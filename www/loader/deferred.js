// Deferreds as pages of the bus expect them: done, fail and always run at once and in order, each isolated from the
// others; then and catch give a new one and follow promises.

import { callForeign } from './guard.js';

/** @returns {Deferred} */
export function createDeferred() {
  /** @type {'pending' | 'resolved' | 'rejected'} */
  let state = 'pending';
  /** @type {any[]} */
  let values = [];
  /** @type {{ on: string, callback: Function }[]} */
  let waiting = [];

  const run = (/** @type {{ on: string, callback: Function }} */ entry) => {
    if (entry.on === state || entry.on === 'any') callForeign('a callback', entry.callback, ...values);
  };
  const add = (/** @type {string} */ on) =>
    (/** @type {any[]} */ ...callbacks) => {
      for (const callback of callbacks.flat()) {
        if (typeof callback !== 'function') continue;
        if (state === 'pending') waiting.push({ on, callback });
        else run({ on, callback });
      }
      return deferred;
    };
  const settle = (/** @type {'resolved' | 'rejected'} */ next) =>
    (/** @type {any[]} */ ...args) => {
      if (state !== 'pending') return deferred;
      state = next;
      values = args;
      const entries = waiting;
      waiting = [];
      entries.forEach(run);
      return deferred;
    };

  /** @type {Deferred} */
  const deferred = {
    done: add('resolved'),
    fail: add('rejected'),
    always: add('any'),
    then(done, fail) {
      const next = createDeferred();
      deferred.always(() => follow(next, state === 'resolved' ? done : fail, state === 'resolved', values));
      return next;
    },
    catch: (fail) => deferred.then(null, fail),
    finally: (fn) => deferred.always(() => callForeign('a callback', fn)),
    state: () => state,
    promise: () => deferred,
    resolve: settle('resolved'),
    reject: settle('rejected'),
  };
  return deferred;
}

/**
 * Settles next with what the handler makes of the values, or with the values where there is none.
 * @param {Deferred} next @param {unknown} handler @param {boolean} ok @param {any[]} values
 */
function follow(next, handler, ok, values) {
  Promise.resolve().then(() => {
    if (typeof handler !== 'function') {
      (ok ? next.resolve : next.reject)(...values);
      return;
    }
    try {
      const result = handler(...values);
      // What settles next must give nothing back: another deferred would be followed in turn, without end.
      if (result && typeof result.then === 'function') {
        result.then((/** @type {any[]} */ ...v) => void next.resolve(...v), (/** @type {any[]} */ ...v) => void next.reject(...v));
      } else next.resolve(result);
    } catch (error) {
      next.reject(error);
    }
  });
}
