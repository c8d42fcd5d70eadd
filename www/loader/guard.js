// What keeps the page safe from us and from others: nothing that goes wrong here may reach the page's own code.

/** @param {string} what @param {unknown} [error] */
export function warn(what, error) {
  try {
    console.warn('[foyer] ' + what, error ?? '');
  } catch (_) {
    // A page may have replaced its console.
  }
}

/**
 * Gives the function in a form that never throws.
 * @template {any[]} A @template R
 * @param {string} what for the console
 * @param {(...args: A) => R} fn
 * @returns {(...args: A) => R | undefined}
 */
export function guard(what, fn) {
  return (...args) => {
    try {
      return fn(...args);
    } catch (error) {
      warn(what, error);
    }
  };
}

/**
 * Calls somebody else's function. Their mistake is theirs: it is shown as an error, and goes no further.
 * @param {string} what @param {Function} fn @param {any[]} args
 */
export function callForeign(what, fn, ...args) {
  try {
    return fn(...args);
  } catch (error) {
    console.error('[foyer] ' + what + ' threw', error);
  }
}
