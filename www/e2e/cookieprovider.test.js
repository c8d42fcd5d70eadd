// "Persistent Chat across Different Domains": the samples of the documentation, word for word, and what iframe.html gives
// to whom. In a browser that lets sites share cookies; what others make of it is in engines.js.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { ownClock } from './harness/clock.js';
import {
  cookieName, frameUrl, hostFrame, hostPage, ownChat, pagesCookie, providerScript, sample, siteA, siteB, stranger,
} from './harness/cookie-sites.js';
import { vendorScript } from './harness/customer-page.js';
import { hostSample, samplePages, samplesRelay } from './harness/persistent-chat.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const cookieOf = (page) => page.evaluate(pagesCookie, cookieName);
const frames = (page) => page.$$eval('iframe', (all, host) => all.filter((frame) => new URL(frame.src).pathname.endsWith(host)).length, '/iframe.html');

describe('the samples of persistent chat', () => {
  const scene = stage({ front: true, config: samplesRelay });

  for (const name of Object.keys(samplePages)) {
    it(`${name}: a chat goes on at another site, and ends on both`, async () => {
      await hostSample(scene.front, name);
      const customer = await scene.visitor();
      const a = await customer.visit(siteA);
      await visitor.submitForm(a, { firstname: 'Ada' });
      const desk = await (await scene.agent()).atWork(scene.relay);
      await agent.accept(desk);
      await agent.write(desk, 'How can I help?');
      await visitor.reads(a, 'How can I help?');
      await until('the page has kept its session', () => cookieOf(a));
      await until('the frame has kept it too', () => kept(customer, name));

      // Its chat does not wait for the frame for ever; here it does, however slow the machine is.
      const b = await customer.visit(siteB, { prepare: ownClock });
      await visitor.reads(b, 'How can I help?');
      await visitor.write(b, 'With a tent.');
      await agent.reads(desk, 'With a tent.');
      await until('there is one frame', async () => (await frames(b)) === 1);

      await visitor.endChat(b);
      await until('B has forgotten the session', async () => !(await cookieOf(b)));
      await until('the frame has forgotten it', async () => !(await kept(customer, name)));
      await until('A has forgotten it', async () => !(await cookieOf(a)));
    });
  }

  it('the extension to the letter: on plain http nobody shares cookies, and the page is told', async () => {
    const url = 'http://domain-a/';
    await hostFrame(scene.front, { url: 'http://domain-a/iframe.html', trusted: ['http://domain-a'] });
    await hostPage(scene.front, url, {
      head: `${providerScript}<script>window.alert = (text) => (window.said = text);${await sample('cookie-provider-extension')}</script>${vendorScript}`,
    });
    const shop = await (await scene.visitor()).visit(url);
    const said = await until('the page is told', () => shop.evaluate(() => globalThis.said));
    assert.equal(said, 'please enable your third-party cookies');
  });

  it('a frame that never answers does not keep the chat from opening', async () => {
    scene.expect(/404/, /Failed to execute 'postMessage'/);
    await hostSample(scene.front, 'sample A: an instance');
    scene.front.file(frameUrl, 'nothing but text', 'text/html');
    const a = await (await scene.visitor()).visit(siteA);
    await visitor.submitForm(a, { firstname: 'Ada' });
    await until('the page keeps its session for itself', () => cookieOf(a));
  });

  it('foyer.js alone has the CookieProvider too, and brings it when it is used', async () => {
    await hostFrame(scene.front);
    const head = `<script src="https://relay.test/foyer.js"></script>`;
    scene.front.page(siteA, { head });
    const customer = await scene.visitor();
    const shop = await customer.tab();
    const asked = [];
    shop.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await shop.goto(siteA);
    assert.equal(asked.some((path) => path.includes('foyer-cookies')), false);
    assert.equal(await shop.evaluate((n, u) => new globalThis.CookieProvider(n, u).cookieTest(), cookieName, frameUrl), true);
    await until('it was brought', () => asked.some((path) => path.includes('foyer-cookies')));
  });
});

/** What the frame has of the sample's session: visitors of its site have it in their cookies. */
async function kept(customer, name) {
  const all = await customer.context.cookies();
  const { pathname, hostname } = new URL(samplePages[name].frame);
  return all.find((cookie) => cookie.name === cookieName && cookie.path === pathname && cookie.domain === hostname);
}

describe('a page with a chat of its own', () => {
  const scene = stage({ front: true });

  it('carries its session to another site, and back', async () => {
    await hostFrame(scene.front);
    await hostPage(scene.front, siteA, ownChat);
    await hostPage(scene.front, siteB, ownChat);
    const customer = await scene.visitor();
    const a = await customer.visit(siteA);
    assert.equal(await a.evaluate(() => globalThis.loading), null);
    await a.evaluate(() => globalThis.begin('{"id":"1; ä"}'));
    const b = await customer.visit(siteB);
    assert.equal(await b.evaluate(() => globalThis.loading), '{"id":"1; ä"}');
    assert.equal(await cookieOf(b), '{"id":"1; ä"}');
    await b.evaluate(() => globalThis.begin('second'));
    await a.reload();
    await a.evaluate(() => globalThis.loading);
    assert.equal(await cookieOf(a), 'second');
  });

  it('may include the script twice, and have several providers: there is one frame', async () => {
    await hostFrame(scene.front, { declare: 'var' });
    await hostPage(scene.front, siteA, { head: providerScript + ownChat.head + providerScript });
    const shop = await (await scene.visitor()).visit(siteA);
    const answers = await shop.evaluate((name, url) => {
      const other = new globalThis.CookieProvider(name, url);
      globalThis.CookieProviderExtension();
      globalThis.initCookieProviderExtension(name, url);
      return Promise.all([globalThis.loading, other.loadCookie(), other.cookieTest()]);
    }, cookieName, frameUrl);
    assert.deepEqual(answers, [null, null, true]);
    assert.equal(await frames(shop), 1);
  });

  it('is told at once where the program is missing', async () => {
    scene.expect(/404/, /cookieprovider\.wasm/);
    await hostFrame(scene.front, { without: 'cookieprovider.wasm' });
    await hostPage(scene.front, siteA, ownChat);
    const shop = await (await scene.visitor()).visit(siteA);
    const why = await shop.evaluate(() => globalThis.loading.catch(String));
    assert.match(why, /cannot start its program/);
  });

  it('is told what is no address of a frame, which is not opened', async () => {
    await hostPage(scene.front, siteA, { head: providerScript });
    const shop = await (await scene.visitor()).visit(siteA);
    for (const address of ['javascript:parent.ran=1', ' JavaScript:parent.ran=1', 'data:text/html,<script>parent.ran=1</script>', 'blob:https://domain-a.test/1', 'about:blank', 'http://']) {
      const why = await shop.evaluate((url) => new globalThis.CookieProvider('a', url).loadCookie().then(() => 'loaded', String), address);
      assert.match(why, /no address|Invalid URL/, address);
    }
    assert.deepEqual([await frames(shop), await shop.evaluate(() => globalThis.ran)], [0, undefined]);
  });

  it('is told what does not fit into a cookie', async () => {
    await hostFrame(scene.front);
    await hostPage(scene.front, siteA, ownChat);
    const shop = await (await scene.visitor()).visit(siteA);
    // Under the browser's own limit, which the page's cookie has passed; over ours.
    const why = await shop.evaluate(() => globalThis.begin('x'.repeat(4030)).catch(String));
    assert.match(why, /too long/);
  });
});

describe('in a browser that blocks third-party cookies', () => {
  const scene = stage({ front: true, thirdPartyCookies: 'block' });

  it('cookieTest says so, with a plain boolean and then the details', async () => {
    await hostFrame(scene.front);
    await hostPage(scene.front, siteA, ownChat);
    const shop = await (await scene.visitor()).visit(siteA);
    const [shared, details] = await shop.evaluate(
      () => new Promise((resolve) => globalThis.provider.cookieTest((...told) => resolve(told))),
    );
    assert.equal(shared, false);
    assert.equal(details.sharing, 'partitioned');
    assert.match(await shop.evaluate(() => globalThis.begin('one').catch(String)), /keeps no cookie/);
  });
});

/** What a page does with a window in which iframe.html is. It runs in the page; whatever comes back is noted in heard. */
const attacks = {
  'says hello as CookieProvider does': { foyer: 'cookies', v: 1, t: 'hello' },
  'says hello without a version': { foyer: 'cookies', t: 'hello' },
  'says hello in a version to come': { foyer: 'cookies', v: 2, t: 'hello' },
  'asks without saying hello': { n: 1, t: 'get', name: cookieName },
  'says from where it pretends to be': { foyer: 'cookies', v: 1, t: 'hello', origin: 'https://domain-a.test', source: 'parent' },
  'sends what is no object': 'hello',
};

/** In every window before its scripts: notes what it is sent, and can attack a window. */
function arm() {
  globalThis.heard = [];
  addEventListener('message', (event) => globalThis.heard.push(event.data));
  globalThis.attack = (target, data) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => globalThis.heard.push(event.data);
    port1.postMessage({ n: 1, t: 'get', name: 'customer-defined-session-cookie' });
    port1.postMessage({ n: 2, t: 'test' });
    target.postMessage(data, '*', [port2]);
  };
}

describe('iframe.html', () => {
  const scene = stage({ front: true });
  const framed = { body: `<iframe src="${frameUrl}"></iframe>` };

  /** A visitor of whom the frame keeps a session. */
  async function withSession() {
    await hostFrame(scene.front);
    await hostPage(scene.front, siteA, ownChat);
    const customer = await scene.visitor();
    const a = await customer.visit(siteA);
    await a.evaluate(() => globalThis.loading);
    await a.evaluate(() => globalThis.begin('secret'));
    return { customer, a };
  }

  /** The window of a page in which iframe.html runs. */
  async function frameIn(page) {
    const frame = await until('iframe.html is there', () => page.frames().find((one) => one.url() === frameUrl));
    await runs(frame);
    return frame;
  }

  /** Waits until the program of iframe.html has taken over, also in a tab that is not in front. */
  const runs = (frame) => until('the program runs', () => frame.evaluate(() => globalThis.foyerCookies?.early === null));

  /** Attacks from a page, and gives what it hears by the time the frame has dealt with it. @param {string} target  source */
  async function attacked(page, frame, target, data) {
    const before = await frame.evaluate(() => globalThis.heard.length);
    await page.evaluate((to, what) => globalThis.attack(new Function(`return ${to}`)(), what), target, data);
    await until('the frame has heard it', () => frame.evaluate((n) => globalThis.heard.length > n, before));
    // Whatever the frame does about it, it asks the browser for its access first, and then answers in two tasks.
    for (let i = 0; i < 3; i++) await frame.evaluate(() => document.hasStorageAccess().then(() => new Promise((next) => setTimeout(next))));
    return page.evaluate(() => globalThis.heard.splice(0));
  }

  it('gives a page that it does not trust nothing, not even whether there is something', async () => {
    const { customer, a } = await withSession();
    const table = [];
    const note = (from, what, heard) => table.push({ from, what, got: heard.length ? JSON.stringify(heard) : 'nothing' });

    /**
     * @param {string} url  of a page with the frame in it, or with one that has it
     * @param {(page: any) => any} [attacker]  the window that attacks, of this page
     */
    async function tryAll(from, url, target = 'frames[0]', attacker = (page) => page) {
      const page = await customer.visit(url, { prepare: arm });
      const frame = await frameIn(page);
      for (const [what, data] of Object.entries(attacks)) note(from, what, await attacked(attacker(page), frame, target, data));
      await page.close();
    }

    for (const origin of [
      stranger, 'https://sub.domain-a.test', 'https://domain-a.test:8443', 'http://domain-a.test', 'https://domain-a.test.', 'http://domain-a',
    ]) {
      await tryAll(new URL(origin).origin, scene.front.page(new URL('/attack', origin).href, framed));
    }
    const nameless = scene.front.page(siteA + 'nameless', { body: `<iframe src="data:text/html,${encodeURIComponent(framed.body)}"></iframe>` });
    await tryAll('null (a data: frame)', nameless, 'frames[0]', (page) => page.frames().find((one) => one.url().startsWith('data:')));
    const around = scene.front.page(stranger + 'around', { body: `<iframe src="${siteA}"></iframe>` });
    await tryAll('a stranger around a trusted page', around, 'frames[0].frames[0]');
    const opens = scene.front.page(stranger + 'opens', {});
    await tryAsOpener('a stranger that opened the frame', opens);
    console.table(table);
    assert.deepEqual(table.filter((row) => row.got !== 'nothing'), []);

    // By the same means a trusted page hears of everything.
    const trusted = await customer.visit(scene.front.page(siteA + 'attack', framed), { prepare: arm });
    const heard = await attacked(trusted, await frameIn(trusted), 'frames[0]', attacks['says hello as CookieProvider does']);
    assert.deepEqual(heard.slice(0, 2), [{ v: 1, t: 'welcome' }, { n: 1, ok: true, value: 'secret' }]);
    assert.equal(await a.evaluate(() => globalThis.provider.loadCookie()), 'secret');

    async function tryAsOpener(from, url) {
      const page = await customer.visit(url, { prepare: arm });
      await page.evaluate((address) => void (globalThis.win = open(address)), frameUrl);
      const popup = await until('it is open', async () => (await customer.context.pages()).find((one) => one.url() === frameUrl));
      await runs(popup);
      await popup.evaluate(arm);
      for (const [what, data] of Object.entries(attacks)) note(from, what, await attacked(page, popup.mainFrame(), 'win', data));
      await popup.close();
      await page.close();
    }
  });

  it('takes no session that a neighbour under its domain has put in', async () => {
    await hostFrame(scene.front);
    await hostPage(scene.front, siteA, ownChat);
    const toss = async (visitors) => {
      const evil = await visitors.visit(scene.front.page('https://evil.frame.test/', {}));
      const cookies = await evil.evaluate((name) => {
        for (const [key, value, path] of [[name, 'f1.theirs', '/iframe.html'], [name, 'f1.g.theirs', '/iframe.html'], ['__Host-' + name, 'g', '/']]) {
          document.cookie = `${key}=${value};domain=frame.test;path=${path};SameSite=None;Secure`;
        }
        document.cookie = `__Host-${name}=g;path=/;SameSite=None;Secure`; // its own, which the frame never sees
        return document.cookie;
      }, cookieName);
      assert.match(cookies, /__Host-/);
      await evil.close();
    };
    const stranger = await scene.visitor();
    await toss(stranger);
    const first = await stranger.visit(siteA);
    assert.equal(await first.evaluate(() => globalThis.loading), null);

    const { customer, a } = await withSession();
    await toss(customer);
    assert.equal(await a.evaluate(() => globalThis.provider.loadCookie()), 'secret');
    const all = (await customer.context.cookies()).filter((cookie) => cookie.name === cookieName && cookie.path === '/iframe.html');
    assert.equal(all.length, 2, 'both cookies are there, and the frame can tell them apart');
  });

  it('is the only one whom a page believes', async () => {
    await hostFrame(scene.front);
    const body = `<script>
      setInterval(() => {
        for (const t of ['broken', 'welcome']) parent.postMessage({ foyer: 'cookies', v: 1, t, n: 1, ok: true, value: 'forged' }, '*');
      }, 5);
    </script>`;
    scene.front.page(stranger + 'forger', { body });
    await hostPage(scene.front, siteA, { ...ownChat, body: `<iframe src="${stranger}forger"></iframe>` });
    const shop = await (await scene.visitor()).visit(siteA);
    assert.equal(await shop.evaluate(() => globalThis.loading), null);
  });
});
