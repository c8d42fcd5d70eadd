// Deferreds as pages of the bus expect them, which are jQuery's: done, fail and always run at once and in order, each
// isolated from the others; then, pipe and catch give a new one and follow promises.

import { callForeign } from './guard.js';

/** @returns {Deferred} */
export function createDeferred() {
  /** @type {'pending' | 'resolved' | 'rejected'} */
  let state = 'pending';
  /** @type {any[]} */
  let values = [];
  /** @type {{ on: string, callback: Function }[]} */
  let waiting = [];

  let running = false;

  /** Runs what waits. What is added meanwhile comes behind it. */
  function drain() {
    if (running || state === 'pending') return;
    running = true;
    for (const { on, callback } of waiting) if (on === state || on === 'any') callForeign('a callback', callback, ...values);
    waiting = [];
    running = false;
  }

  const add = (/** @type {string} */ on) =>
    (/** @type {any[]} */ ...callbacks) => {
      for (const callback of callbacks.flat()) if (typeof callback === 'function') waiting.push({ on, callback });
      drain();
      return deferred;
    };
  const settle = (/** @type {'resolved' | 'rejected'} */ next) =>
    (/** @type {any[]} */ ...args) => {
      if (state !== 'pending') return deferred;
      state = next;
      values = args;
      drain();
      return deferred;
    };

  /** @param {unknown} done @param {unknown} [fail] */
  function then(done, fail) {
    const next = createDeferred();
    deferred.always(() => follow(next, state === 'resolved' ? done : fail, state === 'resolved', values));
    return next;
  }

  const same = () => deferred;

  /** @type {Deferred} */
  const deferred = {
    done: add('resolved'),
    fail: add('rejected'),
    always: add('any'),
    then,
    pipe: then,
    catch: (fail) => then(null, fail),
    finally: (fn) => deferred.always(() => callForeign('a callback', fn)),
    state: () => state,
    promise: same,
    // Nothing ever tells of progress here, but jQuery before 3 asks each deferred that it is given ($.when, then) for it.
    progress: same,
    notify: same,
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
