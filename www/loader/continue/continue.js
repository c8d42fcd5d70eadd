// foyer-continue.js: shows the relay's visible frames, with the button that asks the browser for the cookie which other
// sites share: to continue the chat of another site, and to keep this one for them. See www/frame/continue.js for the
// other side.

/**
 * @typedef {{ base: string, deployment: string, root: () => HTMLElement, mayJoin: () => boolean }} Page
 *   base: the relay's address; root: where frames are shown; mayJoin: the visitor agrees that sites are joined
 */

/** @param {Window} win @param {Page} page @returns {Pick<AllServices, 'continue' | 'keep'>} */
export function createContinue(win, page) {
  const find = createFrame(win, page, { className: 'foyer-continue', query: '', answeredKey: 'refused' });
  const keep = createFrame(win, page, { className: 'foyer-keep', query: '&keep=1', answeredKey: 'asked' });
  return {
    /** @param {{ shown: boolean }} args @returns {Promise<string>} the handle of the chat that was found, or "" */
    continue: ({ shown }) => (shown ? find.show() : find.hide()),
    /** @param {{ shown: boolean, handle?: string }} args handle: of the chat of now @returns {Promise<string>} "" */
    keep: ({ shown, handle = '' }) => (shown ? keep.show(handle) : keep.hide()),
  };
}

/**
 * One of the two.
 * @param {Window} win
 * @param {Page} page
 * @param {{ className: string, query: string, answeredKey: string }} kind answeredKey: in the tab's storage, once the visitor
 *   has said no, or that the chat is to be kept: they are not asked again for as long as the tab lives
 */
function createFrame(win, { base, deployment, root, mayJoin }, { className, query, answeredKey }) {
  const doc = win.document;
  const key = 'foyer.' + deployment + '.' + answeredKey;
  /** @type {HTMLIFrameElement | undefined} */
  let frame;
  /** @type {MessagePort | undefined} */
  let port;
  /** Of the chat that is to be kept. */
  let chat = '';
  let settle = (/** @type {string} */ _handle) => {};

  /** @param {string} handle "" for none */
  function close(handle) {
    const focused = doc.activeElement === frame;
    win.removeEventListener('message', arrived);
    frame?.remove();
    frame = port = undefined;
    if (focused) focusWindow();
    settle(handle);
  }

  /** Who was in the frame goes on where they write. */
  function focusWindow() {
    const places = ['.cx-webchat .cx-input-container:not([hidden]) textarea', '.cx-webchat input', 'button'].map((each) => root().querySelector(each));
    /** @type {HTMLElement | undefined} */ (places.find(Boolean))?.focus();
  }

  function closeForGood() {
    try {
      win.sessionStorage.setItem(key, '1');
    } catch (_) {
      // Storage is refused; Go remembers as long as it runs.
    }
    close('');
  }

  const answeredBefore = () => {
    try {
      return win.sessionStorage.getItem(key) !== null;
    } catch (_) {
      return false;
    }
  };

  const tellChat = () => port?.postMessage({ t: 'chat', handle: chat });

  /** @param {MessageEvent} event */
  function arrived(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== new URL(base).origin) return;
    const { t, v, title } = event.data || {};
    const [given] = event.ports;
    if (t !== 'continue' || v !== 1 || !given) return;
    frame.title = String(title); // again where it was put elsewhere in the page and so loaded anew
    port = given;
    port.onmessage = ({ data }) => hear(data || {});
    if (chat) tellChat();
  }

  /** @param {any} message */
  function hear({ t, height, handle }) {
    if (!frame) return;
    if (t === 'size' && height > 0 && !chat) frame.style.height = Math.min(Number(height), 400) + 'px';
    else if (t === 'found' && typeof handle === 'string') close(handle);
    else if (t === 'kept' || t === 'none') closeForGood();
  }

  function insert() {
    frame = doc.createElement('iframe');
    frame.className = className;
    frame.title = 'Chat';
    frame.allow = 'storage-access';
    frame.src =
      base + '/continue.html?deployment=' + encodeURIComponent(deployment) + '&origin=' + encodeURIComponent(win.origin) + query;
    win.addEventListener('message', arrived);
    root().append(frame);
  }

  return {
    /** @param {string} [handle] of the chat that is to be kept @returns {Promise<string>} the handle of the one that was found, or "" */
    show(handle = '') {
      chat = handle;
      if (frame) tellChat();
      if (frame || !mayJoin() || answeredBefore()) return Promise.resolve('');
      return new Promise((resolve) => {
        settle = resolve;
        insert();
      });
    },
    hide() {
      close('');
      return Promise.resolve('');
    },
  };
}
