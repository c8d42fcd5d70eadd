// The other site takes a token only from a page of the deployment, and the browser's word for that is the referrer. So what
// carries a token sends one, of which the other site sees the origin alone. That is what browsers do anyway, unless the
// page, or one of its links, has asked for none.

/** What browsers do where nobody says anything. */
const usual = 'strict-origin-when-cross-origin';

/**
 * What a link or form has to have instead for the other site to see the origin from which it was followed.
 * @param {Element} element @returns {import('./dresser.js').Attributes}
 */
export function tellingOrigin(element) {
  const rel = element.getAttribute('rel');
  const own = element.getAttribute('referrerpolicy');
  return {
    // Without opener is what noreferrer means beside.
    ...(rel && { rel: withoutNoReferrer(rel) }),
    // The page's own policy may be in a header, which nobody sees from here.
    ...((!own || /^(no-referrer|same-origin)$/i.test(own)) && { referrerpolicy: usual }),
  };
}

/** @param {string} words of an attribute rel, or the features of window.open */
export const withoutNoReferrer = (words) => words.replace(/\bnoreferrer\b/gi, 'noopener');
