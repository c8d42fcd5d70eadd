// The one Trusted Types policy of the DSL: for the document, which is only parsed, and for the expressions in it, which are
// the operator's own code.

/** @typedef {{ createHTML: (text: string) => any, createScript: (text: string) => any }} Policy */

const plain = { createHTML: (/** @type {string} */ s) => s, createScript: (/** @type {string} */ s) => s };

/** @type {Policy | undefined} */
let policy;

/** Where the page allows none, texts are what they are, and what needs more refuses them. @returns {Policy} */
export function dslPolicy() {
  try {
    policy ||= /** @type {any} */ (window).trustedTypes?.createPolicy('foyer-dsl', plain);
  } catch (_) {
    policy = plain;
  }
  return policy || plain;
}
