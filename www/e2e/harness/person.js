// Somebody in front of a browser: a context with tabs, and what the browser complains about in them.

import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const pictures = fileURLToPath(new URL('../out/', import.meta.url));

/** Selects by what a screen reader is told. @param {string} role @param {string} [name] */
export function aria(role, name) {
  return name === undefined ? `::-p-aria([role="${role}"])` : `::-p-aria([name="${name}"][role="${role}"])`;
}

export class Person {
  /** Errors of console, pages and workers so far. @type {string[]} */
  complaints = [];

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
  async tab({ prepare, width = 1440, slower = 1 } = {}) {
    const page = await this.context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url ?? ''})`);
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
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

  async #watchWorker(target) {
    if (target.type() !== 'shared_worker') return;
    // A worker that is gone again before it could be looked at had nothing to say.
    const worker = await target.worker().catch(() => null);
    worker?.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`worker: ${message.text()}`);
    });
    worker?.on('error', (error) => this.complaints.push(`worker: ${error}`));
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
export async function shows(page, selector, expected, options) {
  const matches = (text) => (typeof expected === 'string' ? text.includes(expected) : expected.test(text));
  let text = '';
  try {
    await until(`${selector} shows ${expected}`, async () => matches((text = await textOf(page, selector))), options);
  } catch (error) {
    throw new Error(`${error.message}; it shows: ${JSON.stringify(text)}`, { cause: error.cause });
  }
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
