// A chat follows its visitor from one shop to another one, of another site, with nothing shared between the two but a
// one-time token in the navigation. It must not matter what the browser thinks of third-party cookies.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { handedOver, readyToLeave } from './harness/handoff.js';
import { press } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

/** The footer of each demo shop links to the other one. */
const sister = 'footer a[href*="shop-b"]';

for (const thirdPartyCookies of /** @type {const} */ (['allow', 'block'])) {
  describe(`from shop to shop, third-party cookies ${thirdPartyCookies}ed`, () => {
    const scene = stage({ thirdPartyCookies });

    it('the chat comes along with a link, and goes on in both shops until it is ended in one', async () => {
      const { customer, shop, desk } = await inConversation(scene);
      await visitor.write(shop, 'from the first shop');
      await agent.reads(desk, 'from the first shop');
      await readyToLeave(shop);

      const started = new Promise((resolve) => shop.once('framenavigated', resolve));
      await press(shop, sister);
      await started;
      await visitor.windowIs(shop, 'open');
      await visitor.reads(shop, 'from the first shop');
      assert.equal(shop.url(), scene.relay.shop('shop-b'), 'the token is gone from the address');
      assert.equal(await shop.evaluate(() => performance.navigation.redirectCount), 0, 'no redirect');
      await visitor.write(shop, 'from the second shop');
      await agent.reads(desk, 'from the first shop', 'from the second shop');
      const data = await shop.evaluate(() => CXBus.registerPlugin('Page').command('WebChatService.getSessionData'));
      assert.deepEqual(data.metadata, { rung: 'handoff' });
      await until('the relay has counted it', async () =>
        (await (await fetch(`${scene.relay.base}/metrics`)).text()).includes('foyer_crossdomain_rung_total{rung="handoff"} 1'),
      );

      await shop.reload();
      await visitor.reads(shop, 'from the first shop', 'from the second shop');
      assert.equal(shop.url(), scene.relay.shop('shop-b'));

      const first = await customer.visit(scene.relay.shop('shop-a'));
      await visitor.reads(first, 'from the first shop', 'from the second shop');
      await shop.bringToFront();
      await visitor.endChat(shop);
      await visitor.sees(first, /ended/i);
    });

    it('the way back leads to the chat too, and brings no token', async () => {
      const { shop } = await inConversation(scene);
      await visitor.write(shop, 'one');
      await readyToLeave(shop);
      await press(shop, sister);
      await visitor.reads(shop, 'one');
      await shop.goBack();
      await visitor.reads(shop, 'one');
      assert.equal(shop.url(), scene.relay.shop('shop-a'));
      await shop.goForward();
      await visitor.reads(shop, 'one');
      assert.equal(shop.url(), scene.relay.shop('shop-b'));
    });

    it('a second tab of the other shop has it too', async () => {
      const { customer, shop } = await inConversation(scene);
      await visitor.write(shop, 'one');
      await readyToLeave(shop);
      const there = await handedOver(customer, shop, () => press(shop, sister), { newTab: false });
      await visitor.reads(there, 'one');
      const second = await customer.visit(scene.relay.shop('shop-b'));
      await visitor.windowIs(second, 'open');
      await visitor.reads(second, 'one');
    });
  });
}
