// Who the visitor is, as the customer's own server signs it: pages give it by tag, configuration or command; it brings the
// chat to another device, and an agent sees whom the site vouches for.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { command, home } from './harness/customer-page.js';
import { identityRelay, sign } from './harness/identity.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const ada = { sub: 'account-7', given_name: 'Ada', family_name: 'Byron', email: 'ada@example.com' };
const tag = (attributes = '') =>
  `<script src="https://relay.test/foyer.js" data-deployment="customer" ${attributes}></script>`;

/** Ways in which a page says it. @type {Record<string, (jwt: string) => string>} */
const ways = {
  'by the tag': (jwt) => tag(`data-identity="${jwt}"`),
  'by its configuration': (jwt) => `<script>window._genesys = { widgets: { main: { identity: '${jwt}' } } }</script>` + tag(),
  'by a function': (jwt) =>
    `<script>window._genesys = { widgets: { main: { identity: async () => '${jwt}' } } }</script>` + tag(),
  'by the command': (jwt) => tag() + `<script>_genesys.widgets.bus.command('App.identify', { token: '${jwt}' })</script>`,
};

/** A device of the visitor's shows the shop. */
async function device(scene, head) {
  const person = await scene.visitor();
  return person.visit(scene.front.page(home, { head }));
}

describe('a signed identity', () => {
  const scene = stage({ front: true, config: identityRelay() });

  for (const [way, head] of Object.entries(ways)) {
    it(`brings the chat to another device: given ${way}`, async () => {
      const clerk = await scene.agent();
      const desk = await clerk.atWork(scene.relay);
      const first = await device(scene, head(sign(ada)));
      await visitor.startChat(first, { firstname: 'Mallory' });
      await agent.accept(desk);
      await agent.pageShows(desk, 'Ada Byron');
      await agent.pageShows(desk, /Verified as\s+account-7/);
      await visitor.write(first, 'from my desk');
      await agent.reads(desk, 'from my desk');

      const second = await device(scene, head(sign(ada)));
      await visitor.reads(second, 'from my desk');
      await visitor.write(second, 'and from my phone');
      await agent.reads(desk, 'from my desk', 'and from my phone');
      await visitor.reads(first, 'from my desk', 'and from my phone');
    });
  }

  it('of somebody else finds nothing, and takes the chat off this browser when it comes here', async () => {
    const shop = await device(scene, ways['by the tag'](sign(ada)));
    await visitor.startChat(shop);
    await visitor.write(shop, 'only for me');
    await visitor.reads(shop, 'only for me');

    const stranger = await device(scene, ways['by the tag'](sign({ sub: 'account-8' })));
    await visitor.openChat(stranger);

    await command(shop, 'App.identify', { token: sign({ sub: 'account-8' }) });
    await until('the chat is gone from the browser', async () => !(await visitor.windowText(shop)).includes('only for me'));
    await until('its handle is gone too', () => shop.evaluate(() => localStorage.getItem('foyer.customer.handle') === null));
    const back = await device(scene, ways['by the tag'](sign(ada)));
    await visitor.reads(back, 'only for me');
  });

  it('that is not good is refused with a code, and the chat goes on without', async () => {
    const shop = await device(scene, tag());
    const now = Math.floor(Date.now() / 1000);
    for (const [token, code] of [
      [sign(ada, 'a secret of somebody else, as long as it takes'), 'identity_invalid'],
      [sign({ ...ada, exp: now - 60 }), 'identity_expired'],
      [sign({ ...ada, aud: 'bank' }), 'identity_invalid'],
      ['rubble', 'identity_invalid'],
    ]) {
      assert.deepEqual(await command(shop, 'App.identify', { token }), { state: 'rejected', value: code });
    }
    await visitor.startChat(shop);
  });
});

describe('a signed identity that is required', () => {
  const scene = stage({ front: true, config: identityRelay('    identity: required\n') });

  it('is needed to chat at all, and enough', async () => {
    const shop = await device(scene, tag());
    await visitor.openChat(shop);
    await shop.locator('::-p-aria([name="Start chat"][role="button"])').click();
    await visitor.sees(shop, 'Please sign in on this site first.');
    assert.equal((await command(shop, 'App.identify', { token: sign(ada) })).state, 'resolved');
    await visitor.submitForm(shop, {});
    await visitor.write(shop, 'it is me');
    await visitor.sees(shop, /sent|delivered/i);
  });
});
