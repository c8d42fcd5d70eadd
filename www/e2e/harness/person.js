// Somebody in front of a browser: a context with tabs, and what the browser complains about in them.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sightOf } from './evidence.js';
import { patience, until } from './until.js';

const pictures = fileURLToPath(new URL('../out/', import.meta.url));

/** How many times slower every page's CPU is: to see what stories make of a slow machine. */
const slowed = Number(process.env.SLOWER ?? 1);

/** Selects by what a screen reader is told. @param {string} role @param {string} [name] */
export function aria(role, name) {
  return name === undefined ? `::-p-aria([role="${role}"])` : `::-p-aria([name="${name}"][role="${role}"])`;
}

export class Person {
  /** Errors of console, pages and workers so far. @type {string[]} */
  complaints = [];
  /** Everything that consoles, pages and workers said so far. @type {string[]} */
  said = [];

  constructor(context) {
    this.context = context;
  }

  /**
   * @param {import('puppeteer-core').Browser} browser
   * @param {{proxy?: {address: string}}} [options]  proxy: everything, loopback too, goes through it
   */
  static async sitDown(browser, { proxy } = {}) {
    const context = await browser.createBrowserContext(
      proxy ? { proxyServer: proxy.address, proxyBypassList: ['<-loopback>'] } : {},
    );
    const person = new this(context);
    context.on('targetcreated', (target) => person.#watchWorker(target));
    return person;
  }

  /**
   * A new tab. prepare runs in every frame before any script of the page.
   * @param {{prepare?: () => void, width?: number, slower?: number}} [options]  slower: how many times slower the CPU is
   */
  async tab({ prepare, width = 1440, slower = slowed } = {}) {
    const page = await this.context.newPage();
    page.setDefaultTimeout(patience);
    page.on('console', (message) => this.#hear(message, `${message.text()} (${message.location().url ?? ''})`));
    page.on('pageerror', (error) => this.#complain(String(error)));
    page.on('requestfailed', (request) => this.#note(`failed: ${request.url()} ${request.failure()?.errorText}`));
    page.on('framenavigated', (frame) => this.#note(`at ${frame.url()}`));
    await page.setViewport({ width, height: width < 600 ? 844 : 900 });
    if (prepare) await page.evaluateOnNewDocument(prepare);
    if (slower !== 1) await page.emulateCPUThrottling(slower);
    return page;
  }

  /** Complaints other than the expected ones. @param {RegExp[]} [expected] */
  unexpected(expected = []) {
    return this.complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  }

  /** Leaves: the context and all its tabs are gone. */
  async leave() {
    await this.context.close();
  }

  /** All tabs as they are now, for evidence. @returns {Promise<import('./evidence.js').Sight[]>} */
  async sights() {
    return (await this.context.pages()).map(sightOf);
  }

  async #watchWorker(target) {
    if (target.type() !== 'shared_worker') return;
    // A worker that is gone again before it could be looked at had nothing to say.
    const worker = await target.worker().catch(() => null);
    worker?.on('console', (message) => this.#hear(message, `worker: ${message.text()}`));
    worker?.on('error', (error) => this.#complain(`worker: ${error}`));
  }

  #hear(message, text) {
    if (message.type() === 'error') this.#complain(text);
    else this.#note(`${message.type()}: ${text}`);
  }

  #complain(text) {
    this.complaints.push(text);
    this.#note(`error: ${text}`);
  }

  #note(text) {
    this.said.push(`${new Date().toISOString().slice(11, 23)} ${text}`);
  }
}

/** Clicks, once the element is there and stands still. Nobody clicks in a tab that is not in front. */
export async function press(page, selector) {
  await page.bringToFront();
  await page.locator(selector).click();
}

/** Clicks what has this role and name. */
export async function click(page, role, name) {
  await press(page, aria(role, name));
}

/** Replaces what a text field holds. */
export async function fill(page, selector, text) {
  await page.bringToFront();
  await page.locator(selector).fill(text);
}

/** Types into a field, key by key, behind what it holds. */
export async function type(page, selector, text) {
  await press(page, selector);
  await page.type(selector, text);
}

/** The visible text of the first element that matches, or "" while there is none. */
export async function textOf(page, selector) {
  const element = await page.$(selector);
  if (!element) return '';
  try {
    return await element.evaluate((e) => /** @type {HTMLElement} */ (e).innerText);
  } finally {
    await element.dispose();
  }
}

/** Waits until the element's text matches. @param {string | RegExp} expected */
export async function shows(page, selector, expected) {
  const matches = (text) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text));
  let text = '';
  try {
    await until(`${selector} shows ${expected}`, async () => matches((text = await textOf(page, selector))));
  } catch (error) {
    throw new Error(`${error.message}; it shows: ${JSON.stringify(text)}`, { cause: error.cause });
  }
}

/**
 * The window that opens when something is done, once it has an address.
 * @param {import('puppeteer-core').Page} page @param {() => Promise<unknown>} act
 * @returns {Promise<import('puppeteer-core').Page>}
 */
export async function popupOf(page, act) {
  /** @type {import('puppeteer-core').Page | undefined} */
  let opened;
  page.once('popup', (popup) => (opened = popup ?? undefined));
  await act();
  const popup = await until('a window opens', () => opened?.url().startsWith('http') && opened);
  popup.setDefaultTimeout(patience);
  return popup;
}

/** A picture of the tab in www/e2e/out, when nothing in it is half-way somewhere. */
export async function picture(page, name) {
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map((one) => one.finished));
  });
  await mkdir(pictures, { recursive: true });
  await page.screenshot({ path: `${pictures}${name}.png` });
}
