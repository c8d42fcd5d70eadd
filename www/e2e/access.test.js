// The relay's frame keeps the chat in a cookie. Where browsers share it, another site finds the chat there, typed by hand:
// of its own accord, with access that was granted before, or after the visitor pressed the button.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { engines } from './harness/engines.js';
import { keepEvidence, passed } from './harness/evidence.js';
import { Front } from './harness/front.js';
import { Relay } from './harness/relay.js';
import {
  chat, command, hostSites, reads, relayHost, rungs, sharingRelay, siteA, siteB, windowText,
} from './harness/sharing.js';
import { until } from './harness/until.js';

const continueFrame = 'iframe.foyer-continue';
const keepFrame = 'iframe.foyer-keep';
const origin = (site) => new URL(site).origin;

for (const mode of engines) {
  describe(`the shared cookie in ${mode.name}`, () => {
    /** @type {Front} */ let front;
    /** @type {Relay} */ let relay;
    /** @type {import('./harness/engines.js').Engine} */ let engine;
    before(async () => void (front = await Front.open()));
    after(() => front.close());
    beforeEach(async () => {
      relay = front.relay = await Relay.fresh(sharingRelay());
      front.forget();
      hostSites(front);
      engine = await mode.open(front);
    });
    afterEach(async (t) => {
      const test = /** @type {import('node:test').TestContext} */ (t);
      if (!passed(test)) await keepEvidence(test.fullName, { sights: await engine.sights(), log: relay.log });
      await engine.close();
      await relay.remove();
    });

    const open = async (url) => {
      const tab = await engine.tab();
      await tab.goto(url);
      return tab;
    };
    const grant = (site) => engine.grant(origin(site), relayHost);

    /** The visitor has a chat in the relay's own page. */
    async function chatHosted(text) {
      const tab = await open(`${relayHost}/chat/?deployment=customer`);
      await chat(tab, text);
      return tab;
    }

    /** The button is on a page of B, where the visitor has opened the window. */
    async function asked() {
      const b = await open(siteB);
      await command(b, 'WebChat.open');
      await until('the button is there', () =>
        b.run((frame) => document.querySelector(frame)?.getAttribute('title') === 'Continue your chat', continueFrame),
      );
      return b;
    }

    /** Not waited for: the frame that is clicked is gone before the browser can say that it was. */
    const click = (tab, selector, frame) => void tab.click(selector, frame).catch(() => {});
    const sayNo = (tab) => click(tab, '#no', continueFrame);
    const notAsked = (tab) => tab.run((frame) => !document.querySelector(frame), continueFrame);

    if (mode.short === 'chromium-allow' || mode.granted) {
      it('takes the chat from A to B, and its end back to A', async () => {
        if (mode.granted) await Promise.all([grant(siteA), grant(siteB)]);
        const a = await open(siteA);
        await chat(a, 'from A');
        const b = await open(siteB);
        await reads(b, 'from A');
        await command(b, 'WebChatService.sendMessage', { message: 'from B' });
        await reads(a, 'from B');
        assert.equal((await rungs(relay))[mode.granted ? 'activate' : 'cookie'], 1);
        await b.reload();
        await reads(b, 'from B');

        await command(b, 'WebChat.endChat');
        await until('A hears of the end', async () => /ended|left/i.test(await windowText(a)));
        await command(b, 'WebChat.close');
        await b.goto(siteB);
        await command(b, 'WebChat.open');
        await until('B has a form', () => b.run(() => !!document.querySelector('#cx_webchat_form_firstname')));
        assert.ok(await notAsked(b));
      });
    }

    if (mode.short === 'chromium-allow') {
      it('joins no two sites before the visitor agrees on both', async () => {
        await relay.remove();
        relay = front.relay = await Relay.fresh(sharingRelay('    consent: true\n'));
        const agree = (tab) => tab.run(() => globalThis._gt.push(['consent', true]));
        const a = await open(siteA);
        await chat(a, 'from A'); // to open it is to agree to the chat, and to nothing more
        const before = await open(siteB);
        await agree(before); // on B alone
        await command(before, 'WebChat.open');
        await until('B has a form', () => before.run(() => !!document.querySelector('#cx_webchat_form_firstname')));
        await before.close();

        await agree(a);
        await until('A has its cookie', () =>
          a.runIn('iframe.foyer-frame', async () => / data-cookie/.test(await (await fetch(location.href)).text())),
        );
        const b = await open(siteB);
        await agree(b);
        await reads(b, 'from A');
      });

      it('forgets the cookie with the consent that is withdrawn', async () => {
        await relay.remove();
        relay = front.relay = await Relay.fresh(sharingRelay('    consent: true\n'));
        const say = (tab, agreed) => tab.run((given) => globalThis._gt.push(['consent', given]), agreed);
        const hasCookie = (tab) =>
          tab.runIn('iframe.foyer-frame', async () => / data-cookie/.test(await (await fetch(location.href)).text()));
        const a = await open(siteA);
        await say(a, true);
        await chat(a, 'from A');
        await until('A has its cookie', () => hasCookie(a));
        await say(a, false);
        await until('the frame of A is gone', () => a.run(() => !document.querySelector('iframe.foyer-frame')));

        const b = await open(siteB);
        await say(b, true);
        await command(b, 'WebChat.open');
        await until('B has a form', () => b.run(() => !!document.querySelector('#cx_webchat_form_firstname')));
        assert.equal(await hasCookie(b), false);
        assert.equal((await rungs(relay)).cookie ?? 0, 0);
      });
    }

    if (mode.short === 'chromium-block') {
      it('nothing is shared of its own accord, and the button finds what was shared elsewhere', async () => {
        await grant(siteA);
        await chat(await open(siteA), 'from A');
        const b = await asked();
        assert.doesNotMatch(await windowText(b), /from A/);
        await grant(siteB);
        click(b, '#yes', continueFrame);
        await reads(b, 'from A');
        await until('the button is gone', () => notAsked(b));
        assert.equal((await rungs(relay)).button, 1);
      });

      it('the button finds nothing where there is nothing, and says so', async () => {
        const b = await asked();
        await grant(siteB);
        await b.click('#yes', continueFrame);
        await until('it says so', () =>
          b.runIn(continueFrame, () => document.querySelector('#status')?.textContent === 'There is no chat to continue.'),
        );
        sayNo(b);
        await until('it is gone', () => notAsked(b));
      });

      it('the button goes away when it is refused, and is not shown again', async () => {
        const b = await asked();
        sayNo(b);
        await until('it is gone', () => notAsked(b));
        await b.reload();
        await command(b, 'WebChat.open');
        await until('B has a form', () => b.run(() => !!document.querySelector('#cx_webchat_form_firstname')));
        assert.ok(await notAsked(b));
      });
    }

    /** The visitor chats at A, where the line that offers to keep the chat is shown. */
    async function offered() {
      const a = await open(siteA);
      await chat(a, 'from A');
      await until('the line is there', () =>
        a.run((frame) => document.querySelector(frame)?.getAttribute('title') === 'Keep this chat on our other sites', keepFrame),
      );
      return a;
    }
    const notOffered = (tab) => tab.run((frame) => !document.querySelector(frame), keepFrame);

    if (mode.short === 'chromium-block' || mode.short === 'firefox') {
      it('a click at A keeps the chat, and one at B, typed by hand, finds it', async () => {
        await relay.remove();
        relay = front.relay = await Relay.fresh(sharingRelay().replace('handoff: false', 'handoff: false, activate: false'));
        if (mode.short === 'firefox') {
          // It takes a click at the relay, once, for Firefox not to ask.
          const hosted = await open(`${relayHost}/chat/?deployment=customer`);
          await hosted.click('#cx_webchat_form_firstname');
          await hosted.close();
        }
        const a = await offered();
        await until('the line stands beside the chat, not over it', () => a.run(besideTheWindow, keepFrame));
        await command(a, 'WebChatService.sendMessage', { message: 'while the line is there' });
        await reads(a, 'while the line is there');
        await grant(siteA);
        click(a, '#keep', keepFrame);
        await until('the line is gone', () => notOffered(a));

        const b = await asked();
        await grant(siteB);
        click(b, '#yes', continueFrame);
        await reads(b, 'from A');
        assert.equal((await rungs(relay)).button, 1);
      });
    }

    if (mode.short === 'chromium-block') {
      for (const [what, requestStorageAccess] of /** @type {[string, () => Promise<void>][]} */ ([
        ['gives access and drops the cookie', () => Promise.resolve()],
        ['gives no access', () => Promise.reject(new Error('no'))],
      ])) {
        it(`a browser that ${what} is not said to keep the chat`, async () => {
          const a = await offered();
          await a.runIn(keepFrame, /** @type {any} */ (`document.requestStorageAccess = ${requestStorageAccess}`));
          await a.click('#keep', keepFrame);
          await until('the line says so', () =>
            a.runIn(keepFrame, () => document.querySelector('#status')?.textContent === 'This did not work in this browser.'),
          );
          await until('the other button has the focus', () => a.runIn(keepFrame, () => document.activeElement?.id === 'no'));
          click(a, '#no', keepFrame);
          await until('the line is gone', () => notOffered(a));
        });
      }

      it('the line at A goes away when it is refused, and is not shown again', async () => {
        const a = await offered();
        click(a, '#no', keepFrame);
        await until('the line is gone', () => notOffered(a));
        await a.reload();
        await reads(a, 'from A');
        await command(a, 'WebChatService.sendMessage', { message: 'and it goes on' });
        await reads(a, 'and it goes on');
        assert.ok(await notOffered(a));
      });
    }

    if (mode.short === 'firefox') {
      it('the button takes up the chat of the relay\'s own page', async () => {
        const hosted = await chatHosted('from the relay');
        await hosted.click('.cx-webchat textarea');
        const b = await asked();
        click(b, '#yes', continueFrame);
        await reads(b, 'from the relay');
        assert.equal((await rungs(relay)).button, 1);
      });
    }

    if (mode.short === 'webkit') {
      it('the chat of the relay\'s own page goes on at B', async () => {
        await chatHosted('from the relay');
        const b = await open(siteB);
        await reads(b, 'from the relay');
      });
    }
  });
}

/** The frame is under the window and within the screen. In the page. */
function besideTheWindow(selector) {
  const [line, chatWindow] = [selector, '.cx-widget.cx-webchat'].map((each) => document.querySelector(each).getBoundingClientRect());
  return line.height > 20 && line.top >= chatWindow.bottom && line.bottom <= innerHeight;
}
