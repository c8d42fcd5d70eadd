// The page's end of the line to iframe.html. The protocol stands in cookieprovider/main.go.

/** A frame that does not answer for so long never will, ms: no such page, not trusted by it, or framing not allowed. */
const patience = 15000;

/** @typedef {(request: { t: string, name?: string, value?: string }) => Promise<any>} Ask */

/**
 * Gives the function that asks the frame of an address; all callers of a page share one frame. The frame is made with the
 * first question, and anew where somebody has removed it.
 * @param {Window} win @param {string} address
 * @returns {Ask}
 */
export function createFrame(win, address) {
  const doc = win.document;
  const url = new URL(address, doc.baseURI);
  // Anything else (javascript:, data:, blob:) would run as this page, or has no origin to speak to.
  if (!/^https?:$/.test(url.protocol)) throw new TypeError('CookieProvider: ' + address + ' is no address of http or https');
  /** @type {HTMLIFrameElement | undefined} */
  let frame;
  /** @type {Promise<MessagePort> | undefined} */
  let connecting;
  /** @type {Map<number, (answer: { ok: boolean, value: any }) => void>} */
  const waiting = new Map();
  let last = 0;

  function connect() {
    if (connecting && frame?.isConnected) return connecting;
    connecting = open();
    connecting.catch(() => {
      frame?.remove(); // the next question begins anew
      connecting = undefined;
    });
    return connecting;
  }

  /** @returns {Promise<MessagePort>} */
  function open() {
    const element = doc.createElement('iframe');
    frame = element;
    Object.assign(element, { src: url.href, hidden: true, title: 'Cookie provider', tabIndex: -1 });
    element.setAttribute('aria-hidden', 'true');
    return new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ why) => {
        win.removeEventListener('message', hear);
        reject(new Error('CookieProvider: ' + why));
      };
      const hear = (/** @type {MessageEvent} */ event) => {
        if (event.source !== element.contentWindow || event.origin !== url.origin) return;
        const { foyer, v, t } = event.data || {};
        if (foyer === 'cookies' && v === 1 && t === 'broken') fail(url.href + ' cannot start its program');
      };
      win.addEventListener('message', hear);
      const timer = win.setTimeout(fail, patience, url.href + ' does not answer: is it there, and does its TRUSTED_DOMAINS name ' + win.origin + '?');
      element.onload = () => {
        const { port1: port, port2 } = new MessageChannel();
        port.onmessage = ({ data }) => {
          if (data.t === 'welcome') {
            win.clearTimeout(timer);
            win.removeEventListener('message', hear);
            resolve(port);
          }
          waiting.get(data.n)?.(data);
          waiting.delete(data.n);
        };
        try {
          element.contentWindow?.postMessage({ foyer: 'cookies', v: 1, t: 'hello' }, url.origin, [port2]);
        } catch (_) {
          fail(url.href + ' has no origin to speak to');
        }
      };
      (doc.body || doc.documentElement).append(element);
    });
  }

  return async (request) => {
    const port = await connect();
    return new Promise((resolve, reject) => {
      const n = ++last;
      waiting.set(n, ({ ok, value }) => (ok ? resolve(value) : reject(new Error('CookieProvider: ' + value))));
      port.postMessage({ n, ...request });
      win.setTimeout(() => {
        if (waiting.delete(n)) reject(new Error('CookieProvider: the frame is gone'));
      }, patience);
    });
  };
}
