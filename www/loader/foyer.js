// foyer.js, the one tag that a site includes: gives the page its public globals at once, draws the chat button, and
// starts Go (in a worker of the relay's origin) when there is something for it to do.
//
// It runs on pages that we do not know, before or after anything else. It must never throw into the page, never hold up
// its main thread, and do no more when it is included a second time than take note of the name under which it was.

import { publishCookieProvider } from '../cookieprovider/globals.js';
import { createApp } from './app.js';
import { chunk } from './chunk.js';
import { createGate } from './gate.js';
import { guard, warn } from './guard.js';
import { mark } from './own/mark.js';
import { own, ownWindow } from './own/own.js';
import { readTag } from './tag.js';
import { whenIdle } from './when.js';

guard('start', () => {
  const page = /** @type {any} */ (window);
  const tag = readTag(document);
  if (page[mark]) {
    if (tag) page[mark].include(tag);
    return;
  }
  if (!tag) {
    warn('foyer.js needs a src');
    return;
  }
  const win = ownWindow();
  const app = createApp(win, tag, createGate(win));
  Object.defineProperty(page, mark, { value: { ...app, own } });
  publishCookieProvider(win, chunk(tag.base + '/' + FOYER_COOKIES), whenIdle);
  // A page that is only prepared for a visitor who may never come is not entered yet.
  if (document.prerendering) document.addEventListener('prerenderingchange', guard('start', app.start), { once: true });
  else app.start();
})();
