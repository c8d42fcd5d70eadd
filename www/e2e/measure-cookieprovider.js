// What CookieProvider costs a page: from the navigation to a chat window that takes input, in the documentation's sample of
// an instance, and in the same page without it. Turn by turn, each visitor's first and repeat visit. It judges nothing.

import { readFile } from 'node:fs/promises';
import { launch } from './harness/chromium.js';
import { siteA } from './harness/cookie-sites.js';
import { Front } from './harness/front.js';
import { hostSample, samplePages, samplesRelay } from './harness/persistent-chat.js';
import { Relay } from './harness/relay.js';
import { Visitor } from './harness/visitor.js';

const people = Number(process.argv[2] ?? 9);
const name = 'sample A: an instance';
const front = await Front.open();
const relay = (front.relay = await Relay.fresh(samplesRelay));
const { browser, remove } = await launch({ args: front.args });
const without = 'https://domain-b.test/';

await hostSample(front, name);
// As a web server has it that knows its type: so browsers keep what they compiled.
const program = new URL('cookieprovider.wasm', samplePages[name].frame).href;
const content = await readFile(new URL('../dist/cookieprovider.wasm', import.meta.url));
front.file(program, content, 'application/wasm', { 'cache-control': 'max-age=300' });
const bare = (await samplePages[name].page())
  .replace('let cookieProvider = new CookieProvider(SESSION_COOKIE_NAME, IFRAME_URL,\n showThirdPartyCookieNotification);', '')
  .replaceAll(/^cookieProvider\..*$/gm, '');
front.page(without, { head: bare });

/** Milliseconds from the navigation until the form is there. In the page. */
const toInput = () =>
  new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector('#cx_webchat_form_firstname')?.checkVisibility()) return;
      observer.disconnect();
      resolve(performance.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, attributes: true });
    look();
  });

/** @type {Record<string, number[]>} */
const times = {};
for (let i = 0; i < people; i++) {
  for (const url of i % 2 ? [siteA, without] : [without, siteA]) {
    const person = await Visitor.sitDown(browser);
    for (const visit of ['first', 'repeat']) {
      const page = await person.tab();
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      (times[`${url === siteA ? 'with' : 'without'} CookieProvider, ${visit} visit`] ??= []).push(await page.evaluate(toInput));
      await page.close();
    }
    await person.leave();
  }
}
const p50 = (list) => Math.round(list.sort((a, b) => a - b)[list.length >> 1]);
console.table(Object.entries(times).map(([what, list]) => ({ what, 'p50, ms': p50(list), 'worst, ms': Math.round(list.at(-1)) })));
await remove();
await relay.remove();
await front.close();
