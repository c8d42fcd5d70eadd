// kill -9 of the relay in mid-conversation.

import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { agentFinishes, inConversation } from './harness/conversation.js';
import { unreachable } from './harness/relay.js';
import { stage } from './harness/stage.js';
import * as visitor from './harness/visitor.js';

const words = ['one', 'two', 'three', 'four', 'five'];
const asked = words.map((word) => `asked ${word}`);
const answered = words.map((word) => `answered ${word}`);

describe('a relay that is killed', () => {
  const scene = stage();

  it('comes back with everything, and with what both wrote meanwhile, once and in order', async () => {
    scene.expect(unreachable);
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, asked[0]);
    await agent.write(desk, answered[0]);
    await visitor.reads(shop, asked[0], answered[0]);
    await visitor.sees(shop, /delivered/i);

    await scene.relay.kill();
    await visitor.sees(shop, /reconnect/i);
    await agent.pageShows(desk, /reconnect/i);
    for (const text of asked.slice(1, 4)) await visitor.write(shop, text);
    for (const text of answered.slice(1, 4)) await agent.write(desk, text);

    await scene.relay.start();
    for (const texts of [asked, answered]) {
      await visitor.reads(shop, ...texts.slice(0, 4));
      await agent.reads(desk, ...texts.slice(0, 4));
    }
    await visitor.doesNotSee(shop, /reconnect/i);
    await agent.pageDoesNotShow(desk, /reconnect/i);

    await visitor.write(shop, asked[4]);
    await agent.reads(desk, ...asked);
    await agent.write(desk, answered[4]);
    await visitor.reads(shop, ...answered);
    await shop.reload();
    await visitor.reads(shop, ...asked);
    await visitor.reads(shop, ...answered);
    await agentFinishes(shop, desk);
  });

  it('offers again what was waiting for an agent', async () => {
    scene.expect(unreachable);
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Ada' });
    await visitor.sees(shop, /finding|looking|waiting/i);
    await scene.relay.kill();
    await scene.relay.start();

    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await agent.accept(desk);
    await agent.write(desk, 'sorry to keep you waiting');
    await visitor.reads(shop, 'sorry to keep you waiting');
  });

  it('drains on SIGTERM: it ends with 0, and both sides come back to the next one', async () => {
    scene.expect(unreachable);
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'before');
    await agent.reads(desk, 'before');
    const code = await scene.relay.drain();
    if (code !== 0) throw new Error(`it ended with ${code}:\n${scene.relay.log}`);
    await scene.relay.start();
    await visitor.write(shop, 'after');
    await agent.reads(desk, 'before', 'after');
  });
});
