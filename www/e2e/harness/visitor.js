// The visitor of a shop: what they click, write and see. Only names and hooks that are part of the interface are used.

import { Person, aria, click, fill, press, shows, textOf, type } from './person.js';
import { inOrder } from './transcript.js';
import { until } from './until.js';

export const chatButton = aria('button', 'Chat');
export const chatWindow = '.cx-widget.cx-webchat';
const transcript = `${chatWindow} .cx-transcript`;
const input = `${chatWindow} .cx-input-container:not([hidden]) textarea.cx-message-input`;

export class Visitor extends Person {
  /** Opens a page in a new tab, and waits until it is loaded. */
  async visit(url, options) {
    const page = await this.tab(options);
    await page.goto(url);
    return page;
  }
}

/** Opens the chat window and waits for the form. */
export async function openChat(page) {
  await click(page, 'button', 'Chat');
  await page.locator(`${chatWindow} #cx_webchat_form_firstname`).wait();
}

/**
 * Fills the form and starts the chat.
 * @param {{firstname?: string, lastname?: string, email?: string, subject?: string}} form
 */
export async function startChat(page, form = {}) {
  await openChat(page);
  await submitForm(page, form);
}

/** Fills the open form and submits it. @param {{firstname?: string, lastname?: string, email?: string, subject?: string}} form */
export async function submitForm(page, form) {
  for (const [field, text] of Object.entries(form)) {
    await fill(page, `${chatWindow} #cx_webchat_form_${field}`, text);
  }
  await click(page, 'button', 'Start chat');
  await page.locator(input).wait();
}

/** Types into the input without sending. */
export async function draft(page, text) {
  await type(page, input, text);
}

export async function draftIs(page, text) {
  await until(`the input holds ${JSON.stringify(text)}`, () =>
    page.$eval(input, (field, wanted) => field.value === wanted, text),
  );
}

/** Writes a message and sends it with Enter. */
export async function write(page, text) {
  await draft(page, text);
  await page.keyboard.press('Enter');
}

/** Waits until the transcript holds each text exactly once, in this order. */
export async function reads(page, ...texts) {
  await inOrder(page, transcript, texts);
}

export async function sees(page, expected) {
  await shows(page, chatWindow, expected);
}

export async function minimise(page) {
  await press(page, `${chatWindow} ${aria('button', 'Minimize')}`);
}

/** What the chat window says, for the message of a failed assertion. */
export function windowText(page) {
  return textOf(page, chatWindow);
}

/** Waits until the window is "open", "minimized" or "closed". @param {'open' | 'minimized' | 'closed'} state */
export async function windowIs(page, state) {
  await until(`the chat window is ${state}`, async () => (await windowState(page)) === state);
}

function windowState(page) {
  return page.evaluate((selector) => {
    const shown = (element) => element !== null && element.checkVisibility();
    const root = document.querySelector(selector);
    if (!shown(root)) return 'closed';
    return shown(root.querySelector('.cx-body')) ? 'open' : 'minimized';
  }, chatWindow);
}

/** Ends the chat, and says yes when asked. */
export async function endChat(page) {
  await click(page, 'button', 'End chat');
  await press(page, `${chatWindow} [role="alertdialog"] ${aria('button', 'End chat')}`);
}

/** The other pages of the shop, as its navigation links them: absolute addresses, each once. */
export function linksOf(page) {
  return page.evaluate(() => {
    const links = [...document.querySelectorAll('a[href]')].map((a) => /** @type {HTMLAnchorElement} */ (a));
    const pages = links.filter((a) => a.origin === location.origin && a.pathname !== location.pathname);
    return [...new Set(pages.map((a) => a.origin + a.pathname))];
  });
}

/** What `_gt.push(['getIDs', …])` answers. */
export function ids(page) {
  return page.evaluate(() => new Promise((resolve) => globalThis._gt.push(['getIDs', resolve])));
}

/** Opens a minimised window again. */
export async function restore(page) {
  await press(page, `${chatWindow} ${aria('button', 'Restore')}`);
}

export async function close(page) {
  await press(page, `${chatWindow} ${aria('button', 'Close')}`);
}

/** Waits until the number of unread messages is shown. @param {number} count */
export async function unread(page, count) {
  await until(`${count} unread`, () =>
    page.evaluate((n) => {
      const badges = [...document.querySelectorAll('.cx-unread')];
      return badges.some((badge) => badge.checkVisibility() && badge.textContent.trim() === n);
    }, String(count)),
  );
}

/** Waits until the page keeps this draft for the next page. */
export async function draftKept(page, text) {
  await until(`the page keeps ${JSON.stringify(text)}`, () =>
    page.evaluate((wanted) => Object.values({ ...localStorage }).includes(wanted), text),
  );
}

export async function doesNotSee(page, pattern) {
  await until(`the chat window no longer shows ${pattern}`, async () => !pattern.test(await windowText(page)));
}
