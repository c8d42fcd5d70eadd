// Rows of the table: Foyer's own chat with every rung of the ladder, on two sites that have nothing but foyer.js.

import { chat, command, reads, relayHost, siteA, siteB, windowText } from '../harness/sharing.js';
import { until } from '../harness/until.js';
import { rungOf } from './story.js';

const config = `
deployments:
  - name: customer
    origins: ["https://domain-a.test", "https://domain-b.test"]
    features: {chat: true}
    crossdomain: {button: true}
`;

/** @type {import('./story.js').Story[]} */
export const stories = [
  {
    cases: ['A→B by link', 'reload', 'back', 'two tabs', 'ended on B while A is open'],
    config,
    async run({ engine, mode, front }, note) {
      const a = await begin(engine, mode, front);
      await until('tokens are in store', () => a.run(linkHasToken));
      await until('the link is as it was', () => a.run(() => !document.querySelector('[href*="foyer="]')));
      await a.run(() => void dispatchEvent(new Event('keydown')));
      await a.click('#there');
      await until('B is shown', () => a.run(() => location.hostname === 'domain-b.test' && document.readyState === 'complete'));
      await reads(a, 'from A');
      note('A→B by link', `works (${await rungOf(a)})`);

      await a.reload();
      await reads(a, 'from A');
      note('reload', `works (${await rungOf(a)})`);

      const second = await engine.tab();
      await second.goto(siteB);
      await reads(second, 'from A');
      await command(second, 'WebChatService.sendMessage', { message: 'from B' });
      await reads(a, 'from B');
      note('two tabs', 'works');

      await a.back();
      await reads(a, 'from B');
      note('back', 'works');

      await command(second, 'WebChat.endChat');
      await until('A hears of the end', () => a.run(() => /ended|left/i.test(document.querySelector('.cx-webchat')?.textContent ?? '')));
      note('ended on B while A is open', 'works');
    },
  },
  {
    cases: ['A→B typed by hand'],
    config,
    async run({ engine, mode, front }, note) {
      await begin(engine, mode, front);
      const b = await engine.tab();
      await b.goto(siteB);
      await command(b, 'WebChat.open');
      // A form may stand there first: the frame looks for the chat meanwhile.
      let shown = false;
      await until('B has the chat, or asks', async () => {
        shown = (await windowText(b)).includes('from A');
        return shown || b.run(() => !!document.querySelector('iframe.foyer-continue'));
      });
      // In WebKitGTK a third party writes no cookie, not even after a click (the stories of access.test.js have the others).
      const asks = mode.short === 'webkit' ? 'no: link or identity' : 'asks: button on both sites, link or identity';
      note('A→B typed by hand', shown ? `works (${await rungOf(b)})` : asks);
    },
  },
];

/** The visitor chats at A. */
async function begin(engine, mode, front) {
  const head = `<script src="${relayHost}/foyer.js" data-deployment="customer"></script>`;
  front.page(siteA, { head, body: `<h1>A</h1><a id="there" href="${siteB}">B</a>` });
  front.page(siteB, { head, body: '<h1>B</h1>' });
  if (mode.granted) for (const site of [siteA, siteB]) await engine.grant(new URL(site).origin, relayHost);
  const a = await engine.tab();
  await a.goto(siteA);
  await chat(a, 'from A');
  return a;
}

/** Somebody is about to use the link: it has a token in that moment. In the page. */
function linkHasToken() {
  dispatchEvent(new Event('keydown'));
  const link = /** @type {any} */ (document.querySelector('#there'));
  link.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, composed: true, cancelable: true }));
  return link.href.includes('foyer=');
}
