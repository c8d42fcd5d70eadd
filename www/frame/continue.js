// continue.js runs in the visible frame, in the relay's origin, inside a customer's page: a visitor who has a chat on
// another site of the deployment asks the browser here to let the relay have its cookie; or one who chats on this site asks
// for it, so that others find the chat.
//
// Like bridge.js it speaks with exactly one page, the parent, of the origin for which the relay made this frame, and hears
// no window.
//
//	to the page, once:  {t:"continue", v:1, title} with a MessagePort
//	on that port:       {t:"size", height}; then one of {t:"found", handle}, {t:"kept"} and {t:"none"}
//	from the page:      {t:"chat", handle} that is to be kept, on that port

import { createCookie } from './cookie.js';

const me = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const { deployment = '', origin = '', pass = '' } = me;
const cookie = createCookie({ deployment, origin, pass });
const { port1: page, port2 } = new MessageChannel();

const button = (/** @type {string} */ id) => /** @type {HTMLButtonElement} */ (document.getElementById(id));
const tell = (/** @type {object} */ message) => page.postMessage(message);
const tellSize = () => tell({ t: 'size', height: document.documentElement.offsetHeight });

/** What the visitor is asked to press. */
const question = button('yes') || button('keep');
/** Of the chat that is to be kept. */
let chat = '';

/**
 * The visitor has pressed the button. It must be the first thing that happens: a browser asks only right after a click.
 * @param {() => Promise<void>} then what the access is for
 */
async function ask(then) {
  try {
    await document.requestStorageAccess();
    await then();
  } catch (_) {
    say('failed');
  }
}

async function keep() {
  await cookie.keep(chat);
  // A browser may give access, and drop the cookie nevertheless. The second answer tells.
  const { kept } = await cookie.keep(chat);
  if (kept) tell({ t: 'kept' });
  else say('failed');
}

async function take() {
  const { handle } = await cookie.take('button');
  if (handle) tell({ t: 'found', handle });
  else say('none');
}

/** It has come to nothing, which is left to the visitor to close. @param {'none' | 'failed'} what */
function say(what) {
  const status = /** @type {HTMLElement} */ (document.getElementById('status'));
  status.textContent = status.dataset[what] || '';
  question.hidden = true;
  button('no').focus();
  tellSize();
}

if (parent !== window && origin) {
  question.onclick = () => void ask(question.id === 'keep' ? keep : take);
  page.onmessage = ({ data }) => {
    if (data?.t === 'chat') chat = String(data.handle);
  };
  button('no').onclick = () => tell({ t: 'none' });
  document.addEventListener('keydown', (event) => event.key === 'Escape' && tell({ t: 'none' }));
  new ResizeObserver(tellSize).observe(document.documentElement);
  parent.postMessage({ t: 'continue', v: 1, title: document.title }, origin, [port2]);
}
