// Patience with a relay that does not answer: it may only be restarting.

import { warn } from './guard.js';
import { inSteps } from './steps.js';

/** Pauses before trying again, ms. A page that was opened while the relay restarts still gets its button. */
const pauses = [3000, 15000, 60000];

/**
 * Gives a function that brings something, once. It tries until it succeeds, or has failed four times; whoever asks then
 * begins anew. What is brought is used in a task of its own: evaluating it may have been one already.
 * @template T
 * @param {Window} win
 * @param {string} failure what the console is told where it failed for good
 * @param {() => () => Promise<T>} begin gives what one try does
 * @param {(value: T) => void} use
 * @returns {() => void}
 */
export function bringer(win, failure, begin, use) {
  let begun = false;
  return () => {
    if (begun) return;
    begun = true;
    const attempt = begin();
    let tries = 0;
    const next = () => {
      attempt().then((value) => inSteps(() => use(value)), (error) => {
        if (tries < pauses.length) win.setTimeout(next, pauses[tries++]);
        else {
          begun = false;
          warn(failure, error);
        }
      });
    };
    next();
  };
}
