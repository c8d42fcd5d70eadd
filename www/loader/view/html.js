// HTML that the page itself supplied (view.Node.HTML): the only place where text becomes elements. Under Trusted Types it
// goes through one policy, "foyer", as does the content that the operator's servers put on the page (loader/invite). Text of
// visitors and agents never comes here.

/** @type {Trusted | undefined} */
let policy;

/** The one policy. Its rules let everything through: what may come here at all is decided by whoever calls. @returns {Trusted} */
export function trusted() {
  const as = (/** @type {string} */ s) => s;
  const rules = { createHTML: as, createScript: as, createScriptURL: as };
  policy ||= /** @type {any} */ (window).trustedTypes?.createPolicy('foyer', rules) || rules;
  return /** @type {Trusted} */ (policy);
}

/**
 * Fills an element; where the HTML says {name}, the slot of that name goes, and the other slots follow.
 * @param {Element} element @param {string} html @param {Record<string, Element>} slots
 */
export function fill(element, html, slots) {
  const template = document.createElement('template');
  template.innerHTML = trusted().createHTML(html); // scripts in it do not run
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
