// The same conversation where sockets, shared workers or frames are refused.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { agentFinishes, bothTalk, inConversation } from './harness/conversation.js';
import { proxyWithoutSockets } from './harness/no-sockets.js';
import { popupOf, press } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('without WebSockets', () => {
  const scene = stage();
  let proxy;
  before(async () => (proxy = await proxyWithoutSockets()));
  after(() => proxy.close());

  it('visitor and agent talk by long polling', async () => {
    scene.expect(/WebSocket connection to .* failed/);
    const { shop, desk } = await inConversation(scene, { network: { proxy } });
    await bothTalk(shop, desk);
    await shop.reload();
    await visitor.reads(shop, 'Is the blue tent in stock?', 'Three of them are.');
    await agentFinishes(shop, desk);
    assert.ok(proxy.refused() >= 2, 'both had asked for a socket');
  });
});

describe('without a shared worker', () => {
  const scene = stage();
  const absent = () => Reflect.deleteProperty(globalThis, 'SharedWorker');
  const refusing = () => {
    const construct = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    globalThis.SharedWorker = new Proxy(globalThis.SharedWorker, { construct });
  };

  for (const [what, prepare] of Object.entries({ absent, refusing })) {
    it(`(${what}) a dedicated worker carries the conversation, and two tabs are in step`, async () => {
      const { customer, shop, desk } = await inConversation(scene, { prepare });
      await bothTalk(shop, desk);

      const second = await customer.visit(scene.relay.shop('shop-a'), { prepare });
      await visitor.windowIs(second, 'open');
      await visitor.reads(second, 'Is the blue tent in stock?', 'Three of them are.');
      await visitor.write(second, 'I take one');
      await visitor.reads(shop, 'I take one');
      await agent.reads(desk, 'I take one');
      await agentFinishes(shop, desk);
    });
  }
});

describe('where frames are refused', () => {
  const scene = stage();

  it('the chat button opens the hosted chat page', async () => {
    scene.expect(/Content Security Policy/);
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a', '/refused.html'));
    await until('the frame was refused', () => customer.complaints.some((text) => text.includes('Content Security Policy')));
    const hosted = await popupOf(shop, () => press(shop, visitor.chatButton));
    assert.equal(new URL(hosted.url()).pathname, '/chat/');

    await visitor.submitForm(hosted, { firstname: 'Ada' });
    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    await bothTalk(hosted, desk);
    await agentFinishes(hosted, desk);
  });
});
