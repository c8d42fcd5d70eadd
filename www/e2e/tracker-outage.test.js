// Events of visitors while the relay is away: all of them arrive, once, in order.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customersRelay, home } from './harness/customer-page.js';
import { unreachable } from './harness/relay.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const config = customersRelay + 'server_addresses: ["127.0.0.1"]\n';
const head = '<script src="https://relay.test/foyer.js" data-deployment="customer"></script>';

/** Names of the business events that the relay has, in the visit's order. */
async function kept(scene) {
  const response = await fetch(`${scene.relay.base}/server/data/events?page_size=200`);
  const all = await response.json();
  return all.filter((event) => event.eventType === 'BUSINESS').map((event) => event.eventName);
}

/** How many business events the relay has. */
async function keptInAll(scene) {
  let count = 0;
  for (let next = '?page_size=200'; next; ) {
    const response = await fetch(`${scene.relay.base}/server/data/events${next}`);
    count += (await response.json()).filter((event) => event.eventType === 'BUSINESS').length;
    const more = response.headers.get('paging-next');
    next = more && `?page_size=200&paging_next=${encodeURIComponent(more)}`;
  }
  return count;
}

const names = (word, count) => Array.from({ length: count }, (_, i) => `${word}${i}`);
const push = (page, list) => page.evaluate((all) => all.forEach((name) => globalThis._gt.push(['event', name])), list);

describe('events all at once', () => {
  const scene = stage({ front: true, config });

  it('arrive, a thousand of them, and nobody is told of a relay that cannot be reached', async () => {
    const visitor = await scene.visitor();
    const page = await visitor.visit(scene.front.page(home, { head }));
    await push(page, names('Many', 1000));
    await until('all', async () => (await keptInAll(scene)) === 1000);
    assert.deepEqual(visitor.said.filter((line) => line.includes('[foyer]')), []);
  });
});

describe('events while the relay is away', () => {
  const scene = stage({ front: true, config });

  for (const closes of [false, true]) {
    it(`arrive once and in order when it comes back (${closes ? 'the tab was closed' : 'the page stayed'})`, async () => {
      scene.expect(unreachable);
      const visitor = await scene.visitor();
      const page = await visitor.visit(scene.front.page(home, { head }));
      await push(page, names('Before', 3));
      await until('the first ones', async () => (await kept(scene)).length === 3);
      await scene.relay.kill();
      await push(page, names('During', 30));
      if (closes) {
        await page.evaluate(() => Object.defineProperty(navigator, 'onLine', { value: false }));
        await page.goto('about:blank');
      }
      await scene.relay.start();
      if (closes) await page.goto(home);
      await push(page, ['After']);
      const all = [...names('Before', 3), ...names('During', 30), 'After'];
      await until('all', async () => (await kept(scene)).length >= all.length);
      assert.deepEqual(await kept(scene), all);
    });
  }
});
