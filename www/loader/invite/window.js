// Windows that invitations open: another medium's page, which finds the ids in its address.

/**
 * @param {Window} win
 * @param {string} url http or https; may be relative to the page
 * @param {string} title the window's name, so that a second click does not open a second one
 * @param {Record<string, string | undefined>} values for the query
 */
export function openWindow(win, url, title, values) {
  const address = new URL(url, win.document.baseURI);
  if (!/^https?:$/.test(address.protocol)) throw new Error('openWindow: ' + url + ' is no web page');
  // Not by URLSearchParams: what reads this may look for name=value without decoding.
  const query = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const text = query.map(([name, value]) => name + '=' + encodeURIComponent(String(value))).join('&');
  address.search += (address.search ? '&' : '?') + text;
  return win.open(address.href, String(title || 'foyer-invite').replace(/\W+/g, '_'), 'popup,width=480,height=720');
}
