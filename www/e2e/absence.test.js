// What a page has of Foyer when the relay does not answer, or not yet.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ownClock } from './harness/clock.js';
import { paperStage } from './harness/paper-stage.js';
import { until } from './harness/until.js';

const button = '.cx-webchat-chat-button';

/** What the loader waits for, ms: an answer, before it tries again, and until it rejects a command. */
const [answer, pauses, command] = [20_000, [1000, 2000, 4000, 8000, 16_000], 30_000];

const settling = `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  if (message.t === 'command') post({ t: 'settle', n: message.n, ok: true, value: message.name });
}`;

describe('a relay that does not answer', () => {
  let relay, person;
  paperStage({
    expected: [/503/],
    each(scene) {
      ({ relay, person } = scene);
      relay.react = settling;
      relay.deployment.monitoring = false;
    },
  });

  const visit = async () => {
    const page = await person.tab({ prepare: ownClock });
    await page.goto(relay.page('/', { head: '<title>Shop</title>' + relay.tag('data-deployment="demo"') }));
    // Waiting for a title that may still change takes as long as one of the pauses.
    await until('the title rests', () => page.evaluate((due) => !globalThis.ownClock.held().includes(due), pauses[1]));
    return page;
  };
  /** Opens the chat; what came of it is told by opened. */
  const open = (page) =>
    page.evaluate(() => {
      globalThis.opened = null;
      const told = (...what) => (globalThis.opened = what);
      globalThis.CXBus.command('WebChat.open').then((value) => told('resolved', value), (why) => told('rejected', why));
    });
  const opened = (page) => until('an answer', () => page.evaluate(() => globalThis.opened));
  /** Lets time pass, once the page waits for it. */
  const pass = async (page, ms) => {
    await until(`something is put off by ${ms} ms`, () => page.evaluate((due) => globalThis.ownClock.held().includes(due), ms));
    await page.evaluate((all) => globalThis.ownClock.pass(all), ms);
  };
  const asked = (pattern) => relay.asked.filter((path) => pattern.test(path)).length;
  /** Refuses a path the first times that it is asked for. */
  const refuse = (pattern, times, kind) => {
    relay.trouble = (path) => (pattern.test(path) && times-- > 0 ? kind : undefined);
  };

  it('costs a page no first click: what Go needs on the page is there when the page is idle', async () => {
    const page = await visit();
    await page.locator(button).setVisibility('visible').wait();
    await until('foyer-go.js', () => asked(/foyer-go/) === 1);
    assert.equal(asked(/bridge/), 0);
  });

  for (const kind of ['fail', 'hang']) {
    it(`is tried again where what Go needs on the page ${kind}s`, async () => {
      refuse(/foyer-go/, 1, kind);
      const page = await visit();
      await open(page);
      await until('the first try', () => asked(/foyer-go/) === 1);
      if (kind === 'hang') await pass(page, answer);
      await pass(page, pauses[0]);
      assert.deepEqual(await opened(page), ['resolved', 'WebChat.open']);
    });

    it(`is tried again where what shows the button ${kind}s`, async () => {
      refuse(/foyer-front/, 1, kind);
      const page = await visit();
      await until('the first try', () => asked(/foyer-front/) >= 1); // Go's parts ask for it as well
      if (kind === 'hang') await pass(page, answer);
      await pass(page, pauses[0]);
      await page.locator(button).setVisibility('visible').wait();
    });

    it(`is tried again where what it says of the deployment ${kind}s`, async () => {
      refuse(/deployment/, 2, kind);
      const page = await visit();
      for (const pause of pauses.slice(0, 2)) {
        if (kind === 'hang') await pass(page, answer);
        await pass(page, pause);
      }
      await page.locator(button).setVisibility('visible').wait();
      assert.equal(asked(/deployment/), 3);
    });
  }

  it('rejects commands with a reason when it never answers, and runs those that come later', async () => {
    refuse(/deployment/, Infinity, 'hang');
    const page = await visit();
    await open(page);
    await pass(page, command);
    assert.deepEqual(await opened(page), ['rejected', 'the chat cannot be reached']);
    await until('the second try', () => asked(/deployment/) === 2);
    relay.trouble = () => undefined;
    await pass(page, answer);
    await until('the third try', () => asked(/deployment/) === 3);
    await open(page);
    assert.deepEqual(await opened(page), ['resolved', 'WebChat.open']);
  });

  it('rejects them as well while it fails, and is tried for as long as the page is there', async () => {
    refuse(/deployment/, Infinity, 'fail');
    const page = await visit();
    await open(page);
    for (const pause of pauses) await pass(page, pause);
    assert.deepEqual(await opened(page), ['rejected', 'the chat cannot be reached']);
    assert.equal(person.said.filter((line) => line.includes('the relay does not answer')).length, 1, 'said once');
    await until('the last try so far', () => asked(/deployment/) === 6);
    relay.trouble = () => undefined;
    await pass(page, 2 * pauses[4]);
    await open(page);
    assert.deepEqual(await opened(page), ['resolved', 'WebChat.open']);
  });
});
