// The agent at the desktop: signs in, is Ready, takes conversations. Everything is found by role and accessible name.

import { Person, aria, click, fill, press, shows, textOf, type } from './person.js';
import { inOrder } from './transcript.js';
import { until } from './until.js';

export const conversations = aria('region', 'Conversations');
export const conversation = aria('region', 'Conversation');
export const journey = aria('region', 'Journey');
export const attachedData = aria('region', 'Attached data');
const input = aria('textbox', 'Message');

export class Agent extends Person {
  /** A new tab with the desktop, not signed in. */
  async desktop(relay, options) {
    const page = await this.tab(options);
    await page.goto(`${relay.base}/desktop/`);
    return page;
  }

  /** A new tab with the desktop, signed in as the demo agent and Ready. */
  async atWork(relay, options) {
    const page = await this.desktop(relay, options);
    await signIn(page);
    await beReady(page);
    return page;
  }
}

export async function signIn(page, username = 'demo', password = 'demo') {
  await fill(page, aria('textbox', 'Username'), username);
  await fill(page, '::-p-aria([name="Password"])', password);
  await click(page, 'button', 'Sign in');
}

export async function beReady(page) {
  await click(page, 'button', 'Ready');
  await until('the agent is Ready', () => pressed(page, 'Ready'));
}

export function pressed(page, name) {
  return page.$eval(aria('button', name), (button) => button.getAttribute('aria-pressed') === 'true');
}

export async function accept(page) {
  await click(page, 'button', 'Accept');
  await page.locator(input).wait();
}

export async function reject(page) {
  await click(page, 'button', 'Reject');
}

export async function done(page) {
  await click(page, 'button', 'Done');
}

/** Types without sending. */
export async function draft(page, text) {
  await type(page, input, text);
}

/** Writes a message and sends it with the button. */
export async function write(page, text) {
  await draft(page, text);
  await click(page, 'button', 'Send');
}

/** Waits until the conversation holds each text exactly once, in this order. */
export async function reads(page, ...texts) {
  await page.bringToFront(); // the accessibility tree of a tab behind others is not kept up to date
  await inOrder(page, conversation, texts);
}

export async function sees(page, expected) {
  await page.bringToFront();
  await shows(page, conversation, expected);
}

/** Waits until the whole page shows it: sign-in errors, banners. */
export async function pageShows(page, expected) {
  await shows(page, 'body', expected);
}

/** Whether the list of conversations names somebody. */
export async function lists(page, name) {
  return (await textOf(page, conversations)).includes(name);
}

/** Chooses a conversation from the list. */
export async function choose(page, name) {
  await page.bringToFront();
  await until(`${name} is in the list`, () => lists(page, name));
  await press(page, `${conversations} ::-p-text(${name})`);
  await page.locator(input).wait();
}


export async function draftIs(page, text) {
  await until(`Message holds ${JSON.stringify(text)}`, () => page.$eval(input, (field, t) => field.value === t, text));
}

/** Waits until the tab keeps this draft over a reload. */
export async function draftKept(page, text) {
  await until(`the tab keeps ${JSON.stringify(text)}`, () =>
    page.evaluate((wanted) => Object.values({ ...sessionStorage }).some((kept) => kept.includes(wanted)), text),
  );
}

export async function pageDoesNotShow(page, pattern) {
  await until(`the desktop no longer shows ${pattern}`, async () => !pattern.test(await textOf(page, 'body')));
}
