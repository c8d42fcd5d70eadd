// cookieTest tells the truth in each engine and mode: what it says of sharing is what another site finds.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { frameUrl, hostFrame, hostPage, ownChat, siteA, siteB } from './harness/cookie-sites.js';
import { engines } from './harness/engines.js';
import { Front } from './harness/front.js';

/** By the short name of the mode. */
const expected = {
  'chromium-allow': 'shared',
  'chromium-block': 'partitioned',
  'chromium-granted': 'shared', // as the visitor has said yes once, and without another click
  firefox: 'partitioned',
  webkit: 'blocked',
};

describe('cookieTest', () => {
  /** @type {Front} */
  let front;
  before(async () => {
    front = await Front.open();
    await hostFrame(front);
    for (const site of [siteA, siteB]) await hostPage(front, site, ownChat);
  });
  after(() => front.close());

  for (const { name, short, granted, open } of engines) {
    it(`in ${name}: ${expected[short]}`, async () => {
      const engine = await open(front);
      try {
        if (granted) for (const site of [siteA, siteB]) await engine.grant(new URL(site).origin, new URL(frameUrl).origin);
        const tab = await engine.tab();
        await tab.goto(siteA);
        const [shared, details] = await tab.run(
          () => new Promise((resolve) => globalThis.provider.cookieTest((...told) => resolve(told))),
        );
        assert.equal(details.sharing, expected[short]);
        assert.equal(shared, details.sharing === 'shared');
        await tab.run(() => globalThis.begin('from A').catch(() => {}));
        await tab.goto(siteB);
        assert.equal((await tab.run(() => globalThis.loading)) ?? null, shared ? 'from A' : null);
      } finally {
        await engine.close();
      }
    });
  }
});
