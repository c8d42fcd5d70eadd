// A chat on the next page of its site: it is told as that page is configured, and as its scripts want it, from the first
// message on, however fast Go is (its worker lives on) and however slow the page.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { command, configuration, customersRelay, home, noted, noteEvents, serviceReady, vendorScript, vendorWidgets } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const next = home + 'next';

describe('a chat on the next page', () => {
  const scene = stage({ front: true, config: customersRelay });

  /** A page on which a chat has begun, with one message. @param {string} webchat */
  async function chatting(webchat) {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.front.page(home, { head: configuration(webchat) + vendorWidgets }), { prepare: noteEvents });
    await serviceReady(shop);
    assert.equal((await command(shop, 'WebChatService.startChat', { firstname: 'Ada' })).state, 'resolved');
    await command(shop, 'WebChatService.sendMessage', { message: 'one two' });
    return shop;
  }

  /** Everything that the page was told of the log, when it has been told of the message. */
  async function restoredMessages(shop) {
    await noted(shop, 'WebChatService.messageReceived', (data) => JSON.stringify(data.originalMessages).includes('one two'));
    const all = await shop.evaluate(() => globalThis.noted.filter((event) => event.name === 'WebChatService.messageReceived'));
    return all.flatMap((event) => event.data.originalMessages.map((original) => ({ original, data: event.data })));
  }

  for (const { name, webchat, isOurs } of [
    {
      name: 'of the classic configuration',
      webchat: "{ dataURL: 'https://gms.example/genesys/2/chat/shop', apikey: '' }",
      isOurs: ({ original, data }) => Number.isInteger(original.index) && data.sessionData.secureKey,
    },
    {
      name: 'of purecloud-v2-sockets',
      webchat: "{ transport: { type: 'purecloud-v2-sockets' } }",
      isOurs: ({ original }) => original.bodyType && original.conversation.id,
    },
  ]) {
    it(`has the shapes ${name} from the first message on`, async () => {
      const shop = await chatting(webchat);
      await shop.goto(scene.front.page(next, { head: configuration(webchat) + vendorWidgets }));
      const strange = (await restoredMessages(shop)).filter((message) => !isOurs(message));
      assert.deepEqual(strange, []);
    });
  }

  it('is asynchronous where the page says so', async () => {
    const webchat = "{ transport: { type: 'pureengage-v3-rest', async: { enabled: true } } }";
    const shop = await chatting(webchat);
    await shop.goto(scene.front.page(next, { head: configuration(webchat) + vendorWidgets }));
    assert.deepEqual(await noted(shop, 'WebChatService.restored'), { async: true });
  });

  it('is changed and heard by an extension, also where jQuery takes its time', async () => {
    const webchat = "{ transport: { type: 'pureengage-v3-rest' } }";
    const shop = await chatting(webchat);
    const extension = `function ($, CXBus) {
      var plugin = CXBus.registerPlugin('Extension');
      plugin.subscribe('WebChatService.restored', function () { window.heardRestored = true; });
      plugin.command('WebChatService.registerPreProcessor', { preprocessor: function (message) {
        if (message.text) message.text = message.text.toUpperCase();
        return message;
      } });
    }`;
    const letGo = await holdBack(shop, /\/jquery\./);
    const head = configuration(webchat) + `<script>_genesys.widgets.extensions = { Extension: ${extension} };</script>` + vendorScript +
      "<script>CXBus.loadPlugin('widgets-core');</script>";
    await shop.goto(scene.front.page(next, { head }));
    await until('the frame is there', () => shop.evaluate(() => !!document.querySelector('iframe.foyer-frame')));
    letGo();
    await noted(shop, 'WebChatService.messageReceived', (data) => data.messages.some((message) => message.text === 'ONE TWO'));
    await until('the extension has heard it', () => shop.evaluate(() => globalThis.heardRestored));
    assert.doesNotMatch(JSON.stringify((await restoredMessages(shop)).map(({ data }) => data.messages)), /one two/);
    await command(shop, 'WebChat.open');
    await visitor.reads(shop, 'ONE TWO');
  });
});

/** Holds requests for a path back until the function is called that it gives. */
async function holdBack(page, path) {
  let letGo = () => {};
  /** @type {Promise<void>} */
  const held = new Promise((resolve) => (letGo = resolve));
  await page.setRequestInterception(true);
  page.on('request', async (request) => {
    if (path.test(request.url())) await held;
    await request.continue();
  });
  return letGo;
}
