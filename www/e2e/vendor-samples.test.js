// Pages written for Genesys Widgets 9, with the vendor's host in their script: they run unchanged when that name leads to
// the relay. The samples of the public documentation are in samples/, word for word.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import {
  command, configuration, customersRelay, emptyTransport, home, noted, noteEvents, vendorScript, vendorWidgets,
} from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';
import { samples } from './samples/web-chat-service.js';

const agentDisconnects = readFileSync(new URL('samples/agent-disconnects.js', import.meta.url), 'utf8');
const thanks = 'Thank you for your query. Please do not respond to this automated message';

/** The configuration that the documentation of WebChatService shows. */
const sockets = `{ transport: {
  type: 'purecloud-v2-sockets',
  dataURL: 'https://api.mypurecloud.com', // replace with API URL matching your region
  deploymentKey : 'YOUR_DEPLOYMENTKEY_HERE', // replace with your Deployment ID
  orgGuid : 'YOUR_ORGGUID_HERE', // replace with your Organization ID
  interactionData: { routing: { targetType: 'QUEUE', targetAddress: 'YOUR_QUEUENAME_HERE', priority: 2 } }
}, userData: {
  addressStreet: '64472 Brown Street',
  phoneType: 'Cell',
  customerId: '59606'
} }`;

/** Pages without a button open the window themselves. */
const byCommand = async (page) => void (await command(page, 'WebChat.open'));

describe("a vendor's samples", () => {
  const scene = stage({ front: true, config: customersRelay });

  /** A tab with a customer's page. */
  async function visit(page, prepare = noteEvents) {
    const customer = await scene.visitor();
    return customer.visit(scene.front.page(home, page), { prepare });
  }

  /** Visitor and agent are in a conversation. @param {(page: any) => Promise<unknown>} [open] how the window is opened */
  async function talk(shop, open = visitor.openChat) {
    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await open(shop);
    await visitor.submitForm(shop, { firstname: 'Ada' });
    await agent.accept(desk);
    await agent.write(desk, 'How can I help?');
    await visitor.reads(shop, 'How can I help?');
    return desk;
  }

  it('when the agent disconnects, an asynchronous chat gets a notice', async () => {
    const shop = await visit({
      head: configuration(emptyTransport(true)) + vendorScript + '<script src="/sample.js"></script>',
      scripts: { '/sample.js': agentDisconnects },
    });
    const desk = await talk(shop);
    await agent.done(desk);
    await visitor.sees(shop, thanks);
    await visitor.windowIs(shop, 'open');
  });

  it('when the agent disconnects, a synchronous chat is closed', async () => {
    const shop = await visit({
      head: configuration(emptyTransport(false)) + vendorScript + '<script src="/sample.js"></script>',
      scripts: { '/sample.js': agentDisconnects },
    });
    const desk = await talk(shop);
    await agent.done(desk);
    await noted(shop, 'WebChatService.ended');
    await visitor.windowIs(shop, 'closed');
    assert.equal((await command(shop, 'WebChatService.verifySession')).value.sessionActive, false);
  });

  it('the loader that most sites have, with everything in onload', async () => {
    const host = 'https://apps.mypurecloud.com';
    const shop = await visit({
      head:
        configuration(sockets) +
        `<script src="${host}/widgets/9.0/cxbus.min.js" onload="javascript:CXBus.configure({debug:false,pluginsPath:'${host}/widgets/9.0/plugins/'}); CXBus.loadPlugin('widgets-core');"></script>`,
    });
    await talk(shop, byCommand);
    await visitor.write(shop, 'With a tent.');
    const data = await noted(shop, 'WebChatService.messageReceived', (d) => d.messages.some((m) => m.text === 'With a tent.'));
    assert.equal(data.messages.at(-1).from.type, 'Client');
  });

  it('the sample that adds the script, awaits the bus, and opens the window', async () => {
    const shop = await visit({
      head: `<script>
if (!window._genesys) window._genesys = {};

window._genesys = {
widgets: {
webchat: ${emptyTransport(true)},
},
};

const widgetScriptElement = document.createElement("script");
const widgetBaseUrl = "https://apps.mypurecloud.de/widgets/9.0/";
widgetScriptElement.setAttribute("src", widgetBaseUrl + "cxbus.min.js");
widgetScriptElement.addEventListener("load", async function () {

await CXBus.configure({
debug: true,
pluginsPath: widgetBaseUrl + "plugins/",

});
await CXBus.loadPlugin("widgets-core");
await CXBus.command("WebChat.open");

// set cookie to iframe when chat started
var cookieProviderPlugin = window._genesys.widgets.bus.registerPlugin("CookieProvider");
cookieProviderPlugin .subscribe("WebChat.started", function (e) {
window.started = true;
});
});

document.head.appendChild(widgetScriptElement);
</script>`,
    }, null);
    await visitor.windowIs(shop, 'open');
    await visitor.submitForm(shop, { firstname: 'Ada' });
    await until('the sample is told that the chat has started', () => shop.evaluate(() => globalThis.started));
  });

  it('a vendor’s host that the configuration still names is not asked, and the console says so once', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab();
    const said = [];
    const asked = [];
    shop.on('console', (message) => said.push(message.text()));
    shop.on('request', (request) => asked.push(new URL(request.url()).host));
    await shop.goto(scene.front.page(home, { head: configuration(sockets) + vendorWidgets }));
    await byCommand(shop);
    await visitor.submitForm(shop, { firstname: 'Ada' });
    await until('the console says it', () => said.some((text) => text.includes('api.mypurecloud.com')));
    assert.equal(said.filter((text) => text.includes('api.mypurecloud.com')).length, 1);
    assert.equal(asked.includes('api.mypurecloud.com'), false);
  });
});

/**
 * What each sample comes to, in a chat over sockets; a text is that of the rejection, word for word. In this order: the
 * chat begins with the first and ends with the last.
 * @type {[keyof typeof samples, 'resolved' | 'rejected' | string][]}
 */
const inAChat = [
  ['registerPreProcessor', 'resolved'],
  ['startChat', 'resolved'],
  ['sendMessage', 'resolved'],
  ['sendCustomNotice', "This transport doesn't support sendCustomNotice command."],
  ['sendTyping', 'resolved'],
  ['sendFilteredMessage', 'resolved'],
  ['addPrefilter', 'resolved'],
  ['updateUserData', "This transport doesn't support updating userData during an active chat session."],
  ['poll', "This transport doesn't support polling."],
  ['startPoll', "This transport doesn't support polling."],
  ['stopPoll', "This transport doesn't support polling."],
  ['resetPollExceptions', "This transport doesn't support resetPollExceptions command."],
  ['restore', 'rejected'],
  ['getTranscript', 'resolved'],
  ['getAgents', 'resolved'],
  ['getStats', 'resolved'],
  ['sendFile', 'rejected'],
  ['downloadFile', 'rejected'],
  ['getSessionData', 'resolved'],
  ['fetchHistory', 'Fetching history messages applies only to Asynchronous chat.'],
  ['registerTypingPreviewInput', 'resolved'],
  ['verifySession', 'resolved'],
  ['endChat', 'resolved'],
];

describe('the samples of WebChatService', () => {
  const scene = stage({ front: true, config: customersRelay });
  const head =
    configuration(sockets) +
    vendorScript +
    `<script>
      var oMyPlugin = window._genesys.widgets.bus.registerPlugin('MyPlugin');
      window._genesys.widgets.extensions = { Samples($, CXBus, Common) { window.jQueryOfTheExtension = $; } };
      CXBus.loadPlugin('widgets-core');
    </script>`;

  async function visit() {
    const customer = await scene.visitor();
    scene.expect(/preprocessor/);
    const shop = await customer.visit(scene.front.page(home, { head, body: '<input>' }), { prepare: noteEvents });
    await until('the extension has jQuery', () => shop.evaluate(() => !!globalThis.jQueryOfTheExtension));
    return shop;
  }

  /** Runs the sample as a page would, and tells what its command came to. */
  const run = (page, sample) =>
    page.evaluate(
      (source) =>
        new Promise((resolve) => {
          const plugin = globalThis.oMyPlugin;
          const watched = {
            ...plugin,
            command(...args) {
              const settled = plugin.command(...args);
              settled.always((value) => resolve({ state: settled.state(), value: globalThis.portable(value) }));
              return settled;
            },
          };
          new Function('oMyPlugin', '$', source)(watched, globalThis.jQueryOfTheExtension);
        }),
      samples[sample],
    );

  it('each runs and settles, in a chat', async () => {
    const shop = await visit();
    for (const [name, expected] of inAChat) {
      const { state, value } = await run(shop, name);
      const outcome = expected === 'resolved' || expected === 'rejected' ? state : value;
      assert.equal(outcome, expected, `${name} was ${state}: ${JSON.stringify(value)}`);
    }
  });

  it('each runs and settles, without a chat', async () => {
    const shop = await visit();
    const needChat = ['endChat', 'sendMessage', 'sendTyping', 'sendFilteredMessage'];
    for (const name of Object.keys(samples).filter((name) => name !== 'startChat')) {
      const { state, value } = await run(shop, name);
      if (needChat.includes(name)) assert.equal(state, 'rejected', `${name}: ${JSON.stringify(value)}`);
    }
  });
});
