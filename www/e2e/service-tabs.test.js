// WebChatService on two tabs of one site: the chat is one, configuration and functions are each page's own.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { command, configuration, customersRelay, home, noted, noteEvents, serviceReady, vendorWidgets } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const other = 'https://shop.customer.test/basket';

describe('WebChatService on two tabs', () => {
  const scene = stage({ front: true, config: customersRelay });
  const sockets = "{ transport: { type: 'purecloud-v2-sockets' } }";
  const rest = "{ transport: { type: 'pureengage-v3-rest' } }";

  /** Two tabs, each with its own configuration, of one origin unless told otherwise. */
  async function twoTabs(first, second, secondURL = home + 'second') {
    const customer = await scene.visitor();
    const open = async (url, webchat) => {
      const head = configuration(webchat) + vendorWidgets;
      const page = await customer.visit(scene.front.page(url, { head }), { prepare: noteEvents });
      await serviceReady(page);
      return page;
    };
    return [await open(home, first), await open(secondURL, second)];
  }

  it('one starts the chat, both have it: events, messages, agents, the end', async () => {
    const [one, two] = await twoTabs(rest, rest);
    assert.equal((await command(one, 'WebChatService.startChat', { firstname: 'Ada' })).state, 'resolved');
    await until('the other tab knows', async () => (await command(two, 'WebChatService.verifySession')).value.sessionActive);
    assert.deepEqual(await command(two, 'WebChatService.startChat', {}), {
      state: 'rejected', value: 'There is already an active chat session.',
    });

    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    for (const tab of [one, two]) assert.equal((await noted(tab, 'WebChatService.agentConnected')).numAgentsConnected, 1);
    await command(two, 'WebChatService.sendMessage', { message: 'from the second' });
    await agent.write(desk, 'to both');
    for (const tab of [one, two]) {
      await noted(tab, 'WebChatService.messageReceived', (data) => data.messages.some((m) => m.text === 'to both'));
      const { value } = await command(tab, 'WebChatService.getAgents');
      assert.deepEqual(Object.values(value.agents).map(({ name, connected }) => ({ name, connected })), [{ name: 'Dana', connected: true }]);
    }
    assert.equal((await command(two, 'WebChatService.endChat')).state, 'resolved');
    await noted(one, 'WebChatService.ended');
  });

  it('a filter hides on both, a preprocessor changes its own page alone', async () => {
    const [one, two] = await twoTabs(rest, rest);
    await command(one, 'WebChatService.startChat', { firstname: 'Ada' });
    await command(one, 'WebChat.open');
    await until('the other tab knows', async () => (await command(two, 'WebChatService.verifySession')).value.sessionActive);
    await one.evaluate(() => globalThis.CXBus.command('WebChatService.addPrefilter', { filters: /^secret/ }));
    await two.evaluate(() =>
      globalThis.CXBus.command('WebChatService.registerPreProcessor', {
        preprocessor(message) {
          if (message.text) message.text = message.text.toUpperCase();
          return message;
        },
      }),
    );
    for (const message of ['secret thing', 'open thing']) await command(one, 'WebChatService.sendMessage', { message });
    await visitor.reads(one, 'open thing');
    await visitor.reads(two, 'OPEN THING');
    for (const tab of [one, two]) assert.doesNotMatch(await visitor.windowText(tab), /secret/i);
  });

  it('each page gets the shapes of its own transport', async () => {
    const [one, two] = await twoTabs(rest, sockets);
    await command(one, 'WebChatService.startChat', { firstname: 'Ada' });
    await until('the other tab knows', async () => (await command(two, 'WebChatService.verifySession')).value.sessionActive);
    assert.equal((await command(one, 'WebChatService.startPoll')).state, 'resolved');
    assert.deepEqual(await command(two, 'WebChatService.startPoll'), {
      state: 'rejected', value: "This transport doesn't support polling.",
    });
    const { value } = await command(one, 'WebChatService.getSessionData');
    assert.deepEqual(Object.keys(value).sort(), ['participantId', 'sessionId', 'token', 'transportId']);
    assert.match(value.token, /^[\w-]+\.[\w-]+\.[\w-]+$/, 'a JWT');
  });

  it('userData that one page gives before the chat is sent with it', async () => {
    const [one] = await twoTabs("{ transport: { type: 'pureengage-v3-rest' }, userData: { customerId: '59606' } }", rest);
    const { state, value } = await command(one, 'WebChatService.updateUserData', { basket: '3 items' });
    assert.equal(state, 'resolved');
    assert.deepEqual(value, { customerId: '59606', basket: '3 items' });
    await command(one, 'WebChatService.startChat', { firstname: 'Ada', userData: { page: 'tents' } });
    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    await until('the agent sees it all', async () => {
      const text = await desk.$eval(agent.attachedData, (e) => /** @type {HTMLElement} */ (e).innerText);
      return ['59606', '3 items', 'tents'].every((part) => text.includes(part));
    });
  });

  it('another origin of the site does not get the chat of this one', async () => {
    const [one, two] = await twoTabs(rest, rest, other);
    await command(one, 'WebChatService.startChat', { firstname: 'Ada' });
    await command(one, 'WebChatService.sendMessage', { message: 'only here' });
    assert.equal((await command(two, 'WebChatService.verifySession')).value.sessionActive, false);
  });
});
