// Sites for stories of the CookieProvider, behind a Front: iframe.html on a host of its own, as an author copies it there,
// and pages of two sites that use it.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

export const siteA = 'https://domain-a.test/';
export const siteB = 'https://domain-b.test/';
export const stranger = 'https://stranger.test/';
/** Where most stories have the frame. */
export const frameUrl = 'https://frame.test/iframe.html';
/** Where the documentation's complete sample has it. */
export const sampleFrameUrl = 'http://127.0.0.1:5500/iframe.html';

export const cookieName = 'customer-defined-session-cookie';

/** The script tag that pages have, for a file that lies on their own site. */
export const providerScript = '<script src="/cookie-provider.min.js"></script>';

/** A sample of the documentation, word for word. @param {string} name */
export function sample(name) {
  return readFile(new URL(`../samples/${name}.js`, import.meta.url), 'utf8');
}

/**
 * Puts iframe.html on a static host that knows no MIME types.
 * @param {import('./front.js').Front} front
 * @param {{url?: string, trusted?: string[], declare?: string, without?: string}} [options]  declare: how the array is
 *   declared; without: a file that is missing
 */
export async function hostFrame(front, { url = frameUrl, trusted = [siteA, siteB], declare = 'const', without } = {}) {
  const page = await readFile(dist + 'iframe.html', 'utf8');
  const list = `${declare} TRUSTED_DOMAINS = ${JSON.stringify(trusted)};`;
  front.file(url, page.replace('const TRUSTED_DOMAINS = [];', list), 'text/html');
  for (const name of ['iframe.min.js', 'cookieprovider.wasm']) {
    if (name !== without) front.file(new URL(name, url).href, await readFile(dist + name));
  }
}

/**
 * Puts pages on a site, each with cookie-provider.min.js beside it.
 * @param {import('./front.js').Front} front
 * @param {string} url
 * @param {{head?: string, body?: string, scripts?: Record<string, string>}} page
 */
export async function hostPage(front, url, { scripts = {}, ...page }) {
  const provider = await readFile(dist + 'cookie-provider.min.js', 'utf8');
  return front.page(url, { ...page, scripts: { '/cookie-provider.min.js': provider, ...scripts } });
}

/** A page with a chat of its own, and nothing of Foyer but CookieProvider: what is in the cookie is its session. */
export const ownChat = {
  head: `${providerScript}<script>
    var provider = new CookieProvider('${cookieName}', '${frameUrl}');
    var loading = provider.loadCookie();
    function begin(session) {
      document.cookie = '${cookieName}=' + encodeURIComponent(session) + ';path=/';
      return provider.saveCookie();
    }
  </script>`,
};

/** What the page's own cookie holds; undefined for none. In the page. */
export function pagesCookie(name) {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}
