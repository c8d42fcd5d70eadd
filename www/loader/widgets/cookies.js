// Cookie and CookieOptions, with which pages keep a chat's session data in a cookie of their own.

/** @param {Document} doc */
export function cookies(doc) {
  const all = () =>
    Object.fromEntries(
      doc.cookie.split('; ').filter(Boolean).map((pair) => {
        const at = pair.indexOf('=');
        return [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
      }),
    );
  return {
    /** @param {string} name @param {unknown} value @param {Record<string, any>} [options] expires: days, or a Date */
    set(name, value, options = {}) {
      let { expires } = options;
      if (typeof expires === 'number') expires = new Date(Date.now() + expires * 864e5);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      doc.cookie =
        encodeURIComponent(name) + '=' + encodeURIComponent(text) + attributes({ path: '/', ...options, expires: expires?.toUTCString() });
    },
    /** @param {string} [name] all of them, as an object, where it is left out */
    get: (name) => (name === undefined ? all() : all()[name]),
    /** @param {string} name @param {Record<string, any>} [options] path and domain as they were set */
    remove(name, options) {
      this.set(name, '', { ...options, expires: -1 });
    },
  };
}

/**
 * What a session's cookie is set with: for the whole site with its sub-domains, as far as the browser allows, and
 * only for the browser's session.
 * @param {Window} win @param {Record<string, unknown>} [configured] main.cookieOptions of the page
 */
export function cookieOptions(win, configured) {
  const { hostname, protocol } = win.location;
  const domain = widest(win.document, hostname);
  return { path: '/', ...(domain && { domain }), ...(protocol === 'https:' && { secure: true }), sameSite: 'Lax', ...configured };
}

/** @param {Record<string, any>} options */
function attributes(options) {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name, value]) => ';' + name + (value === true ? '' : '=' + String(value).replace(/;.*/, '')))
    .join('');
}

/**
 * The shortest domain of this host for which the browser keeps a cookie; "" where there is none, as for localhost and
 * addresses.
 * @param {Document} doc @param {string} host
 */
function widest(doc, host) {
  const probe = '_genesys.widgets.probe';
  if (/^[\d.]+$|:/.test(host)) return '';
  const labels = host.split('.');
  for (let n = 2; n <= labels.length; n++) {
    const domain = labels.slice(-n).join('.');
    doc.cookie = probe + '=1;path=/;domain=' + domain;
    if (!doc.cookie.includes(probe + '=1')) continue;
    doc.cookie = probe + '=;path=/;max-age=0;domain=' + domain;
    return domain;
  }
  return '';
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch (_) {
    return text;
  }
}
