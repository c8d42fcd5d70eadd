// Content that servers put on pages: HTML whose scripts run.

import { warn } from '../guard.js';

const javascript = /^$|^module$|^(text|application)\/(java|ecma)script$/i;

/**
 * Fetches content from a host that the deployment allows.
 * @param {Window} win @param {URL} address @param {{ hosts?: string[] | null, method?: string }} options
 */
export async function fetchContent(win, address, { hosts, method }) {
  if (!hosts?.includes(address.origin)) {
    throw new Error(address.origin + ' is not one of notifications.hosts of the deployment');
  }
  // A redirect could lead to a host that is not allowed.
  const answer = await win.fetch(address, { method: method || 'GET', credentials: 'omit', redirect: 'error' });
  if (!answer.ok) throw new Error(address + ': ' + answer.status);
  return answer.text();
}

/**
 * Puts HTML at the end of an element and runs its scripts, one after the other.
 * @param {Document} doc
 * @param {{ html: string, address: string, own?: string, container?: string, trusted: Trusted }} content
 *   own: it is the relay's, at this address, which gives each of its scripts an address (?script=N): a page whose policy refuses scripts that
 *   stand in it may still allow those of the relay
 */
export async function insertContent(doc, { html, address, own, container, trusted }) {
  const place = doc.querySelector(container || 'body');
  if (!place) throw new Error('there is no ' + container + ' on this page');
  const template = doc.createElement('template');
  template.innerHTML = trusted.createHTML(html);
  const scripts = [...template.content.querySelectorAll('script')];
  place.append(template.content);
  for (const [i, inert] of scripts.entries()) {
    if (!javascript.test(inert.type)) continue;
    const src = inert.getAttribute('src');
    // What begins with a slash means the relay's, which may stand below a path.
    let from = src === null ? '' : new URL(own && /^\/(?!\/)/.test(src) ? own + src : src, address).href;
    if (own && !from) from = address + (address.includes('?') ? '&' : '?') + 'script=' + i;
    await run(inert, from, trusted);
  }
}

/**
 * Runs a script in the place of one that the parser has left inert. Settles when it has run.
 * @param {HTMLScriptElement} inert @param {string} src "" for its own text @param {Trusted} trusted
 */
function run(inert, src, trusted) {
  const script = inert.ownerDocument.createElement('script');
  for (const { name, value } of inert.attributes) if (!/^(src$|on)/.test(name)) script.setAttribute(name, value);
  if (!src) {
    script.text = trusted.createScript(inert.text);
    inert.replaceWith(script);
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    script.onload = resolve;
    script.onerror = () => {
      warn('a script of a notification could not be loaded: ' + src);
      resolve(undefined);
    };
    script.async = false;
    script.src = trusted.createScriptURL(src);
    inert.replaceWith(script);
  });
}
