// The visitor of a shop: what they click, write and see. Only names and hooks that are part of the interface are used.

import { Person, aria, click, fill, shows, textOf } from './person.js';
import { inOrder } from './transcript.js';
import { until } from './until.js';

export const chatButton = aria('button', 'Chat');
export const chatWindow = '.cx-widget.cx-webchat';
const transcript = `${chatWindow} .cx-transcript`;
const input = `${chatWindow} textarea.cx-message-input`;

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
  for (const [field, text] of Object.entries(form)) {
    await fill(page, `${chatWindow} #cx_webchat_form_${field}`, text);
  }
  await click(page, 'button', 'Start chat');
  await page.locator(input).wait();
}

/** Types into the input without sending. */
export async function draft(page, text) {
  await page.locator(input).click();
  await page.type(input, text);
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

export async function sees(page, expected, options) {
  await shows(page, chatWindow, expected, options);
}

export async function minimise(page) {
  await page.locator(`${chatWindow} ${aria('button', 'Minimize')}`).click();
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
