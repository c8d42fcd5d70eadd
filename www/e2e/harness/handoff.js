// What stories about one-time tokens have in common.

import { until } from './until.js';

/**
 * The address that a link has in the moment in which the browser would follow it, where that has a token; "" otherwise.
 * The token is not used up.
 * @param {import('puppeteer-core').Page} page @param {string} selector
 * @returns {Promise<string>}
 */
export async function tokenFor(page, selector) {
  return page.evaluate((wanted) => {
    const link = /** @type {any} */ (document.querySelector(wanted));
    link.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true }));
    return link.href.includes('foyer=') ? link.href : '';
  }, selector);
}

/** Waits until what leads to another site gets a token. @param {import('puppeteer-core').Page} page */
export async function readyToLeave(page) {
  await until('tokens are in store', async () => {
    await page.mouse.move(2 + Math.random(), 2);
    await page.evaluate(() => window.dispatchEvent(new Event('keydown')));
    return tokenFor(page, 'a[href^="https://domain-b.test"],footer a[href*="shop-b"]');
  });
  await until('the link is as it was', () => page.evaluate(() => !document.querySelector('[href*="foyer="]')));
  await page.evaluate(() => window.dispatchEvent(new Event('keydown')));
}

/**
 * The tab in which the other site is shown after something was done.
 * @param {import('./visitor.js').Visitor} customer
 * @param {import('puppeteer-core').Page} page
 * @param {() => Promise<unknown>} doIt
 * @param {{newTab: boolean, way?: string}} options  way: for the message
 */
export async function handedOver(customer, page, doIt, { newTab, way = 'the way' }) {
  if (!newTab) {
    const before = page.url();
    await doIt();
    await until(`${way} leads away`, () => page.url() !== before);
    return page;
  }
  const known = await customer.context.pages();
  await doIt();
  return until(`${way} opens a tab`, async () =>
    (await customer.context.pages()).find((other) => !known.includes(other) && other.url().startsWith('http')),
  );
}
