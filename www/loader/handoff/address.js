// Addresses: where a token may go, and how it stands in one.

/** @param {unknown} address @param {string} base @returns {URL | null} of http and https; null for everything else */
export function addressOf(address, base) {
  if (typeof address !== 'string' && !(address instanceof URL)) return null;
  try {
    const url = new URL(address, base);
    return /^https?:$/.test(url.protocol) && !url.hash.includes('foyer=') ? url : null;
  } catch (_) {
    return null;
  }
}

/** @param {string} origin @param {string[]} patterns origins, and https://*.example.com for every subdomain */
export function mayLead(origin, patterns) {
  return patterns.some((pattern) => {
    const [scheme, host] = pattern.split('*');
    return host ? origin.startsWith(scheme) && origin.endsWith(host) && origin.length > pattern.length - 1 : origin === pattern;
  });
}

/**
 * Puts a token at the end of the fragment; a text directive stays behind it, since browsers hide it from the page.
 * @param {string} address @param {string} token
 */
export function withToken(address, token) {
  const fragment = address.indexOf('#');
  const directive = fragment < 0 ? -1 : address.indexOf(':~:', fragment);
  const end = directive < 0 ? address.length : directive;
  return address.slice(0, end) + (fragment < 0 ? '#' : '&') + 'foyer=' + token + address.slice(end);
}
