// A long chat: the transcript shows a page of them, and one more message costs the page's main
// thread next to nothing. The time is printed, not judged: figures of one machine are not those of another.
//
// The relay takes twenty messages a second of one connection, so several tabs with connections of their own send them.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const many = 200;
const tabs = 4;
const mostElements = 1000;

describe('a long chat', () => {
  const scene = stage();

  it('leaves the document small, and one more message is added in little time', async (t) => {
    const { customer, shop, desk } = await inConversation(scene, { prepare: withoutSharedWorker });
    const others = [];
    for (let i = 1; i < tabs; i++) others.push(await customer.visit(scene.relay.shop('shop-a'), { prepare: withoutSharedWorker }));
    for (const tab of others) await visitor.windowIs(tab, 'open');
    await Promise.all([shop, ...others].map((tab, i) => say(tab, `tab ${i} says`, many / tabs)));
    for (const tab of others) await tab.close();
    await say(shop, 'last of many', 1);
    await visitor.sees(shop, 'last of many 1.');
    const elements = await shop.$$eval(`${visitor.chatWindow} *`, (all) => all.length);
    assert.ok(elements < mostElements, `${elements} elements in the window`);

    const before = await mainThread(shop);
    const more = 20;
    await say(shop, 'further', more);
    await visitor.sees(shop, `further ${more}.`);
    const after = await mainThread(shop);
    t.diagnostic(`one message more: ${((after - before) / more).toFixed(1)} ms of main thread; ${elements} elements in the window`);
    await agent.sees(desk, `further ${more}.`);

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

/** Milliseconds of main thread that the tab has used so far. */
async function mainThread(page) {
  return (await page.metrics()).TaskDuration * 1000;
}
