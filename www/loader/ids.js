// The ids of device, visit and page: 32 upper-case hexadecimal digits from the browser's random source.

const format = /^[0-9A-F]{32}$/;
const visitCookie = 'foyer.visit';
const deviceCookie = 'foyer.device';
const year = 365 * 24 * 3600;

/** @returns {string} */
export function mintId() {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte < 16 ? '0' : '') + byte.toString(16);
  return id.toUpperCase();
}

/**
 * Finds who this is. Nothing is kept before keep is called.
 * @param {Document} doc
 * @param {string} hash of the hosted chat page, where it names the visit that it belongs to; else ""
 */
export function identify(doc, hash) {
  const known = (/** @type {string} */ cookie, /** @type {string} */ param) =>
    [hash.split(param + '=')[1]?.split('&')[0], readCookie(doc, cookie)].find((id) => id && format.test(id));
  const visit = known(visitCookie, 'visit');

  /** @type {Ids} */
  const ids = { device: known(deviceCookie, 'device') || mintId(), visit: visit || mintId(), page: mintId() };
  const who = {
    ids,
    /** The visit begins with this page. */
    newVisit: !visit,
    /**
     * Keeps visit (for the browser's session) and device (for a year). A tab that was opened at the same time may have
     * done so: then its ids count.
     * @param {string} [domain] share them with the sub-domains of this domain
     * @returns {boolean} the ids are others now
     */
    keep(domain) {
      const before = ids.visit + ids.device;
      ids.visit = known(visitCookie, 'visit') || ids.visit;
      ids.device = known(deviceCookie, 'device') || ids.device;
      // In the other order: who finds the visit finds its device.
      writeCookie(doc, deviceCookie, ids.device, ';max-age=' + year, domain);
      writeCookie(doc, visitCookie, ids.visit, '', domain);
      return before !== ids.visit + ids.device;
    },
    /**
     * Forgets all three, on withdrawn consent: the new ones lead to nothing that was before, and live in memory only.
     * @param {string} [domain]
     */
    forget(domain) {
      for (const key of /** @type {(keyof Ids)[]} */ (['device', 'visit', 'page'])) ids[key] = mintId();
      who.newVisit = true;
      for (const name of [visitCookie, deviceCookie]) {
        for (const shared of [domain, undefined]) writeCookie(doc, name, '', ';max-age=0', shared);
      }
    },
  };
  return who;
}

/** @param {Document} doc @param {string} name */
export function readCookie(doc, name) {
  try {
    const found = doc.cookie.split('; ').find((pair) => pair.startsWith(name + '='));
    return found && found.slice(name.length + 1);
  } catch (_) {
    return undefined; // a sandboxed page has no cookies
  }
}

/** @param {Document} doc @param {string} name @param {string} value @param {string} age @param {string} [domain] */
export function writeCookie(doc, name, value, age, domain) {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  try {
    doc.cookie = name + '=' + value + ';path=/;samesite=lax' + age + secure + (domain ? ';domain=' + domain : '');
  } catch (_) {
    return; // as above
  }
  // A domain that the browser refuses: the page is not below it.
  if (domain && value && readCookie(doc, name) !== value) writeCookie(doc, name, value, age);
}
