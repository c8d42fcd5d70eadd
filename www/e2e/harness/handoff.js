// What stories about one-time tokens have in common.

import { until } from './until.js';

/** Waits until what leads to another site gets a token. @param {import('puppeteer-core').Page} page */
export async function readyToLeave(page) {
  await page.mouse.move(3, 3);
  await until('tokens are in store', async () => {
    await page.mouse.move(5, 5 + Math.random());
    return page.evaluate(() => {
      const link = document.createElement('a');
      link.href = /** @type {any} */ ([...document.links].find((a) => a.origin !== location.origin)).href;
      link.style.position = 'fixed';
      document.body.append(link);
      link.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true }));
      const ready = link.href.includes('foyer=');
      link.remove();
      return ready;
    });
  });
}

/**
 * The tab in which the other site is shown after something was done.
 * @param {import('./visitor.js').Visitor} customer
 * @param {import('puppeteer-core').Page} page
 * @param {() => Promise<unknown>} doIt
 * @param {{newTab: boolean}} options
 */
export async function handedOver(customer, page, doIt, { newTab }) {
  if (!newTab) {
    const before = page.url();
    await doIt();
    await until('the page is left', () => page.url() !== before);
    return page;
  }
  const known = await customer.context.pages();
  await doIt();
  return until('another tab is there', async () =>
    (await customer.context.pages()).find((other) => !known.includes(other) && other.url().startsWith('http')),
  );
}
