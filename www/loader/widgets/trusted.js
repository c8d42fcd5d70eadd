// HTML that the page itself wrote, in the form that Trusted Types ask for.

/** @type {{ createHTML: (html: string) => any } | undefined} */
let policy;

/** @param {string} html of the page, never of visitors, agents or servers */
export function trusted(html) {
  const types = /** @type {any} */ (window).trustedTypes;
  policy ||= types ? types.createPolicy('foyer-common', { createHTML: (/** @type {string} */ s) => s }) : { createHTML: (s) => s };
  return /** @type {NonNullable<typeof policy>} */ (policy).createHTML(html);
}
