// What pages hand over that nobody foresaw: each does what the documentation says, or is rejected with a reason. Nothing
// throws into the page, and the chat goes on.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { command, configuration, customersRelay, home, noted, noteEvents, serviceReady, vendorWidgets } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('strange input', () => {
  const scene = stage({ front: true, config: customersRelay });

  async function visit() {
    const customer = await scene.visitor();
    const page = { head: configuration("{ transport: { type: 'pureengage-v3-rest' } }") + vendorWidgets };
    const shop = await customer.visit(scene.front.page(home, page), { prepare: noteEvents });
    await serviceReady(shop);
    return shop;
  }

  /** Runs the function on the page with settle: (command, data) => promise of its state and value. */
  const within = (page, fn) => {
    const settling = `(name, data) => new Promise((resolve) => {
      const settled = CXBus.command(name, data);
      settled.always((value) => resolve({ state: settled.state(), value: portable(value) }));
    })`;
    return page.evaluate(`(${fn})(${settling})`);
  };

  const start = (page) => command(page, 'WebChatService.startChat', { firstname: 'Ada' });
  const transcript = async (page) => {
    const { value } = await command(page, 'WebChatService.getTranscript');
    return (value.messages ?? value).filter((message) => message.text).map((message) => message.text);
  };
  /** Waits until the transcript as pages get it holds these texts and no others. */
  const transcriptIs = async (page, ...texts) => {
    let now;
    try {
      await until('the transcript', async () => JSON.stringify((now = await transcript(page))) === JSON.stringify(texts));
    } catch (error) {
      throw new Error(`the transcript is ${JSON.stringify(now)}, not ${JSON.stringify(texts)}`, { cause: error });
    }
  };

  it('userData that holds itself is refused with the documented text, and then the chat starts', async () => {
    const shop = await visit();
    const outcome = await within(shop, async (settle) => {
      const userData = { basket: 2, self: undefined };
      userData.self = userData;
      return settle('WebChatService.startChat', { firstname: 'Ada', userData });
    });
    assert.deepEqual(outcome, { state: 'rejected', value: 'malformed data object provided in userData property.' });
    assert.equal((await start(shop)).state, 'resolved');
  });

  it('two startChat at once give one chat', async () => {
    const shop = await visit();
    const outcomes = await within(shop, (settle) =>
      Promise.all([1, 2].map(() => settle('WebChatService.startChat', { firstname: 'Ada' }))),
    );
    assert.deepEqual(outcomes.map((outcome) => outcome.state).sort(), ['rejected', 'resolved']);
    const refused = outcomes.find((outcome) => outcome.state === 'rejected');
    assert.equal(refused.value, 'There is already an active chat session.');
    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    await command(shop, 'WebChatService.sendMessage', { message: 'only once' });
    await agent.reads(desk, 'only once');
  });

  it('a filter with a state of its own hides every message that it matches', async () => {
    const shop = await visit();
    await start(shop);
    const added = await within(shop, async (settle) => {
      const sticky = /secret/gy;
      sticky.lastIndex = 3;
      const outcome = await settle('WebChatService.addPrefilter', { filters: [sticky, /code \d+/g] });
      return { state: outcome.state, lastIndex: sticky.lastIndex };
    });
    assert.deepEqual(added, { state: 'resolved', lastIndex: 3 });
    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    for (const message of ['secret one', 'secret two', 'a code 1', 'a code 2', 'open']) {
      await command(shop, 'WebChatService.sendMessage', { message });
    }
    await agent.reads(desk, 'secret one', 'secret two', 'a code 1', 'a code 2', 'open');
    await command(shop, 'WebChat.open');
    await visitor.reads(shop, 'open');
    assert.doesNotMatch(await visitor.windowText(shop), /secret|code/);

    await shop.reload();
    await visitor.reads(shop, 'open');
    assert.doesNotMatch(await visitor.windowText(shop), /secret|code/, 'after a restore');
  });

  it('a filter that is none is refused with the documented text', async () => {
    const shop = await visit();
    for (const filters of ['a string', 7, null, {}, ['a string']]) {
      const { state, value } = await command(shop, 'WebChatService.addPrefilter', { filters });
      assert.equal(state, 'rejected', JSON.stringify(filters));
      assert.equal(value, 'Missing or invalid filters provided. Please provide a regular expression or an array of regular expressions.');
    }
  });

  it('a preprocessor that throws is reported, and the others go on', async () => {
    const shop = await visit();
    scene.expect(/this one is broken/);
    await within(shop, async (settle) => {
      await settle('WebChatService.registerPreProcessor', {
        preprocessor() {
          throw new Error('this one is broken');
        },
      });
      await settle('WebChatService.registerPreProcessor', {
        preprocessor(message) {
          if (message.text) message.text += '!';
          return message;
        },
      });
    });
    await start(shop);
    await command(shop, 'WebChat.open');
    await command(shop, 'WebChatService.sendMessage', { message: 'hello' });
    await visitor.reads(shop, 'hello!');
  });

  it('a preprocessor that is none is refused, and its type is named', async () => {
    const shop = await visit();
    for (const preprocessor of ['a string', 7, {}]) {
      const { state, value } = await command(shop, 'WebChatService.registerPreProcessor', { preprocessor });
      assert.equal(state, 'rejected');
      assert.equal(value, `No preprocessor function provided. Type provided was '${typeof preprocessor}'.`);
    }
  });

  it('a message of 100 kB is refused with a reason, and the next one goes through', async () => {
    const shop = await visit();
    await start(shop);
    const { state, value } = await command(shop, 'WebChatService.sendMessage', { message: 'x'.repeat(100_000) });
    assert.equal(state, 'rejected');
    assert.ok(JSON.stringify(value).length > 2, 'with a reason');
    assert.equal((await command(shop, 'WebChatService.sendMessage', { message: 'short' })).state, 'resolved');
    await transcriptIs(shop, 'short');
  });

  it('text of visitors and agents never becomes HTML', async () => {
    const shop = await visit();
    await start(shop);
    await command(shop, 'WebChat.open');
    const message = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>';
    await command(shop, 'WebChatService.sendMessage', { message });
    await visitor.reads(shop, message);
    assert.equal(await shop.evaluate(() => globalThis.hit), undefined);
  });

  it('an overlay of several elements, as $("<div>…</div><div>…</div>") gives them, is shown whole', async () => {
    const shop = await visit();
    await command(shop, 'WebChat.open');
    const outcome = await shop.evaluate(async () => {
      const all = ['Our terms', 'I agree'].map((text) => Object.assign(document.createElement('div'), { textContent: text }));
      const html = { ...all, length: 2, jquery: '3', get: () => all };
      await globalThis.CXBus.command('WebChat.showOverlay', { html, hideFooter: true });
      return document.querySelector('.cx-overlay').textContent;
    });
    assert.equal(outcome, 'Our termsI agree');
  });

  it('commands after endChat are refused with the documented texts', async () => {
    const shop = await visit();
    await start(shop);
    assert.equal((await command(shop, 'WebChatService.endChat')).state, 'resolved');
    await noted(shop, 'WebChatService.ended');
    const documented = {
      endChat: 'There is no active chat session.',
      sendMessage: 'There is no active chat session.',
      sendTyping: 'There is no active chat session.',
      sendFilteredMessage: 'No active chat session.',
    };
    for (const [name, text] of Object.entries(documented)) {
      const data = { message: 'too late' };
      assert.deepEqual(await command(shop, 'WebChatService.' + name, data), { state: 'rejected', value: text }, name);
    }
    assert.equal((await start(shop)).state, 'resolved', 'and another chat can be started');
  });

  it('options that are no object do no harm', async () => {
    const shop = await visit();
    for (const data of [undefined, null, 0, 'text', [], [[]]]) {
      for (const name of ['sendMessage', 'addPrefilter', 'registerPreProcessor', 'registerTypingPreviewInput', 'sendFile']) {
        const { state } = await command(shop, 'WebChatService.' + name, data);
        assert.equal(state, 'rejected', `${name} with ${JSON.stringify(data)}`);
      }
    }
    assert.equal((await start(shop)).state, 'resolved');
  });

  it('a subscriber that throws stops nobody else', async () => {
    const shop = await visit();
    scene.expect(/another subscriber is broken/);
    await shop.evaluate(() => {
      globalThis.heard = [];
      globalThis.CXBus.subscribe('WebChatService.messageReceived', () => {
        throw new Error('another subscriber is broken');
      });
      globalThis.CXBus.subscribe('WebChatService.messageReceived', (e) =>
        globalThis.heard.push(...e.data.messages.map((message) => message.text)),
      );
    });
    await start(shop);
    await command(shop, 'WebChatService.sendMessage', { message: 'hello' });
    await until('the other one hears it', () => shop.evaluate(() => globalThis.heard.includes('hello')));
  });
});
