// axe-core on every state of the desktop, light and dark, wide and narrow, and the window by keyboard alone. The window's own
// states are those of window-states.test.js.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { violations } from './harness/axe.js';
import { inConversation } from './harness/conversation.js';
import { aria } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

/** Violations inside the selector, in every combination of width and colour scheme. */
async function inEachLook(page, state, selector) {
  const found = [];
  for (const width of [1440, 390]) {
    for (const scheme of ['light', 'dark']) {
      await page.setViewport({ width, height: 900 });
      await page.emulateMediaFeatures([
        { name: 'prefers-color-scheme', value: scheme },
        { name: 'prefers-reduced-motion', value: 'reduce' },
      ]);
      const wrong = await violations(page, selector);
      found.push(...wrong.map((text) => `${state}, ${width} ${scheme}: ${text}`));
    }
  }
  return found;
}

describe('accessibility', () => {
  const scene = stage();

  it('of the desktop in each of its states', async () => {
    const found = [];
    const check = async (page, state) => found.push(...(await inEachLook(page, state, 'html')));
    const clerk = await scene.agent();
    const desk = await clerk.desktop(scene.relay);
    await desk.locator(aria('textbox', 'Username')).wait();
    await check(desk, 'sign-in');
    await agent.signIn(desk);
    await agent.beReady(desk);
    await check(desk, 'ready');
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Ada', subject: 'A tent' });
    await desk.locator(aria('button', 'Accept')).wait();
    await check(desk, 'offer');
    await agent.accept(desk);
    await visitor.write(shop, 'good morning');
    await agent.write(desk, 'hello yourself');
    await agent.reads(desk, 'good morning', 'hello yourself');
    await check(desk, 'conversation');
    assert.deepEqual(found, []);
  });

  it('takes a visitor through the chat by keyboard alone', async () => {
    const { shop, desk } = await inConversation(scene);
    await shop.bringToFront(); // a tab behind others moves its focus when it is seen again
    await shop.bringToFront();
    const focused = () => shop.evaluate(() => document.activeElement?.className ?? '');
    await until('the input has the focus', async () => (await focused()).includes('cx-message-input'));
    await shop.keyboard.type('by keyboard');
    await shop.keyboard.press('Enter');
    await agent.reads(desk, 'by keyboard');
    await shop.bringToFront();
    await shop.keyboard.press('Escape');
    await visitor.windowIs(shop, 'minimized');
    await until('the button that restores it has the focus', () =>
      shop.evaluate(() => document.activeElement?.getAttribute('aria-label') === 'Restore'),
    );
    await shop.keyboard.press('Enter');
    await visitor.windowIs(shop, 'open');
  });
});
