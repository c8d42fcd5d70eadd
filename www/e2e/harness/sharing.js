// Pages of two sites of one deployment, and what stories about the relay's shared cookie do on them. Everything goes
// through the interface of harness/engines.js, so that it runs in each browser.

import { until } from './until.js';

export const [siteA, siteB] = ['https://domain-a.test/', 'https://domain-b.test/'];
export const relayHost = 'https://relay.test';

/** @param {string} [rules]  more keys of the deployment */
export const sharingRelay = (rules = '') => `
deployments:
  - name: customer
    origins: ["https://domain-a.test", "https://domain-b.test"]
    languages: [en, de, fr, es, ja, ar]
    features: {chat: true}
    crossdomain: {handoff: false, button: true}
${rules}`;

const head = `<script src="${relayHost}/foyer.js" data-deployment="customer"></script>`;

/** @param {import('./front.js').Front} front */
export function hostSites(front) {
  for (const site of [siteA, siteB]) front.page(site, { head });
}

/** @typedef {Pick<import('./engines.js').Tab, 'run'>} Tab */

/** Runs a command of the bus. @param {Tab} tab @param {string} name @param {object} [data] @returns {Promise<string>} its state */
export const command = (tab, name, data = {}) =>
  tab.run(
    (n, d) =>
      new Promise((resolve) => {
        const settled = globalThis._genesys.widgets.bus.command(n, d);
        settled.always(() => resolve(settled.state()));
      }),
    name,
    data,
  );

/** What the chat window says. @param {Tab} tab @returns {Promise<string>} */
export const windowText = (tab) =>
  tab.run(() => /** @type {HTMLElement | null} */ (document.querySelector('.cx-widget.cx-webchat'))?.innerText ?? '');

/** @param {Tab} tab @param {string} text */
export async function reads(tab, text) {
  await until(`the window shows ${JSON.stringify(text)}`, async () => (await windowText(tab)).includes(text));
}

/** Begins a chat and writes a line. @param {Tab} tab @param {string} text */
export async function chat(tab, text) {
  await command(tab, 'WebChat.open', { form: { autoSubmit: true, firstname: 'Ada' } });
  await until('the chat has begun', () => tab.run(() => !!document.querySelector('.cx-webchat .cx-input-container:not([hidden]) textarea')));
  await command(tab, 'WebChatService.sendMessage', { message: text });
  await reads(tab, text);
}

/** How often a way has led to a chat. @param {import('./relay.js').Relay} relay @returns {Promise<Record<string, number>>} */
export async function rungs(relay) {
  const text = await (await fetch(`http://127.0.0.1:${relay.port}/metrics`)).text();
  const counts = [...text.matchAll(/^foyer_crossdomain_rung_total\{rung="(\w+)"\} (\d+)/gm)];
  return Object.fromEntries(counts.map(([, rung, n]) => [rung, Number(n)]));
}

