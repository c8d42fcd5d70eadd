// The chat goes with the visitor: reload, another page, a second tab. The desktop survives a reload too.

import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { stage } from './harness/stage.js';
import * as visitor from './harness/visitor.js';

describe('a chat across pages and tabs', () => {
  const scene = stage();

  it('is there after a reload and on another page, with its history, open as it was', async () => {
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'first');
    await agent.write(desk, 'second');
    await visitor.reads(shop, 'first', 'second');

    await shop.reload();
    await visitor.windowIs(shop, 'open');
    await visitor.reads(shop, 'first', 'second');

    await shop.goto((await visitor.linksOf(shop))[0]);
    await visitor.windowIs(shop, 'open');
    await visitor.reads(shop, 'first', 'second');
    await visitor.write(shop, 'third');
    await agent.reads(desk, 'first', 'second', 'third');
  });

  it('stays minimised over a navigation, and counts what came meanwhile', async () => {
    const { shop, desk } = await inConversation(scene);
    await visitor.minimise(shop);
    await visitor.windowIs(shop, 'minimized');
    await shop.reload();
    await visitor.windowIs(shop, 'minimized');
    await agent.write(desk, 'are you there?');
    await visitor.unread(shop, 1);
    await visitor.restore(shop);
    await visitor.windowIs(shop, 'open');
    await visitor.reads(shop, 'are you there?');
  });

  it('is the same in a second tab: what is typed, sent, minimised and closed', async () => {
    const { customer, shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'from the first tab');
    const second = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.windowIs(second, 'open');
    await visitor.reads(second, 'from the first tab');

    await visitor.draft(second, 'half a sent');
    await visitor.draftIs(shop, 'half a sent');
    await second.keyboard.type('ence');
    await visitor.draftIs(shop, 'half a sentence');
    await second.keyboard.press('Enter');
    await visitor.reads(shop, 'from the first tab', 'half a sentence');
    await visitor.draftIs(shop, '');
    await agent.reads(desk, 'from the first tab', 'half a sentence');

    await visitor.minimise(second);
    await visitor.windowIs(shop, 'minimized');
    await visitor.restore(shop);
    await visitor.windowIs(second, 'open');

    await visitor.endChat(shop);
    await visitor.sees(second, /ended/i);
    await visitor.close(shop);
    await visitor.windowIs(second, 'closed');
  });

  it('keeps what is written and not sent over a reload', async () => {
    const { shop } = await inConversation(scene);
    await visitor.draft(shop, 'not yet sent');
    await visitor.draftKept(shop, 'not yet sent');
    await shop.reload();
    await visitor.draftIs(shop, 'not yet sent');
  });

  it('is there after the agent reloads the desktop, with the journey and what the agent had written', async () => {
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'question');
    await agent.write(desk, 'answer');
    await visitor.reads(shop, 'question', 'answer');
    await agent.draft(desk, 'and another th');
    await agent.draftKept(desk, 'and another th');

    await desk.reload();
    await agent.reads(desk, 'question', 'answer');
    await agent.draftIs(desk, 'and another th');
    await agent.draft(desk, 'ing');
    await desk.keyboard.press('Enter');
    await visitor.reads(shop, 'question', 'answer', 'and another thing');
    await visitor.write(shop, 'thanks');
    await agent.reads(desk, 'question', 'answer', 'and another thing', 'thanks');
  });

  it("is the same in two tabs of the agent's", async () => {
    const { clerk, shop, desk } = await inConversation(scene);
    const second = await clerk.desktop(scene.relay);
    await agent.signIn(second);
    await agent.choose(second, 'Ada');
    await agent.write(desk, 'from one tab');
    await agent.reads(second, 'from one tab');
    await agent.write(second, 'from the other');
    await agent.reads(desk, 'from one tab', 'from the other');
    await visitor.reads(shop, 'from one tab', 'from the other');
  });
});
