// The one-time token in every engine: none of them has to share anything between sites for it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { engines } from './harness/engines.js';
import { keepEvidence } from './harness/evidence.js';
import { Front } from './harness/front.js';
import { Relay } from './harness/relay.js';
import { until } from './harness/until.js';

const config = `
deployments:
  - name: customer
    origins: ["https://domain-a.test", "https://domain-b.test"]
    crossdomain: {cookie: false, activate: false, button: false}
    features: {chat: true}
`;
const siteA = 'https://domain-a.test/';
const siteB = 'https://domain-b.test/';
const tag = '<script src="https://relay.test/foyer.js" data-deployment="customer"></script>';

describe('a chat that follows a link', () => {
  /** @type {Front} */
  let front;
  before(async () => {
    front = await Front.open();
  });
  after(() => front.close());

  for (const { name, open } of engines) {
    it(`in ${name}`, async (t) => {
      const relay = (front.relay = await Relay.fresh(config));
      front.page(siteA, { head: tag, body: `<h1>A</h1><a id="there" href="${siteB}">B</a>` });
      front.page(siteB, { head: tag, body: '<script>inBody = location.href;</script><h1>B</h1>' });
      const engine = await open(front);
      try {
        const tab = await engine.tab();
        await tab.goto(siteA);
        await command(tab, 'WebChat.open', { form: { autoSubmit: true, firstname: 'Ada' } });
        await until('the chat has begun', () => command(tab, 'WebChatService.sendMessage', { message: 'from A' }));
        await until('tokens are in store', () => tab.run(linkWithToken));
        await until('the link is as it was', () => tab.run(() => !document.querySelector('[href*="foyer="]')));
        await tab.run(() => void dispatchEvent(new Event('keydown')));

        await tab.click('#there');
        await until('B is shown', () => tab.run(() => location.hostname === 'domain-b.test' && document.readyState === 'complete'));
        await shows(tab, 'from A');
        assert.deepEqual(await tab.run(() => [/** @type {any} */ (globalThis).inBody, location.href]), [siteB, siteB]);
        assert.equal(await rung(tab), 'handoff');

        await tab.reload();
        await shows(tab, 'from A');
        // Where the worker has outlived the page, the chat is still the one that came by the token.
        assert.ok(['session', 'handoff'].includes(await rung(tab)));

        const second = await engine.tab();
        await second.goto(siteB);
        await shows(second, 'from A');
        const first = await engine.tab();
        await first.goto(siteA);
        await shows(first, 'from A');
        await command(second, 'WebChatService.sendMessage', { message: 'from B' });
        await shows(first, 'from B');

        await tab.back();
        await shows(tab, 'from B');
        assert.equal(await tab.run(() => location.href), siteA);

        await command(second, 'WebChat.endChat', {});
        await until('A sees the end', () => first.run(() => /ended/i.test(document.querySelector('.cx-webchat')?.textContent)));
        t.diagnostic(`${name}: link, reload, back, two tabs, ended on B while A is open: all work, by the token`);
      } catch (error) {
        await keepEvidence(t.fullName, { sights: await engine.sights(), log: relay.log });
        throw error;
      } finally {
        await engine.close();
        await relay.remove();
      }
    });
  }
});

/** Runs a command of the bus, once the bus is there; false where it was rejected. */
function command(tab, name, data) {
  return tab.run(
    (which, options) =>
      new Promise((resolve) => {
        const { CXBus } = /** @type {any} */ (globalThis);
        CXBus.registerPlugin('Story').command(which, options).done((value) => resolve(value ?? true)).fail(() => resolve(false));
      }),
    name,
    data,
  );
}

async function rung(tab) {
  return (await command(tab, 'WebChatService.getSessionData', {})).metadata?.rung;
}

function shows(tab, text) {
  return until(`the window shows ${text}`, () =>
    tab.run((wanted) => document.querySelector('.cx-webchat .cx-transcript')?.textContent.includes(wanted), text),
  );
}

/** Somebody is about to use the link: it has a token in that moment. In the page. */
function linkWithToken() {
  dispatchEvent(new Event('keydown'));
  const link = /** @type {any} */ (document.querySelector('#there'));
  link.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true }));
  return link.href.includes('foyer=');
}
