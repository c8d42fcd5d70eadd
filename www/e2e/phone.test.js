// The window in one hand: an on-screen keyboard, a phone that lies, fingers; and a page at 400 %, which is as small.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { press } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const { chatWindow } = visitor;
const phone = { width: 390, height: 844, isMobile: true, hasTouch: true };
const lying = { width: 844, height: 390, isMobile: true, hasTouch: true };
const zoomed = { width: 320, height: 256 };

/** Top and bottom of an element in its page, px. */
const placeOf = (page, selector) =>
  page.$eval(selector, (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return { top, bottom };
  });

describe('the window in small places', () => {
  const scene = stage();

  it('leaves title, messages and input to be seen while an on-screen keyboard is open', async () => {
    const { shop } = await inConversation(scene, { prepare: keyboardInTheHandsOfTheTest });
    await shop.bringToFront();
    await shop.setViewport(phone);
    await press(shop, `${chatWindow} textarea`);
    await shop.evaluate(() => globalThis.openKeyboard({ height: 400, offsetTop: 30 }));
    await until('the window is what is left to see', async () => {
      const { top, bottom } = await placeOf(shop, chatWindow);
      return top === 30 && bottom === 430;
    });
    const input = await placeOf(shop, `${chatWindow} textarea`);
    const transcript = await placeOf(shop, `${chatWindow} .cx-transcript`);
    assert.ok(input.bottom < 430 && transcript.bottom - transcript.top > 100, JSON.stringify({ input, transcript }));

    await shop.evaluate(() => globalThis.openKeyboard({ height: 422, offsetTop: 200, scale: 2 }));
    await until('who zooms in has the window as it was', async () => (await placeOf(shop, chatWindow)).bottom === 844);
    await shop.evaluate(() => globalThis.openKeyboard({ height: 844, offsetTop: 0, scale: 1 }));
    await until('without a keyboard it is the page', async () => (await placeOf(shop, chatWindow)).bottom === 844);
  });

  it('is the page on a phone that lies', async () => {
    const { shop } = await inConversation(scene);
    await shop.bringToFront();
    await shop.setViewport(lying);
    await until('the window is as wide as the page', () => shop.$eval(chatWindow, (e) => e.getBoundingClientRect().width === 844));
    assert.ok((await placeOf(shop, `${chatWindow} .cx-footer`)).bottom <= 390);
  });

  it('has nothing to press that is smaller than a fingertip', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab();
    await shop.setViewport(phone);
    await shop.evaluateOnNewDocument(() => {
      const webchat = { emojis: true, uploadsEnabled: true, charCountEnabled: true, chatButton: { enabled: true } };
      Reflect.set(globalThis, '_genesys', { widgets: { webchat } });
    });
    await shop.goto(scene.relay.shop('shop-a'));
    const small = () =>
      shop.$$eval(`:is(${chatWindow}, .cx-side-button-group) :is(button, input, textarea)`, (all) =>
        all.filter((e) => e.checkVisibility()).flatMap((e) => {
          // As laid out: what is just growing into its place is measured as it will be.
          const { offsetWidth: width, offsetHeight: height } = e;
          return width < 44 || height < 44 ? [`${e.className} ${width}×${height}`] : [];
        }),
      );
    await shop.locator('.cx-webchat-chat-button').wait();
    assert.deepEqual(await small(), []);
    await visitor.startChat(shop, { firstname: 'Ada' });
    await press(shop, `${chatWindow} .cx-emoji`);
    await shop.locator(`${chatWindow} .cx-emojis`).wait();
    assert.deepEqual(await small(), []);
    await press(shop, `${chatWindow} .cx-emoji`);
    await press(shop, `${chatWindow} .cx-end-chat`);
    await shop.locator(`${chatWindow} [role="alertdialog"]`).wait();
    assert.deepEqual(await small(), []);
  });

  it('can be read and used at 400 %', async () => {
    const { shop, desk } = await inConversation(scene);
    for (let i = 0; i < 6; i++) await agent.write(desk, `line ${i}`);
    await visitor.sees(shop, 'line 5');
    await shop.bringToFront();
    await shop.setViewport(zoomed);
    await visitor.draft(shop, 'small, and still here');
    await shop.keyboard.press('Enter');
    await agent.reads(desk, 'small, and still here');
    const transcript = await placeOf(shop, `${chatWindow} .cx-transcript`);
    assert.ok(transcript.bottom - transcript.top > 80, JSON.stringify(transcript));
    await visitor.endChat(shop);
    await visitor.sees(shop, /ended/i);
  });

  it('never scrolls away its title, whatever is focused in it', async () => {
    const { shop, desk } = await inConversation(scene);
    for (let i = 0; i < 20; i++) await agent.write(desk, `line ${i}`);
    await visitor.sees(shop, 'line 19');
    const scrolled = await shop.$eval(chatWindow, (element) => {
      for (const part of [element, ...element.querySelectorAll('.cx-body, .cx-transcript-wrapper')]) part.scrollTop = 500;
      for (const said of element.querySelectorAll('.cx-sr-only')) said.scrollIntoView();
      return [element, ...element.querySelectorAll('.cx-body, .cx-transcript-wrapper')].map((part) => part.scrollTop);
    });
    assert.deepEqual(scrolled, [0, 0, 0]);
  });

  it('is not on the paper when the site is printed', async () => {
    const { shop } = await inConversation(scene);
    await shop.emulateMediaType('print');
    assert.equal(await shop.$eval(chatWindow, (element) => element.checkVisibility()), false);
  });
});

/** Give it as prepare: the page's visual viewport is what the test says. */
function keyboardInTheHandsOfTheTest() {
  const viewport = Object.assign(new EventTarget(), { height: innerHeight, offsetTop: 0, scale: 1 });
  Object.defineProperty(window, 'visualViewport', { get: () => viewport });
  Reflect.set(globalThis, 'openKeyboard', (now) => {
    Object.assign(viewport, now);
    viewport.dispatchEvent(new Event('resize'));
  });
}
