// The page of the agent desktop. Everything that is shown and decided is Go's (wasm/desktop), in a worker; here is what
// only a page can do: show the view, keep what a reload must find again, play a sound, set the title, read out,
// show a notice of the system.

import { guard, warn } from '../loader/guard.js';
import { createLink } from '../loader/go/link.js';
import { pageOf } from '../loader/page.js';
import { createView, createViewServices } from '../loader/view/view.js';
import { keep, kept } from './keep.js';
import { createNotices } from './notices.js';
import { createWorker } from './worker.js';

/** A desktop whose program the relay no longer has is reloaded after so long, ms. */
const reloadAfter = 5000;

const me = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
/** Where the relay is: this page is at …/desktop/. */
const base = new URL('..', location.href).href.slice(0, -1);
/** @type {Record<string, string>} addresses of the texts at the relay, by language */
const texts = { en: me.textsEn || '', de: me.textsDe || '' };
const lang = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in texts) || 'en';
document.documentElement.lang = lang;

/** @type {Services} */
const services = createViewServices(window, { root: () => document.body, base });
const { announce } = services;
const notice = createNotices(window);
services.announce = (args) => {
  announce?.(args);
  notice(args.text, args.assertive);
};

/** @type {ReturnType<typeof createView>} */
const view = createView({ parent: () => document.body, send: (message) => link.send(message), warn });
/** Takes away what an earlier Go has shown. @type {((root: string) => void) | undefined} */
let renew;

const link = createLink(window, {
  hello: () => ({
    t: 'hello',
    v: 1,
    page: pageOf(window, { page: '', visit: '', device: '' }),
    stored: kept(),
    deployment: { name: '', lang, texts },
  }),
  config: () => undefined,
  pack: (_, data) => data,
  unpack: (value) => value,
  on: {
    welcome: () => (renew = view.renew()),
    view(message) {
      document.getElementById('boot')?.remove();
      renew?.(message.root);
      view.apply(/** @type {any} */ (message));
    },
    store: ({ key, value }) => keep(key, value),
    call: serve,
    log: ({ level, text }) => console[level === 'error' ? 'error' : level === 'warn' ? 'warn' : 'info']('[foyer] ' + text),
  },
  again: () => worker.connect(),
  tick() {},
});

/** @param {Message<'call'>} call */
function serve({ service, args }) {
  guard('service ' + service, () => /** @type {any} */ (services)[service](args || {}))();
}

const worker = createWorker(base + me.worker + '?wasm=' + encodeURIComponent(base + me.wasm), {
  onPort: (port) => link.use(port, ''),
  onOutdated: () => window.setTimeout(() => location.reload(), reloadAfter),
});

const tell = (/** @type {string} */ what) => link.send({ t: 'page', what });
document.addEventListener('visibilitychange', () => {
  link.alive();
  tell(document.visibilityState);
});
window.addEventListener('online', () => tell('online'));
window.addEventListener('offline', () => tell('offline'));
// A file that misses its place must not replace the desktop.
for (const type of ['dragover', 'drop']) {
  window.addEventListener(type, (event) => {
    if (!event.defaultPrevented && /** @type {DragEvent} */ (event).dataTransfer?.types.includes('Files')) event.preventDefault();
  });
}
window.addEventListener('pagehide', () => link.leave());
window.addEventListener('pageshow', (event) => {
  if (event.persisted) worker.connect();
});
