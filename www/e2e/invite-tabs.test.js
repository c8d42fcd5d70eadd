// Invitations where each tab has a worker of its own, as on phones and in some private windows.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ids, invitation, notify, notifyPage, resultIs } from './harness/notifier.js';
import { click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const dialog = '.gpe-dialog';

/** No worker is shared, and a test can end one as if its tab had been closed. */
function ownWorkers() {
  Reflect.deleteProperty(globalThis, 'SharedWorker');
  globalThis.Worker = class extends Worker {
    constructor(address, options) {
      super(address, options);
      Reflect.set(globalThis, 'itsWorker', this);
    }
  };
}

describe('an invitation in tabs with workers of their own', () => {
  const scene = stage();

  async function tabOf(customer) {
    const shop = await customer.visit(scene.relay.shop('shop-a'), { prepare: ownWorkers });
    await shop.locator(visitor.chatButton).wait();
    return shop;
  }

  it('is shown in the one that the visitor looks at, and is over in all', async () => {
    const customer = await scene.visitor();
    const one = await tabOf(customer);
    const two = await tabOf(customer);
    const { visitID } = await ids(two);
    await two.bringToFront();
    await until('both get notifications', async () => (await notify(scene.relay, visitID, { channel: 'ping', data: {} })) === 2);
    await notify(scene.relay, visitID, invitation({ type: 'chat', engagementID: 'E' }));
    await two.locator(dialog).wait();
    await until('it is shown once', async () => !(await one.$(dialog)));

    await click(two, 'button', 'No, thanks');
    await resultIs(scene.relay, visitID, 'reject');
    await one.bringToFront();
    await one.reload();
    await notifyPage(scene.relay, one, { channel: 'ping', data: {} }); // by which time it would be there
    assert.equal(await one.$(dialog), null);
  });

  it('is reported by the frame where the worker has gone, and is not shown again', async () => {
    const customer = await scene.visitor();
    const shop = await tabOf(customer);
    const { visitID } = await ids(shop);
    await notifyPage(scene.relay, shop, invitation({ type: 'chat', engagementID: 'E' }));
    await shop.locator(dialog).wait();
    const frame = shop.frames().find((one) => one.url().includes('/bridge.html'));
    await frame.evaluate(() => Reflect.get(globalThis, 'itsWorker').terminate());
    await click(shop, 'button', 'No, thanks');
    await shop.goto('about:blank');
    await resultIs(scene.relay, visitID, 'reject');
    const next = await tabOf(customer);
    await notifyPage(scene.relay, next, { channel: 'ping', data: {} });
    assert.equal(await next.$(dialog), null);
  });
});
