// _gt, the queue of tracker commands, as pages use it: every form, and what must not be lost, repeated or kept.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paperStage } from './harness/paper-stage.js';
import { aria } from './harness/person.js';
import { until } from './harness/until.js';

const id = /^[0-9A-F]{32}$/;
const names = (events) => events.map((event) => event.eventName);

describe('the tracker', () => {
  let relay, person, warnings;
  paperStage({
    expected: [/getIDs threw/],
    each(scene) {
      ({ relay, person } = scene);
      warnings = [];
    },
  });

  /** Opens a page whose tag comes first, so that _gt works from its first script on. */
  const visit = async ({ path = '/', head = '', ...options } = {}, tab = {}) => {
    const page = await person.tab(tab);
    page.on('console', (message) => message.type() === 'warn' && warnings.push(message.text()));
    await page.goto(relay.page(path, { head: relay.tag('data-deployment="demo"') + head, ...options }));
    return page;
  };
  const hello = (n = 0) => until('hello', () => relay.all('hello')[n]);
  /** Every event that Go was given, in order, each once. */
  const tracked = () => {
    const all = relay.heard.flatMap(({ t, event, events }) => (t === 'track' ? [event] : ['hello', 'moved'].includes(t) ? events : []));
    return [...new Map(all.map((event) => [event.eventID, event])).values()];
  };
  const push = (page, ...entry) => page.evaluate((e) => void globalThis._gt.push(e), entry);

  /** Pushes an entry and gives the event that comes of it. */
  const pushed = async (page, entry) => {
    const before = relay.all('track').length;
    await push(page, ...entry);
    return (await until(`an event of ${entry[0]}`, () => relay.all('track')[before])).event;
  };

  const business = { eventType: 'BUSINESS', category: '' };
  /** @type {[string, any[], Record<string, unknown>][]} */
  const forms = [
    ["['event', name]", ['event', 'AddToCart'], { ...business, eventName: 'AddToCart', data: {} }],
    ["['event', name, {data}]", ['event', 'AddToCart', { data: { price: 5, deep: { a: [1] } } }], { ...business, eventName: 'AddToCart', data: { price: 5, deep: { a: [1] } } }],
    ["['event', name, {data, category}]", ['event', 'AddToCart', { data: { a: 1 }, category: 'tents;sale' }], { ...business, eventName: 'AddToCart', category: 'tents;sale', data: { a: 1 } }],
    ["['event', name, {data}, options]", ['event', 'AddToCart', { data: { a: 1 } }, { more: true }], { ...business, eventName: 'AddToCart', data: { a: 1 } }],
    ["['event', name, data]", ['event', 'AddToCart', { a: 1 }], { ...business, eventName: 'AddToCart', data: { a: 1 } }],
    ["['event', {eventName, …}]", ['event', { eventName: 'AddToCart', productName: 'Sony' }], { ...business, eventName: 'AddToCart', data: { productName: 'Sony' } }],
    ["['event', {eventName, data}]", ['event', { eventName: 'AddToCart', data: { a: 1 } }], { ...business, eventName: 'AddToCart', data: { a: 1 } }],
    ["['event', 'UserInfo', {data}]", ['event', 'UserInfo', { data: { userID: 'ada', name: 'Ada' } }], { eventType: 'SYSTEM', eventName: 'UserInfo', data: { userID: 'ada', name: 'Ada' } }],
    ["['event', 'UserInfo', {data}], the older spelling", ['event', 'UserInfo', { data: { userId: 'ada' } }], { eventType: 'SYSTEM', eventName: 'UserInfo', data: { userId: 'ada' } }],
    ["['sendUserInfo', data]", ['sendUserInfo', { userID: 'ada' }], { eventType: 'SYSTEM', eventName: 'UserInfo', data: { userID: 'ada' } }],
    ["['event', 'SignIn', {data}]", ['event', 'SignIn', { data: { userID: 'ada' } }], { eventType: 'SYSTEM', eventName: 'SignIn', data: { userID: 'ada' } }],
    ["['sendSignIn', data]", ['sendSignIn', { userID: 'ada' }], { eventType: 'SYSTEM', eventName: 'SignIn', data: { userID: 'ada' } }],
    ["['event', 'sendSignIn', data]", ['event', 'sendSignIn', { userID: 'ada' }], { eventType: 'SYSTEM', eventName: 'SignIn', data: { userID: 'ada' } }],
    ["['event', 'SignOut', {data}]", ['event', 'SignOut', { data: { userID: 'ada' } }], { eventType: 'SYSTEM', eventName: 'SignOut', data: { userID: 'ada' } }],
    ["['sendSignOut', data]", ['sendSignOut', { userID: 'ada' }], { eventType: 'SYSTEM', eventName: 'SignOut', data: { userID: 'ada' } }],
    ["['sendSignOut'] names who signed in", ['sendSignOut'], { eventType: 'SYSTEM', eventName: 'SignOut', data: { userID: 'ada' } }],
  ];

  it('takes every form of every command', async () => {
    const page = await visit();
    await hello();
    for (const [form, entry, want] of forms) {
      const event = await pushed(page, entry);
      assert.deepEqual(Object.fromEntries(Object.keys(want).map((key) => [key, event[key]])), want, form);
      assert.match(event.eventID, id);
    }
    for (const nonsense of [['onReady', 1], ['isAlive'], ['config'], [], [null], ['event'], ['event', ''], ['event', 5], ['event', {}], ['getIDs', 'no function'], ['toString']]) {
      await push(page, ...nonsense);
    }
    await push(page, 'event', 'Last');
    await until('the last', () => relay.all('track').at(-1)?.event.eventName === 'Last');
    assert.equal(relay.all('track').length, forms.length + 1);
  });

  it('sends system events with their data, language and application, and gives exactly three ids', async () => {
    const head = `<script>_gt.push(['config', { name: 'Shop', languageCode: 'de-DE' }])</script>`;
    const page = await person.tab();
    await page.goto(relay.page('/', { head: '<script>var _gt = [["config", { name: "Shop", languageCode: "de-DE" }]];</script>' + relay.tag('data-deployment="demo"') + head }));
    const { events, ids } = await hello();
    const [started, entered] = events;
    assert.deepEqual(names(events), ['VisitStarted', 'PageEntered']);
    assert.deepEqual(Object.keys(started.data), ['timezoneOffset', 'userAgent', 'screenResolution', 'language', 'application']);
    assert.deepEqual(entered.data, { title: 'Shop', referrer: '', application: 'Shop' });
    for (const event of events) {
      assert.deepEqual([event.eventType, event.languageCode, event.pageID, event.visitID, event.globalVisitID], ['SYSTEM', 'de-DE', ids.page, ids.visit, ids.device]);
      assert.ok(Math.abs(event.timestamp - Date.now()) < 60_000);
    }
    const given = await page.evaluate(() => new Promise((resolve) => globalThis._gt.push(['getIDs', resolve])));
    assert.deepEqual(given, { visitID: ids.visit, globalVisitID: ids.device, pageID: ids.page });
  });

  for (const [how, declare] of Object.entries({ assigned: 'window._gt = window._gt || [];', 'declared with var': 'var _gt = window._gt || [];' })) {
    it(`goes on when the page assigns another queue (${how})`, async () => {
      const page = await person.tab();
      const tag = relay.tag('data-deployment="demo"');
      await page.goto(relay.page('/', { head: `<script>${declare}</script>${tag}<script>_gt.push(['event', 'First']); _gt = [['event', 'Second']];</script>` }));
      await page.evaluate(() => globalThis._gt.push(['event', 'Third']));
      await page.evaluate(() => globalThis.dispatchEvent(new Event('pagehide')));
      await until('all three', () => {
        const got = [...tracked(), ...relay.beacons].map((event) => event.eventName);
        return ['First', 'Second', 'Third'].every((name) => got.includes(name));
      });
    });
  }

  it('says what it cannot send, and sends the rest', async () => {
    const page = await visit();
    await hello();
    await page.evaluate(() => {
      const circle = {};
      circle.self = circle;
      const { _gt } = globalThis;
      _gt.push(['event', 'Circle', { data: circle }]);
      _gt.push(['event', 'Large', { data: { text: 'x'.repeat(1 << 20) } }]);
      _gt.push(['event', 'n'.repeat(200)]);
      _gt.push(['event', 'Throwing', { data: { get x() { throw new Error('mine'); } } }]);
      _gt.push(['getIDs', () => JSON.parse('{')]);
      _gt.push(['event', 'Good']);
    }).catch(() => {});
    await until('the good one', () => names(tracked()).includes('Good'));
    const sent = () => tracked().filter((event) => event.eventType === 'BUSINESS').map((event) => [event.eventName, event.data]).sort();
    await until('all four', () => sent().length === 4);
    assert.deepEqual(sent(), [['Circle', {}], ['Good', {}], ['Large', {}], ['Throwing', {}]]);
    for (const word of [/data of Circle .*: self/, /data of Large .*: text/, /data of Throwing .*: x/, /200 characters is not sent/]) {
      await until(String(word), () => warnings.some((text) => word.test(text)));
    }
  });

  it('keeps a bounded number, drops views of pages first, and says so once', async () => {
    relay.framed = false;
    const page = await visit();
    await page.locator(aria('button', 'Chat')).wait();
    await page.evaluate(() => {
      for (let i = 0; i < 2100; i++) globalThis._gt.push(['event', 'E' + i]);
    });
    await page.goto('about:blank');
    await until('the beacon', () => relay.beacons.length);
    // One beacon takes the newest; of the others as many as there is room for wait for the next page.
    await page.goto(relay.page('/next', { head: '' }));
    const sent = JSON.parse(await page.evaluate(() => localStorage.getItem('foyer.demo.events')));
    assert.deepEqual(names(sent).slice(-2), ['E2099', 'PageExited']);
    assert.deepEqual(names(sent).filter((name) => /^(VisitStarted|PageEntered|E[0-9]{1,2})$/.test(name)), []);
    assert.ok(sent.length > 300 && JSON.stringify(sent).length < 220_000, `${sent.length} are kept`);
    assert.ok(relay.beacons.every((beacon) => sent.some((event) => event.eventID === beacon.eventID)));
    assert.equal(warnings.filter((text) => /are dropped/.test(text)).length, 1);
  });

  it('counts tabs that are opened at the same time as one visit', async () => {
    const [one, other] = [await person.tab(), await person.tab()];
    // Each waits for the deployment with ids of its own, as a browser does that opens yesterday's tabs.
    let release = () => {};
    const held = new Promise((resolve) => (release = () => resolve(undefined)));
    relay.trouble = (path) => (path === '/deployment.js' ? held : undefined);
    await Promise.all([one.goto(relay.page('/one', { head: relay.tag() })), other.goto(relay.page('/other', { head: relay.tag() }))]);
    release();
    await until('both', () => relay.all('hello').length === 2);
    const [a, b] = relay.all('hello');
    assert.deepEqual([a.ids.visit, a.ids.device], [b.ids.visit, b.ids.device]);
    const all = [...a.events, ...b.events];
    assert.deepEqual(new Set(all.map((event) => event.visitID)), new Set([a.ids.visit]));
    assert.deepEqual(names(all).sort(), ['PageEntered', 'PageEntered', 'VisitStarted']);
  });

  it('shares its cookies with the sub-domains that the page names, and has its own where that cannot be', async () => {
    const page = await visit({ head: `<script>_gt.push(['config', { domain: '.vendor.example' }])</script>` });
    const { ids } = await hello();
    await until('the visit is kept', () => page.evaluate((visit) => document.cookie.includes('foyer.visit=' + visit), ids.visit));
  });

  it('counts a visit in one order when the clock is set back', async () => {
    const prepare = () => {
      const now = Date.now.bind(Date);
      globalThis.jump = 0;
      Date.now = () => now() + globalThis.jump;
    };
    const page = await visit({}, { prepare });
    await hello();
    const times = [];
    for (const jump of [0, 3_600_000, -3_600_000, -999_999_999]) {
      await page.evaluate((ms) => void (globalThis.jump = ms), jump);
      times.push((await pushed(page, ['event', 'Jump' + jump])).timestamp);
    }
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
    assert.ok(times[2] - times[1] < 60_000, 'the clock goes on from where it was');
  });

  it('gives the next page what a page without network could not send, once and in order', async () => {
    const prepare = () => {
      if (location.pathname === '/offline') Object.defineProperty(navigator, 'onLine', { value: false });
    };
    relay.framed = false;
    const page = await visit({ path: '/offline' }, { prepare });
    await page.locator(aria('button', 'Chat')).wait();
    await push(page, 'event', 'Offline');
    await until('the frame is refused', () => relay.asked.includes('/bridge.html'));
    relay.framed = true;
    await page.goto(relay.page('/online'));
    const { events } = await hello();
    assert.deepEqual(names(events), ['VisitStarted', 'PageEntered', 'Offline', 'PageExited', 'PageEntered']);
    assert.equal(await page.evaluate(() => localStorage.getItem('foyer.demo.events')), null);
    // What went by beacon is the same, under the same ids.
    for (const beacon of relay.beacons) assert.ok(events.some((event) => event.eventID === beacon.eventID));
  });

  it('does not bring Go where the browser saves data, sends a burst in one request, and starts on intent', async () => {
    const prepare = () => Object.defineProperty(navigator, 'connection', { value: { saveData: true, effectiveType: '4g' } });
    const page = await visit({}, { prepare });
    await until('the page is entered', () => names(relay.beacons).includes('PageEntered'));
    await page.evaluate(() => {
      for (let i = 0; i < 30; i++) globalThis._gt.push(['event', 'E' + i]);
    });
    await until('all', () => relay.beacons.length === 32);
    const requests = relay.asked.filter((path) => path === '/native/v1/events').length;
    assert.equal(requests, 2);
    assert.deepEqual(names(relay.beacons).slice(2), Array.from({ length: 30 }, (_, i) => 'E' + i));
    assert.equal(relay.asked.includes('/bridge.html'), false);
    await page.locator(aria('button', 'Chat')).hover();
    assert.deepEqual((await hello()).events, []);
  });

  it('sends what happens while a request is under way with the next one', async () => {
    const prepare = () => {
      Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
      const { fetch } = globalThis;
      globalThis.fetch = (url, options) => {
        const answer = fetch(url, options);
        globalThis.fetch = fetch;
        globalThis._gt.push(['event', 'Meanwhile']);
        return answer;
      };
    };
    await visit({}, { prepare });
    await until('the event', () => names(relay.beacons).includes('Meanwhile'));
    assert.deepEqual(names(relay.beacons), ['VisitStarted', 'PageEntered', 'Meanwhile']);
  });

  it('keeps what two tabs without network leave', async () => {
    const prepare = () => {
      if (location.pathname !== '/online') Object.defineProperty(navigator, 'onLine', { value: false });
    };
    relay.react = '() => {}'; // the relay takes nothing
    const [one, other] = [await visit({ path: '/one' }, { prepare }), await visit({ path: '/other' }, { prepare })];
    await until('both', () => relay.all('hello').length === 2);
    await push(one, 'event', 'InOne');
    await push(other, 'event', 'InOther');
    await one.goto('about:blank');
    await other.goto('about:blank');
    await one.goto(relay.page('/online'));
    const { events } = await hello(2);
    for (const name of ['InOne', 'InOther']) assert.equal(names(events).filter((each) => each === name).length, 1, name);
  });

  /** Addresses of pages of one document, in the order in which they were entered. */
  const entered = () => tracked().filter((event) => event.eventName === 'PageEntered').map((event) => event.url.replace(/^.*?:\d+/, ''));

  it('a view of a single-page application is a page, also behind #/; a place in a page, or a replaced address, is none', async () => {
    const page = await visit();
    await hello();
    await page.evaluate(() => {
      history.pushState({}, '', '/one');
      history.pushState({ same: true }, '', '/one');
      history.replaceState({}, '', '/one?sort=price');
      location.hash = 'reviews';
      location.hash = '#/cart';
      location.hash = '#!/pay';
    });
    await until('all', () => entered().length === 4);
    assert.deepEqual(entered(), ['/', '/one', '/one?sort=price#/cart', '/one?sort=price#!/pay']);
    await page.goBack();
    await until('back', () => entered().length === 5);
    assert.equal(new Set(tracked().map((event) => event.pageID)).size, 5);
  });

  it('notices the views of an application in a browser without the Navigation API', async () => {
    const prepare = () => {
      Object.defineProperty(globalThis, 'navigation', { value: undefined });
      const { setInterval } = globalThis;
      const looks = [];
      // @ts-expect-error what looks at the address is called by the test
      globalThis.setInterval = (fn, ms) => (ms < 1000 ? looks.push(fn) : setInterval(fn, ms));
      globalThis.look = () => looks.forEach((fn) => fn());
    };
    const page = await visit({}, { prepare });
    await hello();
    for (const [change, address] of [['replaceState', '/replaced'], ['pushState', '/one']]) {
      await page.evaluate((how, to) => {
        history[how]({}, '', to);
        globalThis.look();
      }, change, address);
    }
    await until('the view', () => entered().length === 2);
    await page.evaluate(() => history.back());
    await until('back', () => entered().length === 3);
    assert.deepEqual(entered(), ['/', '/one', '/replaced']);
  });

  it('opening the chat is no consent to be tracked', async () => {
    relay.deployment.consent = true;
    const page = await visit();
    await page.locator(aria('button', 'Chat')).click();
    const { events, tracked: may } = await hello();
    assert.deepEqual([events, may], [[], false]);
    await push(page, 'event', 'Secret');
    await push(page, 'consent', true);
    await until('tracked', () => relay.all('page').some(({ what }) => what === 'tracked'));
    await until('what waited', () => names(tracked()).includes('Secret'));
  });

  it('who refuses is never tracked, gets ids that nobody keeps, and still may chat', async () => {
    const page = await visit({ head: `<script>_gt.push(['consent', false]); _gt.push(['getIDs', (ids) => (window.given = ids)])</script>` });
    await page.locator(aria('button', 'Chat')).wait();
    await push(page, 'event', 'Secret');
    const given = await page.evaluate(() => globalThis.given);
    assert.deepEqual(Object.keys(given), ['visitID', 'globalVisitID', 'pageID']);
    for (const value of Object.values(given)) assert.match(value, id);
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
    await page.locator(aria('button', 'Chat')).click();
    assert.deepEqual((await hello()).events, []);
    await page.goto('about:blank');
    assert.deepEqual([tracked(), relay.beacons], [[], []]);
  });

  it('a page that is prepared in advance is entered once, when the visitor comes', async () => {
    const prepare = () => {
      let prerendering = true;
      Object.defineProperty(document, 'prerendering', { get: () => prerendering });
      globalThis.activate = () => {
        prerendering = false;
        document.dispatchEvent(new Event('prerenderingchange'));
      };
    };
    const page = await visit({}, { prepare });
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    assert.equal(relay.hints, '');
    await page.evaluate(() => globalThis.activate());
    assert.deepEqual(names((await hello()).events), ['VisitStarted', 'PageEntered']);
  });

  it('a page that comes back from the cache is left once and entered once more', async () => {
    const page = await visit();
    const { ids } = await hello();
    await page.evaluate(() => {
      for (const type of ['pagehide', 'pageshow']) globalThis.dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
    });
    await page.goto('about:blank');
    const all = () => [...new Map([...tracked(), ...relay.beacons].map((event) => [event.eventID, event])).values()];
    // Requests of worker and page come as they like: how often a page was left is seen from its id.
    await until('left for good', () => names(all()).filter((name) => name === 'PageExited').length === 2 && all().length === 5);
    const inOrder = all().sort((a, b) => a.timestamp - b.timestamp);
    assert.deepEqual(names(inOrder), ['VisitStarted', 'PageEntered', 'PageExited', 'PageEntered', 'PageExited']);
    const [, entered, exited, again] = inOrder;
    assert.deepEqual([entered.pageID, exited.pageID, again.visitID], [ids.page, ids.page, ids.visit]);
    assert.notEqual(again.pageID, ids.page);
  });

  it('recognizes in the next visit who signed in, until the visitor withdraws', async () => {
    const page = await visit();
    await hello();
    await push(page, 'sendSignIn', { userID: 'ada@example.com' });
    await until('signed in', () => names(tracked()).includes('SignIn'));
    await page.evaluate(() => (document.cookie = 'foyer.visit=;path=/;max-age=0'));
    await page.goto(relay.page('/later'));
    const { events, newVisit } = await hello(1);
    assert.equal(newVisit, true);
    const known = events.find((event) => event.eventName === 'UserInfo');
    assert.deepEqual([known.eventType, known.data], ['SYSTEM', { userID: 'ada@example.com' }]);
    await push(page, 'consent', false);
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
  });
});
