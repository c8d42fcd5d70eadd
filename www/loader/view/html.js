// HTML that the page itself supplied (view.Node.HTML): the only place where text becomes elements. Under Trusted Types it
// goes through one policy, "foyer". Text of visitors, agents and servers never comes here.

/** @type {{ createHTML: (html: string) => any } | undefined} */
let policy;

/** @param {string} html */
function trusted(html) {
  const types = /** @type {any} */ (window).trustedTypes;
  policy ||= types ? types.createPolicy('foyer', { createHTML: (/** @type {string} */ s) => s }) : { createHTML: (s) => s };
  return /** @type {NonNullable<typeof policy>} */ (policy).createHTML(html);
}

/**
 * Fills an element; where the HTML says {name}, the slot of that name goes, and the other slots follow.
 * @param {Element} element @param {string} html @param {Record<string, Element>} slots
 */
export function fill(element, html, slots) {
  const template = document.createElement('template');
  template.innerHTML = trusted(html); // scripts in it do not run
  const walker = document.createTreeWalker(template.content, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const text of texts) {
    const parts = text.data.split(/\{([^{}]+)\}/);
    if (parts.length === 1) continue;
    text.replaceWith(...parts.map((part, i) => (i % 2 ? slots[part] || '{' + part + '}' : part)));
  }
  element.prepend(template.content);
}
