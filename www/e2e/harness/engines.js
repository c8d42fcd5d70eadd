// Three engines in five modes behind one small interface, for stories about what browsers let sites share. Hosts' names
// lead to a Front in each of them.

import { launch as launchChromium } from './chromium.js';
import { launch as launchFirefox } from './firefox.js';
import { sightOf } from './evidence.js';
import { patience, until } from './until.js';
import { launch as launchWebKit } from './webkit.js';

/**
 * @typedef {object} Tab
 * @property {(url: string) => Promise<void>} goto  as if typed by hand; settles when the page has loaded
 * @property {<T>(fn: (...args: any[]) => T, ...args: any[]) => Promise<Awaited<T>>} run  in the page, and waits for what it
 *   promises
 * @property {(frame: string, fn: (...args: any[]) => any, ...args: any[]) => Promise<any>} runIn  in a frame of the page,
 *   found by a selector
 * @property {(selector: string, frame?: string) => Promise<void>} click  as a person does, in the page or a frame of it
 * @property {() => Promise<void>} reload
 * @property {() => Promise<void>} back
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Engine
 * @property {() => Promise<Tab>} tab  a new one, of the same profile
 * @property {() => Promise<Tab[]>} tabs  all there are, those too that a page opened
 * @property {(top: string, embedded: string) => Promise<void>} grant  lets frames of embedded use their cookies in pages of
 *   top, as if the visitor had said yes; does nothing where that cannot be had
 * @property {() => Promise<import('./evidence.js').Sight[]>} sights  all tabs as they are now
 * @property {() => Promise<void>} close
 */

/**
 * The modes, in the order of the table. open starts a browser with an empty profile.
 * @type {{name: string, short: string, granted?: boolean, open: (front: import('./front.js').Front) => Promise<Engine>}[]}
 */
export const engines = [
  { name: 'Chromium, third-party cookies allowed', short: 'chromium-allow', open: (front) => chromium(front, 'allow') },
  { name: 'Chromium, blocked', short: 'chromium-block', open: (front) => chromium(front, 'block') },
  { name: 'Chromium, blocked, access granted', short: 'chromium-granted', granted: true, open: (front) => chromium(front, 'block') },
  { name: 'Firefox', short: 'firefox', open: firefox },
  { name: 'WebKitGTK', short: 'webkit', open: webkit },
];

async function chromium(front, thirdPartyCookies) {
  const { browser, remove } = await launchChromium({ thirdPartyCookies, args: front.args });
  const session = await browser.target().createCDPSession(); // what it grants ends with it
  return {
    ...puppeteerTabs(browser),
    async grant(top, embedded) {
      await session.send('Browser.setPermission', {
        permission: { name: 'storage-access' }, setting: 'granted', origin: top, embeddedOrigin: embedded,
      });
    },
    close: remove,
  };
}

async function firefox(front) {
  const { browser, remove } = await launchFirefox({ proxy: front.proxy });
  return { ...puppeteerTabs(browser), grant: async () => {}, close: remove };
}

function puppeteerTabs(browser) {
  return {
    tab: async () => puppeteerTab(await browser.newPage()),
    tabs: async () => (await browser.pages()).map(puppeteerTab),
    sights: async () => (await browser.pages()).map(sightOf),
  };
}

/** @param {import('puppeteer-core').Page} page @returns {Tab} */
function puppeteerTab(page) {
  page.setDefaultTimeout(patience);
  const frame = async (selector) => (await page.waitForSelector(selector)).contentFrame();
  return {
    goto: async (url) => void (await page.goto(url)),
    run: (fn, ...args) => page.evaluate(fn, ...args),
    runIn: async (selector, fn, ...args) => (await frame(selector)).evaluate(fn, ...args),
    async click(selector, within) {
      await page.bringToFront();
      await (within ? await frame(within) : page).locator(selector).click();
    },
    reload: async () => void (await page.reload()),
    back: () => goBack((fn, ...args) => page.evaluate(fn, ...args)),
    close: () => page.close(),
  };
}

/** One step back in the history. A page from the back-forward cache is shown without being loaded, so no driver waits. */
async function goBack(run) {
  const before = await run(() => {
    setTimeout(() => history.back());
    return location.href;
  });
  await until('the page before is shown', () =>
    run((left) => location.href !== left && document.readyState === 'complete', before),
  );
}

async function webkit(front) {
  const { session, remove } = await launchWebKit({ proxy: front.proxy });
  return {
    tab: async () => webkitTab(session, await session.newTab()),
    tabs: async () => (await session.handles()).map((handle) => webkitTab(session, handle)),
    sights: async () => (await session.handles()).map((handle) => webkitSight(session, handle)),
    grant: async () => {},
    close: remove,
  };
}

/** @returns {import('./evidence.js').Sight} */
function webkitSight(session, handle) {
  return {
    async picture() {
      await session.turnTo(handle);
      return Buffer.from(await session.command('GET', '/screenshot'), 'base64');
    },
    async document() {
      await session.turnTo(handle);
      return session.command('GET', '/source');
    },
  };
}

/** @returns {Tab} */
function webkitTab(session, handle) {
  const here = async (method, path, body) => {
    await session.turnTo(handle);
    return session.command(method, path, body);
  };
  const run = async (fn, ...args) => {
    await session.turnTo(handle);
    return session.run(fn, args);
  };
  return {
    goto: (url) => here('POST', '/url', { url }),
    run,
    async runIn(frame, fn, ...args) {
      await session.turnTo(handle);
      await session.enterFrame(frame);
      return session.run(fn, args);
    },
    async click(selector, frame) {
      await session.turnTo(handle);
      if (frame) await session.enterFrame(frame);
      await session.click(selector);
    },
    reload: () => here('POST', '/refresh', {}),
    back: () => goBack(run),
    close: () => here('DELETE', '/window'),
  };
}
