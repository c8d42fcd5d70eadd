// What a page of a third origin gets from the relay's frames, in a browser that would send their cookies anywhere: nothing,
// and not whether there is anything.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { violations } from './harness/axe.js';
import { chat, command, hostSites, reads, relayHost, sharingRelay, siteA, siteB } from './harness/sharing.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const stranger = 'https://stranger.test/';
const framed = (path, origin) => `${relayHost}${path}?deployment=customer&origin=${encodeURIComponent(origin)}`;

/** A puppeteer page as harness/sharing.js takes it. @returns {import('./harness/sharing.js').Tab} */
const tabOf = (page) => ({
  run: (fn, ...args) => page.evaluate(fn, ...args),
});

/** Puts a frame into the page and gives what messages have come from it when it has loaded, or has failed to. */
const heardFrom = (page, src, sandbox) =>
  page.evaluate(
    (address, limits) =>
      new Promise((resolve) => {
        const heard = [];
        const frame = document.createElement('iframe');
        addEventListener('message', (event) => event.source === frame.contentWindow && heard.push(JSON.stringify(event.data)));
        if (limits) frame.setAttribute('sandbox', limits);
        frame.src = address;
        // A second document loads behind it: by then the first one has had its say.
        frame.onload = () => fetch(address, { mode: 'no-cors' }).finally(() => setTimeout(() => resolve(heard)));
        document.body.append(frame);
      }),
    src,
    sandbox,
  );

describe('a page of a third origin', () => {
  const scene = stage({ front: true, config: sharingRelay() });

  /** A visitor who chats on A, in a browser that also shows the stranger's page. */
  async function visitorAndStranger() {
    hostSites(scene.front);
    scene.front.page(stranger, { body: '<h1>Win a tent</h1>' });
    scene.expect(/frame-ancestors|Refused to frame|403|CORS|Access-Control|Failed to fetch|ERR_FAILED|ERR_BLOCKED/i);
    const person = await scene.visitor();
    const shop = await person.visit(siteA);
    await chat(tabOf(shop), 'my secret');
    const cookie = async () =>
      (await person.context.cookies()).filter((c) => c.name === '__Host-foyer.customer').map((c) => c.value);
    await until('the frame has its cookie', async () => (await cookie()).length === 1);
    const evil = await person.visit(stranger);
    return { person, shop, evil, cookie };
  }

  it('gets nothing by framing the frames, whatever origin it says', async () => {
    const { person, evil, cookie } = await visitorAndStranger();
    const [before] = await cookie();
    for (const path of ['/bridge.html', '/continue.html']) {
      for (const origin of [
        ...['https://domain-a.test', 'https://domain-b.test', 'https://stranger.test', 'null', '*', relayHost],
        ...['https://domain-a.test.stranger.test', 'https://domain-a.test.', 'http://domain-a.test', 'https://domain-a.test:8443'],
      ]) {
        assert.deepEqual(await heardFrom(evil, framed(path, origin)), [], `${path} for ${origin}`);
      }
      assert.deepEqual(await heardFrom(evil, framed(path, 'https://domain-a.test'), 'allow-scripts'), [], `${path} in a sandbox`);
    }
    // A page that is let in for itself is not let in for its sister.
    const sister = await person.visit(siteB);
    await sister.evaluate(
      (address) =>
        new Promise((resolve) => {
          addEventListener('message', ({ data }) => data.t === 'continue' && resolve());
          document.body.append(Object.assign(document.createElement('iframe'), { src: address }));
        }),
      framed('/continue.html', 'https://domain-b.test'),
    );
    for (const path of ['/bridge.html', '/continue.html']) {
      assert.deepEqual(await heardFrom(sister, framed(path, 'https://domain-a.test')), [], `${path} of a sister`);
    }
    assert.deepEqual(await cookie(), [before]);
  });

  it('cannot have visitors click unseen: around a shop that asks, the question is not shown', async () => {
    const { evil, cookie } = await visitorAndStranger();
    const [before] = await cookie();
    await evil.evaluate(
      (address) =>
        new Promise((resolve) => {
          const frame = Object.assign(document.createElement('iframe'), { src: address, style: 'opacity: 0.01', onload: resolve });
          document.body.append(frame);
        }),
      siteB,
    );
    const shop = /** @type {any} */ (evil.frames().find((frame) => frame.url() === siteB));
    for (const path of ['/bridge.html', '/continue.html']) {
      assert.deepEqual(await heardFrom(shop, framed(path, 'https://domain-b.test')), [], path);
    }
    assert.deepEqual(await cookie(), [before]);
  });

  it('gets nothing by asking the relay with the visitor\'s cookie', async () => {
    const { evil, cookie } = await visitorAndStranger();
    const [before] = await cookie();
    const pass = (await (await fetch(`${scene.relay.base}/bridge.html?deployment=customer&origin=https://domain-b.test`)).text())
      .match(/data-pass="([^"]+)"/)[1]; // anybody can have one
    const got = await evil.evaluate(
      async (relay, body) => {
        const all = [];
        for (const what of ['take', 'keep', 'drop']) {
          for (const mode of /** @type {RequestMode[]} */ (['cors', 'no-cors'])) {
            const options = { method: 'POST', mode, credentials: /** @type {RequestCredentials} */ ('include'), body };
            all.push(await fetch(`${relay}/native/v1/frame/${what}`, options).then((r) => r.type + r.status + r.headers.get('set-cookie'), () => 'refused'));
          }
        }
        return all;
      },
      relayHost,
      JSON.stringify({ deployment: 'customer', origin: 'https://domain-b.test', pass, rung: 'cookie' }),
    );
    assert.deepEqual(got, ['refused', 'opaque0null', 'refused', 'opaque0null', 'refused', 'opaque0null']);
    assert.deepEqual(await cookie(), [before]);
  });

  it('gets nothing by speaking to the shop and to the frame in it', async () => {
    const { person, shop, evil } = await visitorAndStranger();
    const popup = new Promise((resolve) => evil.once('popup', resolve));
    await evil.evaluate((address) => {
      globalThis.heard = [];
      addEventListener('message', (event) => globalThis.heard.push(event.data));
      globalThis.victim = open(address);
    }, siteA);
    const opened = /** @type {import('puppeteer-core').Page} */ (await popup);
    await reads(tabOf(opened), 'my secret');
    await evil.evaluate(() => {
      const { victim } = /** @type {any} */ (globalThis);
      const windows = [victim, ...Array.from({ length: victim.length }, (_, i) => victim[i])];
      if (windows.length < 2) throw new Error('the shop has no frame');
      for (const each of windows) {
        for (const message of [
          { t: 'port', v: 1, pass: 'x' }, { t: 'continue', v: 1, title: 'x' }, { t: 'again' },
          { t: 'last', events: [{ eventName: 'PageExited' }], join: true }, { t: 'take', rung: 'cookie', n: 1 }, { n: 1, t: 'access' }, 'text', null,
        ]) {
          const { port1, port2 } = new MessageChannel();
          const { port1: port3, port2: port4 } = new MessageChannel();
          for (const port of [port1, port3]) port.onmessage = (event) => globalThis.heard.push(event.data);
          each.postMessage(message, '*', [port2, port4]);
        }
      }
    });
    // The shop goes on with its own frame, and what was posted before has been heard by now.
    await command(tabOf(opened), 'WebChatService.sendMessage', { message: 'and it goes on' });
    await reads(tabOf(opened), 'and it goes on');
    await reads(tabOf(shop), 'and it goes on');
    assert.deepEqual(await evil.evaluate(() => globalThis.heard), []);
    assert.equal((await person.context.pages()).includes(opened), true);
  });
});

describe('the frame that asks', () => {
  const scene = stage({ front: true, thirdPartyCookies: 'block', config: sharingRelay() });

  it('is accessible, and is left by the keyboard', async () => {
    hostSites(scene.front);
    const person = await scene.visitor();
    for (const [language, button, keep] of [
      ['en-US', 'Continue your chat', 'Keep this chat on our other sites'],
      ['de-DE', 'Chat fortsetzen', 'Diesen Chat auf unseren anderen Websites behalten'],
      ['ar', 'متابعة المحادثة', 'الاحتفاظ بهذه المحادثة في مواقعنا الأخرى'],
    ]) {
      const page = await person.tab();
      await page.setExtraHTTPHeaders({ 'accept-language': language });
      await page.goto(framed('/continue.html', 'https://domain-b.test'));
      assert.equal(await page.$eval('#yes', (e) => e.textContent), button);
      assert.equal(await page.evaluate(() => document.documentElement.dir), language === 'ar' ? 'rtl' : 'ltr');
      assert.deepEqual(await violations(page, 'html'), []);
      await page.goto(framed('/continue.html', 'https://domain-b.test') + '&keep=1');
      assert.equal(await page.$eval('#keep', (e) => e.textContent), keep);
      assert.deepEqual(await violations(page, 'html'), []);
      await page.close();
    }
    const shop = await person.visit(siteB);
    await command(tabOf(shop), 'WebChat.open');
    const element = await shop.waitForSelector('iframe.foyer-continue[title="Continue your chat"]');
    await shop.bringToFront();
    await element.focus();
    const frame = await element.contentFrame();
    await frame.focus('#yes');
    await shop.keyboard.press('Tab');
    await until('the next one has the focus', () => frame.evaluate(() => document.activeElement.id === 'no'));
    // Not waited for: the frame that the key goes to is gone before the browser can say that it got it.
    shop.keyboard.down('Enter').catch(() => {});
    await until('it is gone', () => shop.evaluate(() => !document.querySelector('iframe.foyer-continue')));
  });

  it('as a line under the chat is left by the keyboard, for the message that is being written', async () => {
    hostSites(scene.front);
    const person = await scene.visitor();
    const shop = await person.visit(siteA);
    await chat(tabOf(shop), 'from A');
    const element = await shop.waitForSelector('iframe.foyer-keep[title^="Keep"]');
    await shop.bringToFront();
    const frame = await element.contentFrame();
    await frame.focus('#keep');
    await shop.keyboard.press('Tab');
    await until('the next one has the focus', () => frame.evaluate(() => document.activeElement.id === 'no'));
    shop.keyboard.down('Escape').catch(() => {});
    await until('it is gone', () => shop.evaluate(() => !document.querySelector('iframe.foyer-keep')));
    await until('the message has the focus', () => shop.evaluate(() => document.activeElement.localName === 'textarea'));
  });
});
