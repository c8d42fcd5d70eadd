// Business events that an operator describes in domain-model.xml: noticed on pages, decided in Go, kept by the relay.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customersRelay, home } from './harness/customer-page.js';
import { workOf } from './harness/main-thread.js';
import { click, fill } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const dsl = 'https://www.customer.test/dsl.xml';
const tag = '<script nonce="page" src="https://relay.test/foyer.js" data-deployment="customer"></script>';
const config = (options) => `<script nonce="page">var _gt = [['config', ${JSON.stringify(options)}]];</script>`;
const documentOf = (events) => `<?xml version="1.0"?><properties debug="false"><events>${events}</events></properties>`;

/** A relay.yaml with more for the deployment, whose history this machine may read. */
const relayWith = (more = '') => `${customersRelay}${more}server_addresses: ["127.0.0.1"]\n`;

/** A customer's page that names a domain-model.xml of its own. */
async function open(scene, events, { head = '', body = '', headers = {}, url = home, text = documentOf(events) } = {}) {
  const person = await scene.visitor();
  const page = await person.tab();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  scene.front.page(url, { head: config({ dslResource: dsl }) + head + tag, body, headers, scripts: { '/dsl.xml': text } });
  await page.goto(url);
  return { page, said };
}

/** Events of a name that the relay has. @returns {Promise<any[]>} */
async function kept(scene, name) {
  const response = await fetch(`${scene.relay.base}/server/data/events?eventName=${name}`);
  assert.equal(response.status, 200);
  const all = await response.json();
  return all.sort((a, b) => a.timestamp - b.timestamp);
}

const sent = (scene, name, count = 1) =>
  until(`${count} ${name}`, async () => {
    const all = await kept(scene, name);
    return all.length >= count && all;
  });

/** Waits until the console has said it. @param {string[]} said @param {RegExp} line */
const says = (said, line) => until(String(line), () => said.some((text) => line.test(text)));

/** Waits until the page watches: an event of one tenth of a second comes with every document here. */
const armed = '<event name="Armed"><trigger action="timer:100"/></event>';
const watching = (scene) => sent(scene, 'Armed');

const often = 50;
/** Selectors of the events that are watched for. */
const watched = 31;

/** Counts in globalThis.lookups how often elements are matched with selectors, and in .searches how often a document is searched. */
function countLookups() {
  Object.assign(globalThis, { lookups: 0, searches: 0 });
  const count = (owner, name, what) => {
    const original = owner[name];
    owner[name] = function (...args) {
      globalThis[what]++;
      return original.apply(this, args);
    };
  };
  for (const name of ['matches', 'closest']) count(Element.prototype, name, 'lookups');
  for (const owner of [Element.prototype, Document.prototype]) for (const name of ['querySelector', 'querySelectorAll']) count(owner, name, 'searches');
}

/** Lets something happen several times, and gives what was counted. In the page. @param {string} source @param {number} times */
async function happen(source, times) {
  const { lookups, searches } = /** @type {any} */ (globalThis);
  const act = new Function(`return (${source})()`);
  for (let i = 0; i < times; i++) {
    act();
    await new Promise((resolve) => requestIdleCallback(resolve)); // what the event set off is done
  }
  return { lookups: globalThis.lookups - lookups, searches: globalThis.searches - searches };
}

describe('business events', () => {
  const scene = stage({ front: true, config: relayWith() });

  it('happen when their triggers do, and carry what their values come to', async () => {
    const events = `${armed}
      <event id="a" name="Bought"><trigger name="t" element="#buy" action="click" url="" count="1"/>
        <val name="price" value="$('#price').text()"/><val name="button" value="event.target.id;"/>
        <val name="sum" value="var a = 2; a + 3"/><val name="nothing" value="undefined"/><val name="element" value="event.target"/></event>
      <event name="Thrice"><trigger element="#buy" action="click" count="3"/></event>
      <event name="Both"><trigger element="#buy" action="click"/><trigger element="#name" action="change"/>
        <val name="name" value="$('#name').val()"/></event>
      <event name="Elsewhere"><trigger element="#buy" action="click" url="/elsewhere"/></event>
      <event name="Here"><trigger element="#buy" action="click" url="^https://www\\.customer\\.test/$"/></event>
      <event name="Never" condition="false"><trigger element="#buy" action="click"/></event>
      <event name="Checked" condition="document.title === 'Shop'" postcondition="$('#name').val() === 'Ada'"><trigger element="#buy" action="click"/></event>
      <event name="jQuerys"><trigger element="#form :button" action="click"/></event>
      <event name="Own"><trigger action="shop:offer"/><val name="detail" value="event.detail"/></event>
      <event name="Idle"><trigger action="timer:200" type="nomove"/></event>
      <event name="Off"><trigger action="click" enable="false"/></event>`;
    const body = '<form id="form" onsubmit="return false"><input id="name"><b id="price">12.50</b><button id="buy" type="button">Buy</button></form>';
    const { page, said } = await open(scene, events, { body });
    await watching(scene);
    await sent(scene, 'Idle');
    await click(page, 'button', 'Buy');
    const [bought] = await sent(scene, 'Bought');
    assert.deepEqual(bought.data, { price: '12.50', button: 'buy', sum: 5 });
    assert.deepEqual([bought.eventType, bought.url], ['BUSINESS', home]);
    await fill(page, '#name', 'Ada');
    await click(page, 'button', 'Buy');
    await click(page, 'button', 'Buy');
    await page.evaluate(() => dispatchEvent(new CustomEvent('shop:offer', { detail: { id: 7 } })));
    assert.deepEqual((await sent(scene, 'Own'))[0].data, { detail: { id: 7 } });
    assert.equal((await sent(scene, 'Bought', 3)).length, 3);
    assert.equal((await sent(scene, 'Here', 3)).length, 3);
    assert.equal((await sent(scene, 'jQuerys', 3)).length, 3);
    assert.equal((await sent(scene, 'Checked', 2)).length, 2);
    assert.equal((await sent(scene, 'Thrice')).length, 1);
    const [both] = await sent(scene, 'Both');
    assert.deepEqual(both.data, { name: 'Ada' });
    for (const name of ['Elsewhere', 'Never', 'Off']) assert.deepEqual(await kept(scene, name), []);
    assert.deepEqual(said.filter((text) => text.includes('DSL')), []);
  });

  it('wait for all their triggers, also where the last one leaves the page', async () => {
    const trigger = (selector) => `<trigger element="${selector}" action="click"/>`;
    const events = `${armed}<event name="Left">${trigger('#one')}${trigger('a')}<val name="by" value="event.target.id"/></event>
      <event name="Both">${trigger('#one')}${trigger('#other')}</event>
      <event name="Late"><trigger action="timer:100"/>${trigger('#other')}</event>`;
    const body = '<button id="one">One</button><button id="other">Other</button><a id="next" href="/next">Next</a>';
    const { page } = await open(scene, events, { body });
    scene.front.page(`${home}next`, {});
    await watching(scene);
    for (const name of ['One', 'One', 'Other', 'Other', 'One', 'Other']) await click(page, 'button', name);
    await Promise.all([page.waitForNavigation(), click(page, 'link', 'Next')]);
    const [left] = await sent(scene, 'Left');
    assert.deepEqual([left.data, left.url], [{ by: 'next' }, home]);
    // One twice is once, and after both it begins anew; a timer stays met.
    assert.equal((await sent(scene, 'Both', 2)).length, 2);
    assert.equal((await sent(scene, 'Late', 3)).length, 3);
  });

  it('begin anew in another view of an application, timers run once', async () => {
    const { page } = await open(scene, `${armed}<event name="Inside"><trigger action="click" url="/inside"/></event>`, { body: '<button>Go</button>' });
    await watching(scene);
    await click(page, 'button', 'Go');
    await page.evaluate(() => history.pushState({}, '', '/inside'));
    await sent(scene, 'Armed', 2);
    await click(page, 'button', 'Go');
    const all = await sent(scene, 'Inside');
    assert.deepEqual(all.map((event) => event.url), [`${home}inside`]);
    assert.equal((await kept(scene, 'Armed')).length, 2);
  });

  it('never carry passwords, cards, or what stands in such a field', async () => {
    const body = `<form onsubmit="return false"><input id="user" value="ada"><input id="pw" type="password"><input id="pan" autocomplete="cc-number">
      <input id="cvv2" name="cvv2"><input id="note"><button type="button">Pay</button></form>`;
    const value = (id) => `<val name="${id}" value="$('#${id}').val()"/>`;
    const events = `${armed}<event name="Paid"><trigger element="button" action="click"/>${['user', 'pw', 'pan', 'cvv2', 'note'].map(value).join('')}
      <val name="all" value="$('form').serialize() + $('#pw').val()"/><val name="code" value="'cvv ' + $('#cvv2').val()"/></event>
      <event name="Typed"><trigger element="#pw" action="keydown"/><val name="key" value="event.key"/></event>`;
    const { page, said } = await open(scene, events, { body });
    await watching(scene);
    await fill(page, '#pan', 'abc4556');
    await fill(page, '#cvv2', '737');
    await fill(page, '#note', 'my card: 4111 1111 1111 1111');
    await page.type('#pw', 'secret!');
    await click(page, 'button', 'Pay');
    assert.deepEqual((await sent(scene, 'Paid'))[0].data, { user: 'ada' });
    for (const typed of await sent(scene, 'Typed')) assert.deepEqual(typed.data, {});
    await says(said, /Paid: pw may be a password or a card number/);
    assert.equal(said.some((text) => /secret|4111/.test(text)), false);
  });

  it('are not watched for by a document that means harm, and the page goes on', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + documentOf(armed.replace('Armed', '&b;'));
    /** @type {[string, RegExp][]} */
    const cases = [
      [bomb, /a document with a DOCTYPE is not read/],
      ['<properties><events>', /could not be read/],
      [documentOf('<event name="E"><trigger action="click"/></event>'.repeat(9000)), /longer than 262144 characters/],
      ['<html></html>', /the document is <html>/],
    ];
    for (const [text, complaint] of cases) {
      const { said } = await open(scene, '', { text });
      await says(said, complaint);
    }
  });

  it('do no harm where their expressions and selectors do', async () => {
    const many = Array.from({ length: 2000 }, (_, i) => `<event name="E${i}"><trigger element="#x${i}" action="click"/></event>`).join('');
    const events = `${armed}
      <event name="Throws"><trigger action="click"/><val name="x" value="nobody.home"/><val name="y" value="1"/></event>
      <event name="Faulty"><trigger action="click"/><val name="x" value="((("/></event>
      <event name="Selector"><trigger element="a[[" action="click"/></event>
      <event name="Endless"><trigger action="click" url="^(\\w+\\s?)*$"/></event>
      <event name="Large"><trigger action="click"/><val name="x" value="'x'.repeat(1e6)"/><val name="list" value="Array(1e5).fill('xxxx')"/></event>
      <event name="Circle"><trigger action="click"/><val name="x" value="var a = {}; a.a = a; a"/></event>
      ${many}`;
    const { page, said } = await open(scene, events, { body: '<button>Go</button>' });
    await watching(scene);
    await click(page, 'button', 'Go');
    assert.deepEqual((await sent(scene, 'Throws'))[0].data, { y: 1 });
    assert.deepEqual((await sent(scene, 'Faulty'))[0].data, {});
    assert.equal((await sent(scene, 'Large'))[0].data.x.length, 4000);
    assert.deepEqual((await sent(scene, 'Circle'))[0].data, {});
    assert.deepEqual([await kept(scene, 'Endless'), await kept(scene, 'Selector')], [[], []]);
    for (const line of [/nobody.home of the DSL threw/, /\(\(\( of the DSL is faulty/, /selector a\[\[ of the DSL is faulty/, /only the first 300 events/]) {
      await says(said, line);
    }
  });

  // `make bench` measures what it comes to: well under two milliseconds.
  it('cost a page little, however large it is: one match for each selector, no layout', async () => {
    const many = Array.from({ length: watched - 1 }, (_, i) => `<event name="E${i}"><trigger element=".x${i} b" action="click"/></event>`).join('');
    const { page } = await open(scene, `${armed}<event name="Bought"><trigger element="#buy" action="click"/><val name="id" value="event.target.id"/></event>${many}`, {
      body: '<button id="buy">Buy</button>'.concat('<p>text <b>more</b></p>'.repeat(500)),
    });
    await watching(scene);
    const done = await workOf(page);
    await page.evaluate(countLookups);
    for (const [way, act, most] of /** @type {[string, () => void, {lookups: number, searches: number}][]} */ ([
      ['a click', () => /** @type {HTMLElement} */ (document.querySelector('#buy')).click(), { lookups: watched, searches: 2 }],
      ['a push', () => void globalThis._gt.push(['event', 'Pushed', { data: { a: 1 } }]), { lookups: 0, searches: 0 }],
    ])) {
      const { layouts } = await done();
      const { lookups, searches } = await page.evaluate(happen, String(act), often);
      assert.ok(lookups <= most.lookups * often, `${way}: ${lookups} elements matched`);
      assert.ok(searches <= most.searches * often, `${way}: ${searches} searches of the document`);
      assert.ok((await done()).layouts - layouts < often / 5, `${way}: the layout was computed`);
    }
  });
});

describe('business events under a strict policy', () => {
  const csp = "script-src 'nonce-page' https://relay.test; object-src 'none'; base-uri 'none'";
  const body = '<button>Buy</button><i id="total">30</i>';
  const button = '<trigger element="button" action="click"/>';

  describe('where expressions are evaluated', () => {
    const scene = stage({ front: true, config: relayWith() });

    it('say once what could not be run, and send what can be', async () => {
      scene.expect(/Content Security Policy/);
      const events = `${armed}<event name="Looked" postcondition="document.hasFocus() === true"><trigger action="timer:100"/></event>
        <event name="Bought">${button}<val name="a" value="1 + 1"/><val name="b" value="2 + 2"/></event>
        <event name="Asked" postcondition="1 === 1">${button}</event>`;
      const { page, said } = await open(scene, events, { body, headers: { 'content-security-policy': csp } });
      await page.bringToFront();
      await watching(scene);
      await click(page, 'button', 'Buy');
      assert.deepEqual((await sent(scene, 'Bought'))[0].data, {});
      await sent(scene, 'Looked');
      assert.deepEqual(await kept(scene, 'Asked'), []);
      await says(said, /forbids to evaluate/);
      const lines = said.filter((text) => text.includes('forbids to evaluate'));
      assert.equal(lines.length, 1);
      for (const part of ['1 + 1', '2 + 2', '1 === 1', 'dsl.expressions: named']) assert.ok(lines[0].includes(part), part);
    });
  });

  describe('where functions are named', () => {
    const scene = stage({ front: true, config: relayWith('    dsl: {expressions: named, functions: shop.events}\n') });
    const head = `<script nonce="page">window.shop = { events: {
      total: (event) => event.target.nodeName + ' ' + document.getElementById('total').textContent,
      never: () => false, throws() { throw new Error('mine'); } } };</script>`;

    it('call them, and evaluate nothing', async () => {
      const events = `${armed}<event name="Bought">${button}<val name="total" value="total"/><val name="same" value="total();"/>
          <val name="code" value="1 + 1"/><val name="other" value="nobody"/><val name="thrown" value="throws"/><val name="inherited" value="constructor"/></event>
        <event name="Never" condition="never">${button}</event>`;
      const policy = `${csp}; require-trusted-types-for 'script'; trusted-types foyer-dsl`;
      const { page, said } = await open(scene, events, { head, body, headers: { 'content-security-policy': policy } });
      await watching(scene);
      await click(page, 'button', 'Buy');
      assert.deepEqual((await sent(scene, 'Bought'))[0].data, { total: 'BUTTON 30', same: 'BUTTON 30' });
      assert.deepEqual(await kept(scene, 'Never'), []);
      for (const line of [/no names of functions in shop.events: 1 \+ 1/, /the expression nobody of the DSL threw/, /the expression throws of the DSL threw/]) {
        await says(said, line);
        assert.equal(said.filter((text) => line.test(text)).length, 1, String(line));
      }
    });
  });
});

describe('categories', () => {
  const scene = stage({
    front: true,
    config: relayWith(`    categories:
      - {name: tents, tags: [{plain: /Tents/}]}
      - {name: sale, tags: [{google: "sale OR offer -used"}]}
      - {name: shop, tags: [{regex: '^https://www\\.customer\\.test/'}, {plain: nowhere}]}
`),
  });

  it('are those of the address and the title, for all events of a page', async () => {
    const url = `${home}tents/`;
    const { page } = await open(scene, armed, { url, head: '<title>Summer sale</title>' });
    await watching(scene);
    await page.evaluate(() => globalThis._gt.push(['event', 'Own', { data: {}, category: 'mine;shop' }]));
    const found = {};
    for (const name of ['VisitStarted', 'PageEntered', 'Armed', 'Own']) found[name] = (await sent(scene, name))[0].category;
    assert.deepEqual(found, { VisitStarted: 'tents;shop', PageEntered: 'tents;shop', Armed: 'tents;shop', Own: 'mine;shop;tents' });
    await page.evaluate(() => {
      document.title = 'Offer';
      history.pushState({}, '', '/stoves/');
    });
    const [, entered] = await sent(scene, 'PageEntered', 2);
    const [exited] = await sent(scene, 'PageExited');
    assert.deepEqual([entered.category, exited.category], ['sale;shop', 'tents;shop']);
  });
});

describe('an old page', () => {
  const scene = stage({ front: true, config: relayWith() });

  it("whose dslResource is at a vendor's host gets the relay's own document, and long polling where it asks for it", async () => {
    const person = await scene.visitor();
    const page = await person.tab();
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    const options = { httpsEndpoint: 'https://gwe.vendor.test:9443', dslResource: 'https://gwe.vendor.test:9443/server/resources/dsl/domain-model.xml', disableWebSockets: true };
    await page.goto(scene.front.page(home, { head: config(options) + '<script async id="_gt" src="https://relay.test/server/resources/js/build/GTC.min.js"></script>' }));
    await until('the line about it', () => said.some((text) => /dslResource is https:\/\/gwe\.vendor\.test:9443.*domain-model\.xml is used instead/.test(text)));
    await sent(scene, 'PageEntered');
  });
});
