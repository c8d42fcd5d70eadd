// continue.js runs in the visible frame, in the relay's origin, inside a customer's page: a visitor who has a chat on
// another site of the deployment asks the browser here to let the relay have its cookie; or one who chats on this site asks
// for it, so that others find the chat.
//
// Like bridge.js it speaks with exactly one page, the parent, of the origin for which the relay made this frame, and hears
// no window.
//
//	to the page, once:  {t:"continue", v:1, title} with a MessagePort
//	on that port:       {t:"size", height}; then one of {t:"found", handle}, {t:"kept"}, {t:"none"} and {t:"refused"}
//	from the page:      {t:"chat", handle} that is to be kept, on that port

import { createCookie } from './cookie.js';

const me = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const { deployment = '', origin = '', pass = '' } = me;
const cookie = createCookie({ deployment, origin, pass });
const { port1: page, port2 } = new MessageChannel();

const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));
const tell = (/** @type {object} */ message) => page.postMessage(message);
const tellSize = () => tell({ t: 'size', height: document.documentElement.offsetHeight });

/** Of the chat that is to be kept. */
let chat = '';

/**
 * The visitor has pressed the button. It must be the first thing that happens: a browser asks only right after a click.
 * @param {() => Promise<void>} then what the access is for
 */
async function ask(then) {
  try {
    await document.requestStorageAccess();
  } catch (_) {
    tell({ t: 'refused' });
    return;
  }
  await then();
}

async function keep() {
  await cookie.keep(chat).catch(() => {}); // the bridge keeps it too, from the next page on
  tell({ t: 'kept' });
}

async function take() {
  const { handle } = await cookie.take('button').catch(() => ({ handle: undefined }));
  if (handle) tell({ t: 'found', handle });
  else sayNone();
}

/** There is nothing to continue: said here, and left to the visitor to close. */
function sayNone() {
  const status = /** @type {HTMLElement} */ (document.getElementById('none'));
  status.textContent = status.dataset.text || '';
  button('yes').hidden = true;
  button('no').focus();
  tellSize();
}

if (parent !== window && origin) {
  const yes = button('yes');
  if (yes) yes.onclick = () => void ask(take);
  else button('keep').onclick = () => void ask(keep);
  page.onmessage = ({ data }) => {
    if (data?.t === 'chat') chat = String(data.handle);
  };
  button('no').onclick = () => tell({ t: 'none' });
  document.addEventListener('keydown', (event) => event.key === 'Escape' && tell({ t: 'none' }));
  new ResizeObserver(tellSize).observe(document.documentElement);
  parent.postMessage({ t: 'continue', v: 1, title: document.title }, origin, [port2]);
}
