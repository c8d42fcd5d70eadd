// What an operator's server does: it notifies pages of a visit, and looks at what became of it.

import { until } from './until.js';

const headers = { 'x-api-key': 'demo', 'content-type': 'application/json' };

/**
 * A message that shows the built-in invitation, or a copy. It stays for as long as a slow machine may take to look at it.
 * @param {object} [config] @param {string} [url]
 */
export function invitation(config = { type: 'chat' }, url = '/server/resources/invite.html') {
  return { channel: 'gpe.appendContent', data: { url, config: { inviteTimeout: 600, ...config } } };
}

/** Posts messages to a visit. @returns {Promise<number>} pages that got one */
export async function notify(relay, visit, ...messages) {
  const answer = await fetch(`${relay.base}/server/data/notification/notify/${visit}`, { method: 'POST', headers, body: JSON.stringify(messages) });
  if (!answer.ok) throw new Error(`notify: ${answer.status} ${await answer.text()}`);
  return Number(answer.headers.get('foyer-delivered'));
}

/** Waits until the page is connected (another one of its visit is not enough), and posts messages to its visit. */
export async function notifyPage(relay, page, ...messages) {
  const { visitID, pageID } = await ids(page);
  await until('the page gets notifications', async () => (await notify(relay, visitID, { page: pageID, channel: 'ping', data: {} })) > 0);
  return notify(relay, visitID, ...messages);
}

/** What getIDs says. */
export function ids(page) {
  return page.evaluate(() => new Promise((resolve) => globalThis._gt.push(['getIDs', resolve])));
}

/** Waits for the result of an invitation in the history of the visit. */
export async function resultIs(relay, visit, code) {
  let seen = [];
  try {
    await until(`the invitation's result is ${code}`, async () => {
      const answer = await fetch(`${relay.base}/server/data/visits/${visit}/events`, { headers });
      seen = (await answer.json()).filter((event) => event.eventName === 'InvitationResult').map((event) => event.data.code);
      return seen.includes(code);
    });
  } catch (error) {
    throw new Error(`${error.message}; there is ${JSON.stringify(seen)}`, { cause: error.cause });
  }
}
