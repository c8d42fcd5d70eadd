// Every way out of a page: which carry a token, which never do, and what the page on the other side sees of it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { handedOver, readyToLeave, tokenFor } from './harness/handoff.js';
import { click, press } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const config = `
deployments:
  - name: customer
    origins: ["https://domain-a.test", "https://domain-b.test", "https://*.customer.test"]
    features: {chat: true, monitoring: true}
  - name: careful
    origins: ["https://domain-a.test", "https://domain-b.test"]
    consent: true
    features: {chat: true, monitoring: true}
  - name: apart
    origins: ["https://domain-a.test", "https://domain-b.test"]
    crossdomain: {handoff: false}
    features: {chat: true}
`;
const here = 'https://domain-a.test/';
const there = 'https://domain-b.test/';
const token = /[#&]foyer=[\w-]{43}$/;

const tag = (deployment, more = '') => `<script ${more} src="https://relay.test/foyer.js" data-deployment="${deployment}"></script>`;

/** Notes what a page sees of its address, before the tag, in its body, and of events. */
const notes = `<script>
  arrived = location.href; heard = [];
  for (const type of ['hashchange', 'popstate']) addEventListener(type, () => heard.push(type));
</script>`;

const ways = `
  <a id="plain" href="${there}">There</a>
  <a id="blank" href="${there}" target="_blank">There</a>
  <a id="noopener" href="${there}" target="_blank" rel="noopener noreferrer">There</a>
  <a id="route" href="${there}#/route?x=1">There</a>
  <a id="sub" href="https://shop.customer.test/">A subdomain</a>
  <svg width="40" height="40"><a id="svg" href="${there}"><rect width="40" height="40"/></a></svg>
  <svg width="40" height="40"><a id="xlink" xlink:href="${there}"><rect width="40" height="40"/></a></svg>
  <img usemap="#map" width="40" height="40" alt="" id="image"
    src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="><map name="map"><area shape="default" href="${there}" alt=""></map>
  <div id="host"></div>
  <div id="later"></div>
  <form action="${there}"><input name="q" value="a b"><button id="get">Get</button></form>
  <form action="${there}" method="post"><input name="q" value="1"><button id="post">Post</button></form>
  <form method="post"><button id="formaction" formaction="${there}">Post</button></form>
  <button id="open" onclick="opened = window.open('${there}', '_blank', 'popup')">Open</button>
  <button id="assign" onclick="location.assign('${there}')">Go</button>
  <button id="href" onclick="location.href = '${there}'">Go</button>
  <a id="tracked" href="${there}" onclick="event.preventDefault(); setTimeout((to) => location = to, 0, this.href)">Counted</a>
  <button id="submits" onclick="this.nextElementSibling.submit()">Post</button>
  <form action="${there}" method="post"><input name="q" value="1"></form>
  <button id="asks" onclick="this.nextElementSibling.submit()">Get</button>
  <form action="${there}"><input name="q" value="1"></form>
  <button id="refreshes" onclick="refresh()">Go</button>
  <div id="sealed"></div>
  <a id="unnamed" href="${there}" referrerpolicy="no-referrer">There</a>
  <button id="opensUnnamed" onclick="window.open('${there}', '_blank', 'popup,noreferrer')">Open</button>
  <a id="stranger" href="https://stranger.test/">Stranger</a>
  <a id="own" href="/other">Here</a>
  <a id="lookalike" href="https://sub.domain-a.test/">Look-alike</a>
  <a id="port" href="https://domain-b.test:8443/">Another port</a>
  <a id="scheme" href="http://domain-b.test/">Another scheme</a>
  <a id="download" href="${there}file" download>A file</a>
  <script>
    host.attachShadow({ mode: 'open' }).innerHTML = '<a id="inner" href="${there}">In a shadow</a>';
    function refresh() {
      document.head.append(Object.assign(document.createElement('meta'), { httpEquiv: 'refresh', content: '0;url=${there}' }));
    }
    sealed.attachShadow({ mode: 'closed' }).innerHTML = '<a href="${there}" style="display: block">In a closed shadow</a>';
    later.innerHTML = '<a id="dynamic" href="${there}">Added</a>';
  </script>`;

/**
 * Ways out, what somebody does, and whether it makes a tab. In two parts, since a chat gets so many tokens at a time.
 * @type {Record<string, [string, (page: import('puppeteer-core').Page) => Promise<unknown>, boolean][]>}
 */
const carrying = {
  links: [
    ['a link', (page) => press(page, '#plain'), false],
    ['a link, by keyboard', async (page) => (await page.focus('#plain'), page.keyboard.press('Enter')), false],
    ['a link, with the middle button', (page) => page.click('#plain', { button: 'middle' }), true],
    ['a link, with Ctrl', (page) => holding(page, 'Control', () => page.click('#plain')), true],
    ['a link in a tab of its own', (page) => press(page, '#blank'), true],
    ['a link without opener and referrer', (page) => press(page, '#noopener'), true],
    ['a link to a subdomain', (page) => press(page, '#sub'), false],
    ['a link in SVG', (page) => page.click('#svg rect'), false],
    ['a link in old SVG', (page) => page.click('#xlink rect'), false],
    ['an image map', (page) => page.click('#image'), false],
    ['a link in a shadow tree', (page) => page.click('>>> #inner'), false],
    ['a link that was added', (page) => press(page, '#dynamic'), false],
    ['a link that a script follows', (page) => press(page, '#tracked'), false],
    ['a link that hides where it is', (page) => press(page, '#unnamed'), false],
  ],
  'forms and scripts': [
    ['a form that asks', (page) => press(page, '#get'), false],
    ['a form that posts', (page) => press(page, '#post'), false],
    ['a form with a button of its own', (page) => press(page, '#formaction'), false],
    ['window.open', (page) => press(page, '#open'), true],
    ['a form that a script posts', (page) => press(page, '#submits'), false],
    ['a form by which a script asks', (page) => press(page, '#asks'), false],
    ['a link in a closed shadow tree', (page) => page.click('#sealed'), false],
    ['meta refresh', (page) => press(page, '#refreshes'), false],
    ['window.open that hides where it is', (page) => press(page, '#opensUnnamed'), true],
    ['location.assign', (page) => press(page, '#assign'), false],
    ['location.href', (page) => press(page, '#href'), false],
  ],
};

async function holding(page, key, doIt) {
  await page.keyboard.down(key);
  await doIt();
  await page.keyboard.up(key);
}

describe('the ways from one site to another', () => {
  const scene = stage({ front: true, config });

  /** The pages of both sites, and a visitor who chats on the first. */
  async function chatting({ deployment = 'customer', start = true } = {}) {
    const { front } = scene;
    front.page(here, { head: tag(deployment), body: ways });
    const body = '<script>inBody = location.href;</script><h1>There</h1><div style="height: 3000px"></div><p id="below">Below</p>';
    for (const url of [there, 'https://shop.customer.test/']) front.page(url, { head: notes + tag(deployment), body });
    for (const url of ['https://stranger.test/', 'https://sub.domain-a.test/', here + 'other', there + 'file']) {
      front.page(url, { head: notes });
    }
    const customer = await scene.visitor();
    const page = await customer.visit(here);
    if (start) await visitor.startChat(page, { firstname: 'Ada' });
    return { customer, page };
  }

  for (const [part, all] of Object.entries(carrying)) {
    it(`of ${part} each carries the token, and the page there never sees it`, async () => {
      const { customer, page } = await chatting();
      for (const [way, go, newTab] of all) {
        await page.bringToFront();
        await readyToLeave(page);
        const before = await page.evaluate(() => document.body.querySelectorAll('[href*="foyer="],[action*="foyer="],[formaction*="foyer="]').length);
        assert.equal(before, 0, `${way}: a token stays in the document`);
        const other = await handedOver(customer, page, () => go(page), { newTab, way });
        const seen = await until(`${way}: the other page`, () =>
          other.evaluate(() => {
            const { arrived, inBody, heard } = /** @type {any} */ (globalThis);
            return inBody && { arrived, inBody, heard, now: location.href, from: document.referrer };
          }),
        );
        assert.match(seen.arrived, token, way);
        assert.equal(seen.from, here, `${way}: by the referrer the other site knows that the token is for this visitor`);
        assert.equal(seen.inBody, seen.arrived.replace(token, ''), way);
        assert.equal(seen.now, seen.inBody, way);
        assert.deepEqual(seen.heard, [], way);
        if (newTab) {
          await other.close();
          await until(`${way}: no token stays in the link`, () => page.evaluate(() => !document.querySelector('[href*="foyer="]')));
          await until(`${way}: the link is as it was`, () => page.$eval('#noopener', (link) => link.getAttribute('rel') === 'noopener noreferrer'));
        } else await page.goto(here);
      }
    });
  }

  it('window.open gives what it always gave', async () => {
    const { page } = await chatting();
    await readyToLeave(page);
    await press(page, '#open');
    assert.equal(await until('a window', () => page.evaluate(() => globalThis.opened && String(globalThis.opened.closed))), 'false');
  });

  it('nothing else gets one: strangers, look-alikes, the same site, downloads', async () => {
    const { page } = await chatting();
    await readyToLeave(page);
    for (const id of ['stranger', 'own', 'lookalike', 'port', 'scheme', 'download']) {
      assert.equal(await tokenFor(page, `#${id}`), '', id);
    }
    await press(page, '#stranger');
    assert.equal(await until('the stranger', () => page.evaluate(() => globalThis.arrived)), 'https://stranger.test/');
  });

  it('the menu of a link finds a token, and the document does not keep it', async () => {
    const { page } = await chatting();
    await readyToLeave(page);
    await page.evaluate(() => addEventListener('contextmenu', (event) => {
      globalThis.inMenu = /** @type {any} */ (event.target).href;
      event.preventDefault();
    }));
    await page.click('#plain', { button: 'right' });
    assert.match(await until('the menu', () => page.evaluate(() => globalThis.inMenu)), token);
    await until('the link is as it was', () => page.evaluate(() => document.querySelector('#plain').getAttribute('href') === 'https://domain-b.test/'));
  });

  it('none before there is a chat, none after its end, and then window.open is the page\'s own', async () => {
    const { page } = await chatting({ start: false });
    const original = await page.evaluateHandle(() => window.open);
    assert.equal(await tokenFor(page, '#plain'), '');
    await visitor.startChat(page, { firstname: 'Ada' });
    await readyToLeave(page);
    assert.equal(await page.evaluate((own) => window.open === own, original), false);
    await visitor.endChat(page);
    await until('window.open is the page\'s own again', () => page.evaluate((own) => window.open === own, original));
    assert.equal(await tokenFor(page, '#plain'), '');
  });

  it('a page that wraps window.open in the middle of a chat keeps its wrapper, also for the next chat', async () => {
    const { page } = await chatting();
    await readyToLeave(page);
    await page.evaluate(() => {
      const inner = window.open;
      globalThis.calls = 0;
      window.open = function (...args) {
        globalThis.calls++;
        return inner.apply(this, args);
      };
      globalThis.wrapped = window.open;
    });
    await visitor.endChat(page);
    await until('the links are the page\'s own', () => tokenFor(page, '#plain').then((at) => at === ''));
    assert.equal(await page.evaluate(() => window.open === globalThis.wrapped), true);
    await click(page, 'button', 'Start new chat');
    await visitor.submitForm(page, { firstname: 'Ada' });
    await readyToLeave(page);
    const opened = await page.evaluate(() => !!window.open('about:blank'));
    assert.deepEqual([opened, await page.evaluate(() => globalThis.calls)], [true, 1]);
  });

  it('none where the deployment has switched it off', async () => {
    const { page } = await chatting({ deployment: 'apart' });
    await page.mouse.move(9, 9);
    await visitor.write(page, 'one');
    await visitor.sees(page, /one/);
    assert.equal(await tokenFor(page, '#plain'), '');
    assert.equal(await page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('handoff'))), false);
  });

  it('a hash router finds its route, its state and a link its place on the page', async () => {
    const { page } = await chatting();
    await readyToLeave(page);
    await press(page, '#route');
    await until('the route', () => page.evaluate(() => globalThis.inBody === 'https://domain-b.test/#/route?x=1'));
    assert.match(await page.evaluate(() => globalThis.arrived), token);
    await visitor.windowIs(page, 'open');
    assert.equal(page.url(), `${there}#/route?x=1`);

    await page.goto(here);
    await readyToLeave(page);
    await page.evaluate(() => document.querySelector('#plain').setAttribute('href', 'https://domain-b.test/#below'));
    await press(page, '#plain');
    await until('the place', () => page.evaluate(() => globalThis.inBody?.endsWith('#below') && scrollY > 1000));
  });

  it('without consent nothing is joined, on either side', async () => {
    const { customer, page } = await chatting({ deployment: 'careful' });
    const consent = (tab) => tab.evaluate(() => _gt.push(['consent', true]));
    await page.mouse.move(9, 9);
    await visitor.write(page, 'one');
    await visitor.sees(page, /one/);
    assert.equal(await tokenFor(page, '#plain'), '', 'an opened chat is no consent to join two sites');
    await consent(page);
    await readyToLeave(page);
    const other = await handedOver(customer, page, () => press(page, '#blank'), { newTab: true });
    await until('the other page', () => other.evaluate(() => globalThis.inBody === 'https://domain-b.test/'));
    assert.match(await other.evaluate(() => globalThis.arrived), token);
    await other.locator(visitor.chatButton).wait();
    assert.equal(await refusedOrRedeemed(scene.relay), 0, 'the token is kept for itself');
    await consent(other);
    await visitor.windowIs(other, 'open');
    await visitor.reads(other, 'one');
  });

  it('a token is good once, there, and for nobody else', async () => {
    const { customer, page } = await chatting();
    await visitor.write(page, 'private');
    await readyToLeave(page);
    const handed = await tokenFor(page, '#plain');
    assert.match(handed, token);
    const thief = await scene.visitor();
    /** Opens an address as a link on another page would. */
    const led = async (person, from, to) => {
      const tab = await person.visit(from);
      await tab.evaluate((address) => void setTimeout(() => location.assign(address)), to);
      await until('the link is followed', () => tab.evaluate((own) => document.readyState === 'complete' && location.href !== own, from));
      return tab;
    };
    const bad = handed.slice(0, -2) + (handed.endsWith('AA') ? 'BB' : 'AA');
    let refused = 0;
    const outcome = async (tab) => {
      refused++;
      await until('the relay has refused it', async () => (await refusedOrRedeemed(scene.relay)) >= refused);
      assert.equal(await tab.evaluate(() => localStorage.getItem('foyer.customer.handle')), null);
      await tab.close();
    };
    await outcome(await led(thief, here + 'other', bad));
    await outcome(await led(thief, here + 'other', handed.replace('domain-b.test', 'shop.customer.test')));
    await outcome(await thief.visit(handed)); // out of a mail, or typed
    await outcome(await led(thief, 'https://stranger.test/', handed)); // so nobody is led into somebody else's chat either
    const rightful = await led(customer, here + 'other', handed);
    await visitor.reads(rightful, 'private');
    refused++;
    await outcome(await led(thief, here + 'other', handed));
    scene.expect(/403/);

    const stranger = await thief.visit('https://stranger.test/');
    const got = await stranger.evaluate(() =>
      fetch('https://relay.test/native/v1/handoff', { method: 'POST', body: 'x' }).then((r) => r.status, (error) => error.name),
    );
    assert.equal(got, 'TypeError', 'a stranger may not even read the refusal');
    scene.expect(/stranger|CORS|ERR_FAILED/);
    await page.bringToFront();
    await visitor.write(page, 'still here');
    await visitor.reads(rightful, 'private', 'still here');
  });
});

/** How many tokens were shown to the relay. */
async function refusedOrRedeemed(relay) {
  const text = await (await fetch(`${relay.base}/metrics`)).text();
  const counts = [...text.matchAll(/^foyer_handoff_tokens_total\{outcome="(?:refused|redeemed)"\} (\d+)/gm)];
  return counts.reduce((sum, [, n]) => sum + Number(n), 0);
}
