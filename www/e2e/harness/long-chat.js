// A chat of many messages. The relay takes twenty messages a second of one connection, so several tabs with connections of
// their own send them.

import * as visitor from './visitor.js';

const tabs = 5;

/**
 * The visitor has sent many messages. Gives the tab whose window shows them.
 * @param {import('./visitor.js').Visitor} customer
 * @param {import('./relay.js').Relay} relay
 * @param {number} many
 * @returns {Promise<import('puppeteer-core').Page>}
 */
export async function longChat(customer, relay, many) {
  const open = () => customer.visit(relay.shop('shop-a'), { prepare: withoutSharedWorker });
  const shop = await open();
  await visitor.startChat(shop, { firstname: 'Ada' });
  await visitor.minimise(shop); // what nobody sees need not be drawn while it is sent
  const others = [];
  for (let i = 1; i < tabs; i++) others.push(await open());
  for (const tab of others) await visitor.windowIs(tab, 'minimized');
  await Promise.all([shop, ...others].map((tab, i) => say(tab, `tab ${i} says`, many / tabs)));
  for (const tab of others) await tab.close();
  await visitor.restore(shop);
  await say(shop, 'last of many', 1);
  await visitor.sees(shop, 'last of many 1.');
  return shop;
}

/** Sends numbered messages, one when the one before is kept. @param {import('puppeteer-core').Page} page @param {string} text @param {number} count */
export function say(page, text, count) {
  return page.evaluate(
    async (words, last) => {
      for (let i = 1; i <= last; i++) await globalThis.CXBus.command('WebChatService.sendMessage', { message: `${words} ${i}.` });
    },
    text,
    count,
  );
}

/** Runs in the page before its scripts: a connection for each tab. */
function withoutSharedWorker() {
  Reflect.deleteProperty(globalThis, 'SharedWorker');
}
