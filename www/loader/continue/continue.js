// foyer-continue.js: shows the relay's visible frame, with the button that asks the browser for the cookie which other
// sites share. See www/frame/continue.js for the other side.

/** Set for as long as the tab lives once the visitor has said no. */
const refusedKey = (/** @type {string} */ deployment) => 'foyer.' + deployment + '.refused';

/**
 * @param {Window} win
 * @param {{ base: string, deployment: string, root: () => HTMLElement, mayJoin: () => boolean }} page
 *   base: the relay's origin; root: where it is shown; mayJoin: the visitor agrees that sites are joined
 */
export function createContinue(win, { base, deployment, root, mayJoin }) {
  const doc = win.document;
  /** @type {HTMLIFrameElement | undefined} */
  let frame;
  let settle = (/** @type {string} */ _handle) => {};

  /** @param {string} handle "" for none */
  function close(handle) {
    const focused = doc.activeElement === frame;
    frame?.remove();
    frame = undefined;
    if (focused) /** @type {HTMLElement | null} */ (root().querySelector('.cx-webchat textarea, .cx-webchat input, button'))?.focus();
    settle(handle);
  }

  function refuse() {
    try {
      win.sessionStorage.setItem(refusedKey(deployment), '1');
    } catch (_) {
      // Storage is refused; Go remembers as long as it runs.
    }
    close('');
  }

  const refusedBefore = () => {
    try {
      return win.sessionStorage.getItem(refusedKey(deployment)) !== null;
    } catch (_) {
      return false;
    }
  };

  /** @param {MessageEvent} event */
  function arrived(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base) return;
    const { t, v, title } = event.data || {};
    const [port] = event.ports;
    if (t !== 'continue' || v !== 1 || !port) return;
    win.removeEventListener('message', arrived);
    frame.title = String(title);
    port.onmessage = ({ data }) => hear(data || {});
  }

  /** @param {any} message */
  function hear({ t, height, handle }) {
    if (!frame) return;
    if (t === 'size' && height > 0) frame.style.height = Math.min(Number(height), 400) + 'px';
    else if (t === 'found' && typeof handle === 'string') close(handle);
    else if (t === 'none' || t === 'refused') refuse();
  }

  function show() {
    frame = doc.createElement('iframe');
    frame.className = 'foyer-continue';
    frame.title = 'Chat';
    frame.allow = 'storage-access';
    frame.src =
      base + '/continue.html?deployment=' + encodeURIComponent(deployment) + '&origin=' + encodeURIComponent(win.origin);
    win.addEventListener('message', arrived);
    root().append(frame);
  }

  return {
    /** @param {{ shown: boolean }} args @returns {Promise<string>} the handle of the chat that was found, or "" */
    continue({ shown }) {
      if (!shown) {
        close('');
        return Promise.resolve('');
      }
      if (frame || !mayJoin() || refusedBefore()) return Promise.resolve('');
      return new Promise((resolve) => {
        settle = resolve;
        show();
      });
    },
  };
}
