// Waiting in the tests: always for a condition, never for a time.

import { setTimeout as pause } from 'node:timers/promises';

/**
 * How long a test waits for what must come, ms: for machines that are twenty times slower than ours. Nothing waits so long
 * when all is well.
 */
export const patience = 60_000;

/**
 * Asks again until the condition gives something truthy, and gives that back. A condition that throws has not come true
 * yet; if it never does, its last error is told.
 * @template T
 * @param {string} what  what is waited for, for the message
 * @param {() => T | Promise<T>} condition
 * @returns {Promise<T>}
 */
export async function until(what, condition) {
  const deadline = Date.now() + patience;
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
      throw new Error(`waited ${patience} ms in vain: ${what}`, { cause: last });
    }
    await pause(50);
  }
}
