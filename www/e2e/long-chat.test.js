// A long chat: the transcript shows a page of it, and one more message costs the page's main thread next to nothing. What
// counts is processor time, so that a busy machine fails no test.
//
// The relay takes twenty messages a second of one connection, so several tabs with connections of their own send them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const many = 1000;
const tabs = 5;
const mostElements = 1000;
/** Of main thread for one message more: a frame of 60 Hz, ms. */
const frame = 16;

describe('a long chat', () => {
  const scene = stage();

  it('leaves the document small, and one more message is added in little time', async (t) => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'), { prepare: withoutSharedWorker });
    await visitor.startChat(shop, { firstname: 'Ada' });
    await visitor.minimise(shop); // what nobody sees need not be drawn while it is sent
    const others = [];
    for (let i = 1; i < tabs; i++) others.push(await customer.visit(scene.relay.shop('shop-a'), { prepare: withoutSharedWorker }));
    for (const tab of others) await visitor.windowIs(tab, 'minimized');
    await Promise.all([shop, ...others].map((tab, i) => say(tab, `tab ${i} says`, many / tabs)));
    for (const tab of others) await tab.close();
    await visitor.restore(shop);
    await say(shop, 'last of many', 1);
    await visitor.sees(shop, 'last of many 1.');
    const elements = await shop.$$eval(`${visitor.chatWindow} *`, (all) => all.length);
    assert.ok(elements < mostElements, `${elements} elements in the window`);

    const used = await mainThread(shop);
    const before = await used();
    const more = 20;
    await say(shop, 'further', more);
    await visitor.sees(shop, `further ${more}.`);
    const each = ((await used()) - before) / more;
    t.diagnostic(`${many} messages, one more: ${each.toFixed(1)} ms of main thread; ${elements} elements in the window`);
    assert.ok(each < frame, `${each} ms of main thread for one message`);

    await shop.reload();
    await visitor.sees(shop, `further ${more}.`);
    await until('the window is still small', async () => (await shop.$$eval(`${visitor.chatWindow} *`, (all) => all.length)) < mostElements);
  });
});

/** Sends numbered messages, one when the one before is kept. */
function say(page, text, count) {
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

/**
 * Gives a function that tells the milliseconds of processor time that scripts, styles and layout of the tab have taken so
 * far. Painting is left out: without a graphics card it is the machine's business.
 */
async function mainThread(page) {
  const cdp = await page.createCDPSession();
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const parts = ['ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'];
  return async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1000 * metrics.filter(({ name }) => parts.includes(name)).reduce((sum, { value }) => sum + value, 0);
  };
}
