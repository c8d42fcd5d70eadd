// One tag in head: the button at once, nothing more before the page is idle, and never a held-up page.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { longTasks, watchLongTasks } from './harness/long-tasks.js';
import { click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('the tag', () => {
  const scene = stage();

  it('stands in head before body, and gives one button', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    const tag = await shop.$eval('head > script[src$="/foyer.js"]', (script) => ({
      async: script.hasAttribute('async'),
      deployment: script.dataset.deployment,
    }));
    assert.deepEqual(tag, { async: true, deployment: 'demo' });
    await shop.locator(visitor.chatButton).wait();
    assert.equal((await shop.$$(visitor.chatButton)).length, 1);
  });

  it('starts nothing before the page is idle, and then by itself', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab({ prepare: holdIdle });
    const requested = [];
    shop.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await shop.goto(scene.relay.shop('shop-a'), { waitUntil: 'load' });
    await shop.locator(visitor.chatButton).wait();
    await until('Foyer waits for an idle moment', () => shop.evaluate(() => globalThis.heldIdle.length > 0));
    assert.deepEqual(requested.filter(heavy), [], 'before the page is idle');

    await shop.evaluate(() => globalThis.releaseIdle());
    await until('the frame is opened', () => requested.includes('/bridge.html'));
  });

  it('starts at once when the visitor shows intent', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab({ prepare: holdIdle });
    const requested = [];
    shop.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await shop.goto(scene.relay.shop('shop-a'));
    await click(shop, 'button', 'Chat');
    await until('the frame is opened', () => requested.includes('/bridge.html'));
    await shop.locator('#cx_webchat_form_firstname').wait();
  });

  it('twice on a page is as good as once', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await shop.addScriptTag({ url: `${scene.relay.base}/foyer.js` });
    await click(shop, 'button', 'Chat');
    await shop.locator('#cx_webchat_form_firstname').wait();
    assert.equal((await shop.$$(visitor.chatWindow)).length, 1);
  });

  for (const slower of [1, 4]) {
    it(`holds the page's main thread up for less than 50 ms at a time, CPU ${slower} times slower`, async () => {
      const customer = await scene.visitor();
      const shop = await customer.tab({ slower, prepare: watchLongTasks });
      // The first load warms the page itself up: its own style and layout are not what is measured.
      await shop.setRequestInterception(true);
      const withoutFoyer = (request) => (isFoyer(request) ? request.abort() : request.continue());
      shop.on('request', withoutFoyer);
      scene.expect(/ERR_FAILED/);
      await shop.goto(scene.relay.shop('shop-a'), { waitUntil: 'load' });
      const ofThePage = await longTasks(shop);
      shop.off('request', withoutFoyer);
      await shop.setRequestInterception(false);

      await shop.goto(scene.relay.shop('shop-a'), { waitUntil: 'load' });
      await visitor.startChat(shop, { firstname: 'Ada' });
      await visitor.write(shop, 'hello');
      await visitor.reads(shop, 'hello');
      const withFoyer = await longTasks(shop);
      assert.ok(
        withFoyer.length <= ofThePage.length,
        `long tasks in ms: ${withFoyer} with Foyer, ${ofThePage} of the page alone`,
      );
    });
  }
});

const heavy = (path) => path === '/bridge.html' || path.endsWith('.wasm') || /\/(worker|bridge)\./.test(path);
const isFoyer = (request) => request.url().endsWith('/foyer.js');

/** Keeps idle callbacks back until releaseIdle is called. */
function holdIdle() {
  const original = globalThis.requestIdleCallback;
  globalThis.heldIdle = [];
  globalThis.requestIdleCallback = (callback, options) => globalThis.heldIdle.push([callback, options]);
  globalThis.releaseIdle = () => {
    globalThis.requestIdleCallback = original;
    for (const [callback, options] of globalThis.heldIdle) original(callback, options);
  };
}
