// The whole conversation without a mouse, and what a screen reader says of it: each message once.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('by keyboard alone', () => {
  const scene = stage();

  it('a visitor opens the chat, fills the form, talks, ends it, and is back where they began', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'), { prepare: noteAnnouncements });
    await shop.locator(visitor.chatButton).wait();
    await shop.bringToFront();
    await tabTo(shop, '.cx-webchat-chat-button');
    await shop.keyboard.press('Enter');
    await focusIsIn(shop, '#cx_webchat_form_firstname');
    await shop.keyboard.type('Ada');
    await tabTo(shop, '#cx_webchat_form_subject');
    await shop.keyboard.type('A tent');
    await shop.keyboard.press('Enter');
    await focusIsIn(shop, 'textarea.cx-message-input');

    const desk = await (await scene.agent()).atWork(scene.relay);
    await agent.accept(desk);
    await shop.bringToFront();
    await focusIsIn(shop, 'textarea.cx-message-input');
    await shop.keyboard.type('Do you have tents?');
    await shop.keyboard.press('Enter');
    await agent.write(desk, 'We have plenty of them.');
    await visitor.reads(shop, 'Do you have tents?', 'We have plenty of them.');
    await visitor.sees(shop, /delivered/i);
    const spoken = await shop.evaluate(() => globalThis.announced);
    for (const text of ['Do you have tents?', 'We have plenty of them.']) {
      assert.equal(spoken.filter((words) => words.includes(text)).length, 1, `${text} in ${JSON.stringify(spoken)}`);
    }

    await shop.bringToFront();
    await tabTo(shop, '.cx-end-chat');
    await shop.keyboard.press('Enter');
    await focusIsIn(shop, '[role="alertdialog"]');
    await tabTo(shop, '[role="alertdialog"] .cx-btn-primary');
    await shop.keyboard.press('Enter');
    await visitor.sees(shop, /ended/i);
    await tabTo(shop, '.cx-button-close');
    await shop.keyboard.press('Enter');
    await visitor.windowIs(shop, 'closed');
    await focusIsIn(shop, '.cx-webchat-chat-button');
  });

  it('the window never keeps the focus: Tab leads out of it and back in', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.openChat(shop);
    const places = new Set();
    for (let i = 0; i < 40; i++) {
      await shop.keyboard.press('Tab');
      places.add(await shop.evaluate((selector) => document.activeElement.closest(selector) !== null, visitor.chatWindow));
    }
    assert.deepEqual([...places].sort(), [false, true]);
  });
});

/** Presses Tab until the focus is on what the selector means. */
async function tabTo(page, selector) {
  for (let i = 0; i < 60; i++) {
    if (await hasFocus(page, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}; it is on ${await page.evaluate(() => document.activeElement.outerHTML)}`);
}

function hasFocus(page, selector) {
  return page.evaluate((wanted) => document.activeElement.closest(wanted) !== null, selector);
}

async function focusIsIn(page, selector) {
  await until(`the focus is in ${selector}`, () => hasFocus(page, selector));
}

/**
 * Give it to Person.tab as prepare: notes each text that comes into a live region, as screen readers do. Elements that
 * are filled piece by piece in one task count once.
 */
function noteAnnouncements() {
  const region = '[aria-live]:not([aria-live="off"]), [role="log"], [role="status"], [role="alert"]';
  const textsIn = (node) => (node instanceof Text ? [node] : [...node.childNodes].flatMap(textsIn));
  globalThis.announced = [];
  new MutationObserver((records) => {
    const texts = new Set(records.flatMap(({ type, target, addedNodes }) => (type === 'characterData' ? [target] : [...addedNodes].flatMap(textsIn))));
    for (const text of texts) {
      if (text.parentElement?.closest(region)) globalThis.announced.push(text.nodeValue);
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
}
