// An agent who looks at something else is told of offers by the system.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

/** Notices as an agent would allow them who is asked; what they say is in globalThis.notices. */
function allowing() {
  Reflect.set(globalThis, 'notices', []);
  Reflect.set(globalThis, 'Notification', class {
    static permission = 'default';
    static async requestPermission() {
      return (this.permission = 'granted');
    }
    constructor(title, { body }) {
      Reflect.get(globalThis, 'notices').push(body);
    }
    close() {
      Reflect.get(globalThis, 'notices').push('closed');
    }
  });
}

describe('notices of the system', () => {
  const scene = stage();

  it('tell of an offer while the desktop is behind, and are gone when it is back', async () => {
    const ada = await scene.agent();
    const desk = await ada.desktop(scene.relay, { prepare: allowing });
    await agent.signIn(desk);
    const asked = () => desk.evaluate(() => Notification.permission);
    assert.equal(await asked(), 'default', 'nobody is asked before there is a reason');
    await agent.beReady(desk);
    assert.equal(await asked(), 'granted');
    const other = await ada.tab();
    await other.bringToFront();
    await until('the desktop is behind', () => desk.evaluate(() => document.hidden));

    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Grace' });
    const notices = () => desk.evaluate(() => Reflect.get(globalThis, 'notices'));
    await until('the system tells of it', async () => /^New conversation offered: Grace/.test((await notices())[0]));
    await desk.bringToFront();
    await until('it is gone', async () => (await notices())[1] === 'closed');
  });
});
