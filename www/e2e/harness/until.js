// Waiting in the tests: always for a condition, never for a time.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again until the condition gives something truthy, and gives that back. A condition that throws has not come true
 * yet; if it never does, its last error is told.
 * @template T
 * @param {string} what  what is waited for, for the message
 * @param {() => T | Promise<T>} condition
 * @param {{within?: number}} [options]  milliseconds, 15,000 by default
 * @returns {Promise<T>}
 */
export async function until(what, condition, { within = 15_000 } = {}) {
  const deadline = Date.now() + within;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${within} ms in vain: ${what}`, { cause: last });
    }
    await pause(50);
  }
}
