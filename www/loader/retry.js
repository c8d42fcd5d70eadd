// Patience with a relay that cannot be reached: it may only be restarting, or the visitor's network be gone for a while.

import { warn } from './guard.js';
import { inSteps } from './steps.js';

/** Pauses before trying again, ms; each is twice the one before. */
const shortest = 1000;
const longest = 300000;

/**
 * Does it until it succeeds. When the browser says that it is online again, the next try comes at once.
 * @template T
 * @param {Window} win
 * @param {() => Promise<T>} attempt
 * @param {(value: T) => void} then
 * @param {(error: unknown) => void} onFirst told of the first failure
 */
export function retry(win, attempt, then, onFirst) {
  let tries = 0;
  /** @type {number | undefined} */
  let timer;
  const next = () => {
    timer = undefined;
    attempt().then(
      (value) => {
        win.removeEventListener('online', online);
        then(value);
      },
      (error) => {
        if (!tries) onFirst(error);
        timer = win.setTimeout(next, Math.min(longest, shortest * 2 ** tries++));
      },
    );
  };
  const online = () => {
    if (!timer) return;
    win.clearTimeout(timer);
    next();
  };
  win.addEventListener('online', online);
  next();
}

/**
 * Gives a function that brings something, once, however long that takes. What is brought is used in a task of its own:
 * evaluating it may have been one already.
 * @template T
 * @param {Window} win
 * @param {string} failure what the console is told where it does not come at once
 * @param {() => () => Promise<T>} begin gives what one try does
 * @param {(value: T) => void} use
 * @returns {() => void}
 */
export function bringer(win, failure, begin, use) {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    retry(win, begin(), (value) => inSteps(() => use(value)), (error) => warn(failure, error));
  };
}
