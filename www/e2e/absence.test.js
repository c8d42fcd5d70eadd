// What a page has of Foyer when the relay does not answer, or not yet.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { launch } from './harness/chromium.js';
import { PaperRelay } from './harness/paper-relay.js';
import { Person, aria } from './harness/person.js';
import { until } from './harness/until.js';

const button = aria('button', 'Chat');

/** Makes the page's timers run a hundred times as fast: the loader waits for tens of seconds. */
const hurry = () => {
  const { setTimeout } = globalThis;
  Reflect.set(globalThis, 'setTimeout', (fn, ms = 0, ...args) => setTimeout(fn, ms / 100, ...args));
};
const settling = `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  if (message.t === 'command') post({ t: 'settle', n: message.n, ok: true, value: message.name });
}`;

describe('a relay that does not answer', () => {
  let relay, chromium, person;
  before(async () => (chromium = await launch()));
  after(() => chromium?.remove());
  beforeEach(async () => {
    relay = await PaperRelay.open();
    relay.react = settling;
    relay.deployment.monitoring = false;
    person = await Person.sitDown(chromium.browser);
  });
  afterEach(async () => {
    await person.leave();
    await relay.close();
    assert.deepEqual(person.unexpected([/503/]), []);
  });

  const visit = async () => {
    const page = await person.tab({ prepare: hurry });
    await page.goto(relay.page('/', { head: relay.tag('data-deployment="demo"') }));
    return page;
  };
  const open = (page) => page.evaluate(() => globalThis.CXBus.command('WebChat.open').then((value) => ['resolved', value], (why) => ['rejected', why]));
  /** Refuses a path the first times that it is asked for. */
  const refuse = (pattern, times, kind) => {
    relay.trouble = (path) => (pattern.test(path) && times-- > 0 ? kind : undefined);
  };

  it('costs a page no first click: what Go needs on the page is there when the page is idle', async () => {
    const page = await visit();
    await page.locator(button).wait();
    await until('foyer-go.js', () => relay.asked.some((path) => path.startsWith('/foyer-go.')));
    assert.equal(relay.asked.includes('/bridge.html'), false);
  });

  for (const kind of ['fail', 'hang']) {
    it(`is tried again where what Go needs on the page ${kind}s`, async () => {
      refuse(/foyer-go/, 1, kind);
      const page = await visit();
      assert.deepEqual(await open(page), ['resolved', 'WebChat.open']);
    });

    it(`is tried again where what it says of the deployment ${kind}s`, async () => {
      refuse(/deployment/, 2, kind);
      const page = await visit();
      await page.locator(button).wait();
    });
  }

  it('rejects commands with a reason when it never answers, and runs those that come later', async () => {
    refuse(/deployment/, Infinity, 'hang');
    const page = await visit();
    assert.deepEqual(await open(page), ['rejected', 'the chat cannot be reached']);
    relay.trouble = () => undefined;
    await until('the chat', async () => (await open(page))[0] === 'resolved');
  });

  it('rejects them as well when it fails for good', async () => {
    refuse(/deployment/, Infinity, 'fail');
    const page = await visit();
    assert.deepEqual(await open(page), ['rejected', 'the chat cannot be reached']);
    await until('its last try', () => relay.asked.filter((path) => path === '/deployment.js').length === 4);
    relay.trouble = () => undefined;
    await until('the chat', async () => (await open(page))[0] === 'resolved');
  });
});
