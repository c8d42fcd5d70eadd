// What pages put into events, and what their libraries have made of the language: every event arrives, with as much of its
// data as can be kept, and none keeps the others up.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customersRelay, home } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const tag = '<script src="https://relay.test/foyer.js" data-deployment="customer"></script>';

describe('the data of events', () => {
  const scene = stage({ front: true, config: customersRelay + 'server_addresses: ["127.0.0.1"]\n' });

  async function open(prepare = undefined, head = tag, scripts = {}) {
    const visitor = await scene.visitor();
    const page = await visitor.tab({ prepare });
    await page.goto(scene.front.page(home, { head, scripts }));
    return page;
  }

  /** The data of business events, by name, once the last one is there. */
  async function dataOf(last) {
    const all = await until(last, async () => {
      const response = await fetch(`${scene.relay.base}/server/data/events?eventType=BUSINESS&page_size=200`);
      const events = await response.json();
      return events.some((event) => event.eventName === last) && events;
    });
    return Object.fromEntries(all.map((event) => [event.eventName, event.data]));
  }

  /** Run in the page: one event for each kind of data that pages have, and the relay does not take as it is. */
  const pushAll = () => {
    const circle = { kept: 1 };
    circle.self = circle;
    /** @type {any} */
    let deep = { price: 5 };
    for (const key of ['product', 'item', 'list', 'cart']) deep = { [key]: deep };
    const many = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => ['k' + i, i]));
    const data = {
      Deep: deep,
      Circle: circle,
      Element: { element: document.body, all: [document.body, 1], kept: 1 },
      Window: { window, kept: 1 },
      Function: { fn() {}, symbol: Symbol('s'), nothing: undefined, kept: 1 },
      BigInt: { big: 12345678901234567890n },
      Numbers: { nan: NaN, endless: Infinity, kept: 1.5 },
      Dates: { at: new Date(0), never: new Date(NaN), kept: 1 },
      Own: { money: { toJSON: () => ({ amount: 5 }) } },
      Getter: { get x() { throw new Error('mine'); }, kept: 1 },
      Nul: { 'na\0me': 'te\0xt' },
      Half: { text: 'a\ud800b' },
      Chinese: { large: '中'.repeat(6000), kept: 1 },
      Large: { large: 'x'.repeat(1 << 20), kept: 1 },
      ManyKeys: many(200),
      Endless: { list: Array.from({ length: 100_000 }, (_, i) => i), kept: 1 },
      LongKey: { ['k'.repeat(300)]: 1 },
      List: ['a', 'b'],
      Text: 'text',
      Nothing: null,
    };
    for (const [name, value] of Object.entries(data)) globalThis._gt.push(['event', name, { data: value }]);
    globalThis._gt.push(['event', 'Na\0med', { category: 'a\0b' }], ['event', { eventName: 'Older', big: 5n }], ['event', 'Last']);
  };

  const kept = { kept: 1 };
  const arrives = {
    Deep: { cart: { list: { item: { product: '{"price":5}' } } } },
    Circle: kept,
    Element: { all: [null, 1], kept: 1 },
    Window: kept,
    Function: kept,
    BigInt: { big: '12345678901234567890' },
    Numbers: { nan: null, endless: null, kept: 1.5 },
    Dates: { at: '1970-01-01T00:00:00.000Z', kept: 1 },
    Own: { money: { amount: 5 } },
    Getter: kept,
    Nul: { name: 'text' },
    Half: { text: 'a\ufffdb' },
    Chinese: kept,
    Large: kept,
    List: { 0: 'a', 1: 'b' },
    Text: {},
    Nothing: {},
    Named: {},
    Older: { big: '5' },
  };

  it('arrives as far as it can be kept, and no event keeps another up', async () => {
    const page = await open();
    await page.evaluate(pushAll);
    const found = await dataOf('Last');
    for (const [name, want] of Object.entries(arrives)) assert.deepEqual(found[name], want, name);
    assert.equal(Object.keys(found.ManyKeys).length, 100);
    assert.ok(found.Endless.list.length > 500, 'the beginning of a long list');
    assert.equal(Object.keys(found.LongKey)[0].length, 60);
  });

  it('arrives the same where Go is not there', async () => {
    const page = await open(() => void Object.defineProperty(navigator, 'connection', { value: { saveData: true } }));
    await page.evaluate(pushAll);
    const found = await dataOf('Last');
    for (const [name, want] of Object.entries(arrives)) assert.deepEqual(found[name], want, name);
  });

  /** Run before the page: what libraries of the years before modules have done to the language. */
  const oldLibraries = () => {
    if (window !== top) return; // the relay's frame has none
    const { stringify } = JSON;
    Array.from = (/** @type {any} */ list) => [].slice.call(list); // it knows nothing of a second argument
    for (const type of /** @type {any[]} */ ([Array, String, Number, Date])) type.prototype.toJSON = function () { return stringify(String(this)); };
    Object.assign(Array.prototype, { each() {}, reduce() { return this[0]; }, entries() { return this; }, clear() {} });
    Object.assign(Object.prototype, { extend() {} });
    Object.assign(String.prototype, { strip() {} });
  };

  it('is the same on pages whose libraries have changed lists, objects and JSON, also that of a domain-model.xml', async () => {
    const head = `<script>var _gt = [['config', { dslResource: '${home}dsl.xml' }]];</script>${tag}`;
    const xml = `<properties><events><event name="Watched"><trigger action="timer:100"/><val name="list" value="[1, [2]]"/></event></events></properties>`;
    const page = await open(oldLibraries, head, { '/dsl.xml': xml });
    assert.deepEqual((await dataOf('Watched')).Watched, { list: [1, [2]] });
    await page.evaluate(() => {
      globalThis._gt.push(['event', 'Cart', { data: { items: [{ sku: 'a', sizes: [1, 2] }], at: new Date(0), text: 'x' } }], ['event', 'Last']);
    });
    const found = await dataOf('Last');
    assert.deepEqual(found.Cart, { items: [{ sku: 'a', sizes: [1, 2] }], at: '1970-01-01T00:00:00.000Z', text: 'x' });
  });

  it('is in order where a test tool has stopped the clock', async () => {
    const page = await open(() => {
      Date.now = () => 1_000_000_000_000;
      performance.now = () => 0;
    });
    await page.evaluate(() => { for (let i = 0; i < 20; i++) globalThis._gt.push(['event', 'E' + i]); });
    await dataOf('E19');
    const response = await fetch(`${scene.relay.base}/server/data/events?eventType=BUSINESS&page_size=200`);
    const times = (await response.json()).sort((a, b) => Number(a.eventName.slice(1)) - Number(b.eventName.slice(1))).map((event) => event.timestamp);
    assert.equal(times.length, 20);
    for (let i = 1; i < times.length; i++) assert.ok(times[i] > times[i - 1]);
  });
});
