// A visitor is seen, chats, and an agent answers.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { agentFinishes, bothTalk, inConversation } from './harness/conversation.js';
import { aria, click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('a conversation', () => {
  const scene = stage();

  it('goes from the form over offer and acceptance to Done', async () => {
    const customer = await scene.visitor();
    const clerk = await scene.agent();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, {
      firstname: 'Ada',
      lastname: 'Byron',
      email: 'ada@example.com',
      subject: 'A tent',
    });
    await visitor.sees(shop, /finding|looking|waiting/i);

    const desk = await clerk.desktop(scene.relay);
    await agent.signIn(desk);
    await agent.beReady(desk);
    await agent.pageShows(desk, 'A tent');
    await agent.accept(desk);
    await until('the visitor is told that an agent joined', async () =>
      /joined|connected/i.test(await visitor.windowText(shop)),
    );
    for (const fact of ['Ada', 'Byron', 'ada@example.com', 'A tent']) {
      await agent.pageShows(desk, fact);
    }

    await bothTalk(shop, desk);
    await agentFinishes(shop, desk);
  });

  it('starts without a name', async () => {
    const { shop, desk } = await inConversation(scene, { form: {} });
    await visitor.write(shop, 'Nobody asked who I am');
    await agent.reads(desk, 'Nobody asked who I am');
  });

  it('is offered again after a rejection', async () => {
    const customer = await scene.visitor();
    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Ada' });

    await agent.reject(desk);
    await until('the offer is gone', async () => (await desk.$(aria('button', 'Accept'))) === null);
    await visitor.sees(shop, /finding|looking|waiting/i);
    // The only agent is asked again after ten seconds.
    await until('it is offered again', () => desk.$(aria('button', 'Accept')));
    await agent.accept(desk);
    await visitor.write(shop, 'Second time lucky');
    await agent.reads(desk, 'Second time lucky');
  });

  it('can be ended by the visitor, and stays with the agent until it is marked done', async () => {
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'Never mind');
    await agent.reads(desk, 'Never mind');
    await visitor.endChat(shop);
    await agent.sees(desk, /ended|left/i);
    await agent.reads(desk, 'Never mind');
    await agent.done(desk);
    await until('the list of conversations is empty', async () => !(await agent.lists(desk, 'Ada')));
  });

  it('refuses a wrong password and says so', async () => {
    const clerk = await scene.agent();
    const desk = await clerk.desktop(scene.relay);
    await agent.signIn(desk, 'demo', 'wrong');
    await agent.pageShows(desk, /wrong/i);
    await agent.signIn(desk);
    await desk.locator(aria('button', 'Ready')).wait();
  });

  it('carries text as text, whatever it contains', async () => {
    const hostile = [
      '<img src=x onerror="globalThis.hurt=1">',
      '<script>globalThis.hurt=1</script>',
      '&lt;b&gt; ${7*7} {{7*7}} "quoted" \\u0000',
      '‮right to left‬ 👩‍👩‍👧 \u0007',
    ];
    const { shop, desk } = await inConversation(scene, {
      form: { firstname: hostile[0], subject: hostile[1] },
    });
    for (const text of hostile.slice(0, 3)) {
      await visitor.write(shop, text);
      await agent.write(desk, `re: ${text}`);
      await visitor.sees(shop, `re: ${text}`);
    }
    for (const page of [shop, desk]) {
      for (const text of hostile.slice(0, 3)) {
        assert.ok((await page.evaluate(() => document.body.innerText)).includes(text), `${text} is shown`);
      }
      assert.equal(await page.evaluate(() => globalThis.hurt), undefined, 'nothing of it ran');
      assert.equal(await page.evaluate(() => document.querySelectorAll('img[src="x"]').length), 0, 'no element of it');
    }
  });
});
