// foyer.js and the frame, on pages of customers of every kind, with a worker of paper in place of Go.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paperStage } from './harness/paper-stage.js';
import { aria, popupOf } from './harness/person.js';
import { until } from './harness/until.js';

const button = aria('button', 'Chat');
const id = /^[0-9A-F]{32}$/;

/** Draws a window on WebChat.open and takes it away on close, as Go would. */
const windowed = `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  if (message.t !== 'command') return;
  const open = message.name === 'WebChat.open';
  post({ t: 'view', root: 'webchat', class: 'root', ops: open ? [['new', 1, 'div', 0, 0, { class: 'cx-widget cx-webchat' }, 'the window']] : null });
  post({ t: 'call', n: 0, service: 'button', args: { visible: !open } });
  post({ t: 'mirror', key: 'WebChat.open', value: open });
  post({ t: 'publish', name: open ? 'WebChat.opened' : 'WebChat.closed', data: { n: 1 } });
  post({ t: 'settle', n: message.n, ok: message.name !== 'WebChat.nonsense', value: message.name });
}`;

describe('foyer.js', () => {
  let relay, person;
  paperStage({
    expected: [/Content Security Policy/, /the other one is broken/, /Go could not run/],
    each: (scene) => void ({ relay, person } = scene),
  });

  const visit = async (options = {}, tab = {}) => {
    const page = await person.tab(tab);
    await page.goto(relay.page(options.path ?? '/', options));
    return page;
  };
  const hello = () => until('hello', () => relay.all('hello')[0]);

  it('shows one button from a tag in head, also when it is included twice', async () => {
    const page = await visit({ head: relay.tag() + relay.tag() });
    await page.locator(button).wait();
    assert.equal((await page.$$(button)).length, 1);
  });

  it('asks for nothing of Go before the visitor shows intent, where nothing is monitored', async () => {
    relay.deployment.monitoring = false;
    const page = await visit();
    await page.locator(button).wait();
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
    assert.equal(relay.asked.includes('/bridge.html'), false);
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
    await page.locator(button).hover();
    await hello();
  });

  it('starts Go when a monitored page is idle, and says hello', async () => {
    await visit();
    const { page, ids, newVisit, events, stored, deployment, pass } = await hello();
    assert.equal(page.origin, `http://site.localhost:${relay.port}`);
    assert.equal(page.title, 'Shop');
    for (const value of Object.values(ids)) assert.match(value, id);
    assert.equal(newVisit, true);
    assert.deepEqual(events.map((event) => event.eventName), ['VisitStarted', 'PageEntered']);
    assert.equal(events[1].visitID, ids.visit);
    assert.match(events[1].eventID, id);
    assert.deepEqual(stored, {});
    assert.equal(deployment.name, 'demo');
    assert.equal(pass, 'a pass');
    const { info, shared } = relay.all('connect')[0];
    assert.equal(shared, true);
    assert.deepEqual([info.deployment, info.origin, info.build], ['demo', page.origin, 'build']);
    assert.ok(info.lock);
  });

  it('is one visit and one device over pages, each page with an id of its own, and says when one is left', async () => {
    const page = await visit();
    const first = await hello();
    await page.goto(relay.page('/second'));
    const second = await until('the second hello', () => relay.all('hello')[1]);
    assert.equal(second.newVisit, false);
    assert.equal(second.ids.visit, first.ids.visit);
    assert.equal(second.ids.device, first.ids.device);
    assert.notEqual(second.ids.page, first.ids.page);
    const exit = await until('the exit by beacon', () => relay.beacons.find((event) => event.eventName === 'PageExited'));
    assert.equal(exit.pageID, first.ids.page);
    assert.deepEqual(second.events.map((event) => event.eventName), ['PageEntered']);
  });

  it('sends the events itself when the page goes before Go is there', async () => {
    relay.framed = false;
    const page = await visit();
    await page.locator(button).wait();
    await page.goto('about:blank');
    await until('all three', () => relay.beacons.length === 3);
    const inOrder = [...relay.beacons].sort((a, b) => a.timestamp - b.timestamp);
    assert.deepEqual(inOrder.map((event) => event.eventName), ['VisitStarted', 'PageEntered', 'PageExited']);
  });

  it('forgets what the relay has taken', async () => {
    relay.react = `(message, post) => {
      if (message.t !== 'hello') return;
      post({ t: 'kept', ids: message.events.map((event) => event.eventID) });
      post({ t: 'store', key: 'handle', value: 'what the page does next' });
    }`;
    const page = await visit();
    await until('the page has heard it', () => page.evaluate(() => localStorage.getItem('foyer.demo.handle')));
    await page.evaluate(() => globalThis._gt.push(['event', 'Later']));
    await until('the later event', () => relay.all('track').length);
    await page.goto('about:blank');
    const left = await until('what is left', () => relay.beacons.length && relay.beacons.map((event) => event.eventName));
    assert.deepEqual(left, ['Later', 'PageExited']);
  });

  it('runs what waited in _gt, in every form, and answers getIDs at once', async () => {
    const queue = `<script>
      var _gt = [['config', { languageCode: 'de-DE' }], ['event', 'Old', { data: { a: 1 } }], ['event', { eventName: 'Older', b: 2 }], ['nonsense'], 'nonsense'];
      _gt.push(['getIDs', (ids) => (globalThis.early = ids)]);
    </script>`;
    const page = await visit({ head: queue + relay.tag('data-deployment="demo"') + '<script>_gt.push(["getIDs", (ids) => (globalThis.atOnce = ids)]); globalThis.now = globalThis.atOnce</script>' });
    const { ids, events } = await hello();
    const { early, now } = await page.evaluate(() => ({ early: globalThis.early, now: globalThis.now }));
    assert.deepEqual(now, { visitID: ids.visit, globalVisitID: ids.device, pageID: ids.page });
    assert.deepEqual(early, now);
    const told = events.filter((event) => event.eventType === 'BUSINESS');
    assert.deepEqual(told.map((event) => [event.eventName, event.data, event.languageCode]), [['Old', { a: 1 }, 'de-DE'], ['Older', { b: 2 }, 'de-DE']]);
    await page.evaluate(() => globalThis._gt.push(['event', 'sendSignIn', { data: { userID: 'ada' } }]));
    const { event } = await until('SignIn', () => relay.all('track')[0]);
    assert.deepEqual([event.eventType, event.eventName, event.data], ['SYSTEM', 'SignIn', { userID: 'ada' }]);
  });

  it('takes no element called _gt for a queue', async () => {
    const page = await visit({ head: relay.tag('async id="_gt" data-deployment="demo"') });
    await page.locator(button).wait();
    assert.equal(await page.evaluate(() => Array.isArray(globalThis._gt)), true);
  });

  it('answers commands of the bus through Go, with deferreds, and tells subscribers', async () => {
    relay.react = windowed;
    const page = await visit({ head: relay.tag('data-deployment="demo"') });
    const outcome = await page.evaluate(async () => {
      const log = [];
      const plugin = globalThis.CXBus.registerPlugin('Mine');
      plugin.subscribe('WebChat.opened', () => { throw new Error('the other one is broken'); });
      plugin.subscribe('WebChat.opened', (e) => log.push(['opened', e.data.n]));
      plugin.before('WebChat.open', (options) => ({ ...options, subject: 'changed' }));
      const opened = await new Promise((resolve) => plugin.command('WebChat.open', { form: {} }).done(resolve));
      const refused = await new Promise((resolve) => plugin.command('WebChat.nonsense').fail(resolve));
      plugin.registerCommand('greet', (e) => e.deferred.resolve('hello ' + e.data.name));
      const greeting = await globalThis._genesys.widgets.bus.command('Mine.greet', { name: 'Ada' });
      plugin.republish('ready', 7);
      globalThis.CXBus.subscribe('Mine.ready', (e) => log.push(['sticky', e.data]));
      return { opened, refused, greeting, log, mirror: plugin.data('WebChat.open'), again: globalThis.CXBus.registerPlugin('Mine') === plugin };
    });
    assert.deepEqual(outcome, {
      opened: 'WebChat.open', refused: 'WebChat.nonsense', greeting: 'hello Ada',
      log: [['opened', 1], ['sticky', 7]], mirror: false, again: true,
    });
    const open = await until('the command', () => relay.all('command').find((c) => c.name === 'WebChat.open'));
    assert.deepEqual(open.data, { form: {}, subject: 'changed' });
  });

  it('shows a shell at once on a click, and then the window in its place', async () => {
    relay.deployment.monitoring = false;
    relay.react = windowed.replace("if (message.t === 'hello')", "if (message.t === 'never')");
    const page = await visit();
    await page.locator(button).wait();
    // The click itself, without a pointer that came before and was a first intent.
    const shell = await page.$eval(button, (e) => {
      e.click();
      return document.querySelector('.cx-webchat.cx-shell')?.getAttribute('role');
    });
    assert.equal(shell, 'dialog');
    await until('the window', () => page.evaluate(() => document.querySelector('.cx-webchat')?.textContent === 'the window'));
    await until('no shell', async () => !(await page.$('.cx-shell')));
    await until('no button', () => page.$eval('.cx-side-button-group', (e) => !e.checkVisibility()));
  });

  it('closes the shell, tells Go, and gives the focus back', async () => {
    relay.framed = false;
    const page = await visit();
    await page.locator(button).click();
    await page.locator(aria('button', 'Close')).click();
    await until('the shell is gone', async () => !(await page.$('.cx-shell')));
    await until('the focus is back', () => page.evaluate(() => document.activeElement.getAttribute('aria-label') === 'Chat'));
  });

  it('tells a page of a command, and of what happened, once the window shows it, however late its script comes', async () => {
    relay.react = windowed;
    /** @type {() => void} */
    let release;
    const held = new Promise((resolve) => (release = () => resolve(undefined)));
    relay.trouble = (path) => (path.includes('foyer-view') ? held : undefined);
    const page = await visit();
    const seen = page.evaluate(async () => {
      const { CXBus } = globalThis;
      const shown = () => !!document.querySelector('.cx-widget.cx-webchat');
      const told = [];
      CXBus.subscribe('WebChat.opened', () => void told.push('opened ' + shown()));
      await CXBus.command('WebChat.open');
      return [...told, 'resolved ' + shown()];
    });
    await until('the window is asked for', () => relay.asked.some((path) => path.includes('foyer-view')));
    await until('the command is Go’s', () => relay.all('command').some(({ name }) => name === 'WebChat.open'));
    release();
    assert.deepEqual(await seen, ['opened true', 'resolved true']);
  });

  it('keeps handle, window and draft first-party, and tells of changes by other tabs', async () => {
    relay.react = `(message, post) => {
      if (message.t !== 'hello') return;
      post({ t: 'store', key: 'handle', value: 'h1' });
      post({ t: 'store', key: 'draft', value: 'half' });
      post({ t: 'store', key: 'draft', value: null });
      post({ t: 'store', key: 'other', value: 'never' });
    }`;
    const page = await visit();
    await until('kept', () => page.evaluate(() => localStorage.length === 1 && localStorage.getItem('foyer.demo.handle') === 'h1'));
    const second = await visit({ path: '/second' });
    await until('two pages', () => relay.all('hello').length === 2);
    assert.deepEqual(relay.all('hello')[1].stored, { handle: 'h1' });
    await second.evaluate(() => localStorage.setItem('foyer.demo.window', 'minimized'));
    const { value } = await until('the change', () => relay.all('stored').find((message) => message.key === 'window'));
    assert.equal(value, 'minimized');
  });

  it('starts at once with a stored handle, and brings no button before its open window', async () => {
    relay.deployment.monitoring = false;
    const page = await visit();
    await page.locator(button).wait();
    await page.evaluate(() => {
      localStorage.setItem('foyer.demo.handle', 'h1');
      localStorage.setItem('foyer.demo.window', 'open');
    });
    await page.reload();
    assert.equal((await hello()).stored.handle, 'h1');
    await page.waitForSelector('.cx-side-button-group');
    assert.equal(await page.$eval('.cx-side-button-group', (e) => e.checkVisibility()), false);
  });

  it('runs in a dedicated worker where there is no shared one', async () => {
    await visit({}, { prepare: () => Reflect.deleteProperty(globalThis, 'SharedWorker') });
    await hello();
    assert.equal(relay.all('connect')[0].shared, false);
  });

  it('runs in a dedicated worker where the shared one is refused', async () => {
    const prepare = () => {
      const refusing = class {
        constructor() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        }
      };
      Reflect.set(globalThis, 'SharedWorker', refusing);
    };
    await visit({}, { prepare });
    await hello();
    assert.equal(relay.all('connect')[0].shared, false);
  });

  it('says hello again when Go was restarted, and asks again what was not answered', async () => {
    relay.react = `(message, post, state, owner) => {
      if (message.t === 'hello' && ++state.starts >= 2) post({ t: 'welcome', v: 1 });
      if (message.t !== 'command') return;
      if (state.starts >= 2) post({ t: 'settle', n: message.n, ok: true, value: 'second' });
      else { post({ t: 'gone', reason: 'panic' }); owner.postMessage({ t: 'restarted' }); }
    }`;
    const page = await visit({ head: relay.tag('data-deployment="demo"') });
    assert.equal(await page.evaluate(async () => await globalThis.CXBus.command('WebChat.minimize')), 'second');
    await until('a hello to each start', () => relay.all('hello').length === 2);
  });

  it('makes a new frame when the relay refuses its pass, but not again and again', async () => {
    relay.react = `(message, post) => {
      if (message.t === 'hello') post({ t: 'welcome', v: 1 });
      if (message.t === 'command') post({ t: 'gone', reason: 'pass' });
    }`;
    const page = await visit();
    await hello();
    const frames = () => relay.asked.filter((path) => path === '/bridge.html').length;
    await page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + 25 * 3600e3;
      globalThis.CXBus.command('WebChat.open');
    });
    // The command is asked again, and so refused again, by which time the frame is new.
    await until('the third hello', () => relay.all('hello').length >= 3);
    assert.equal(frames(), 2);
  });

  it('starts a program that dies again and again, fetched once, and connects the page to each', async () => {
    relay.worker = '/' + relay.manifest.files['worker.js'];
    // A valid module without anything that Go's support script needs: it dies at once.
    relay.program = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const countPorts = () => {
      globalThis.ports = 0;
      globalThis.addEventListener('message', (event) => (globalThis.ports += event.data?.t === 'port' ? 1 : 0));
    };
    const page = await visit({}, { prepare: countPorts });
    await until('the third start', () => page.evaluate(() => globalThis.ports >= 3));
    assert.equal(relay.asked.filter((path) => path === '/program.wasm').length, 1);
  });

  for (const [what, action] of Object.entries({
    'the visitor consents': (page) => page.evaluate(() => globalThis._gt.push(['consent', true])),
    'the visitor opens the chat': (page) => page.locator(button).click(),
  })) {
    it(`keeps, sends and frames nothing where consent is asked for, until ${what}`, async () => {
      relay.deployment.consent = true;
      const page = await visit();
      await page.locator(button).hover();
      await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
      await page.evaluate(() => globalThis._gt.push(['event', 'Early']));
      assert.equal(relay.asked.includes('/bridge.html'), false);
      assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
      await action(page);
      await hello();
      await until('the visit is kept', () => page.evaluate(() => document.cookie.includes('foyer.visit=')));
    });
  }

  it('sends nothing when a page without consent is left, and forgets everything when consent is withdrawn', async () => {
    relay.deployment.consent = true;
    const page = await visit();
    await page.locator(button).wait();
    await page.goto(relay.page('/second'));
    await page.locator(button).wait();
    await page.evaluate(() => globalThis._gt.push(['consent', true]));
    const { ids } = await hello();
    assert.deepEqual(relay.beacons.filter((event) => event.pageID !== ids.page), [], 'of the page that was left');
    await page.evaluate(() => {
      localStorage.setItem('foyer.demo.handle', 'h');
      globalThis._gt.push(['consent', false]);
    });
    assert.equal(await page.evaluate(() => document.cookie + localStorage.length), '0');
    // The frame stays until it has forgotten, too.
    await until('the frame is gone', async () => !(await page.$('iframe')));
  });

  it('is not tracked against the signal of the browser, and still chats', async () => {
    const page = await visit({}, { prepare: () => Object.defineProperty(navigator, 'globalPrivacyControl', { value: true }) });
    await page.locator(button).click();
    assert.deepEqual((await hello()).events, []);
    await page.goto('about:blank');
    assert.deepEqual(relay.beacons, []);
  });

  it('opens the hosted chat page from within the click where frames are refused', async () => {
    const policy = `<meta http-equiv="content-security-policy" content="frame-src 'none'">`;
    const page = await visit({ head: policy + relay.tag() });
    await until('refused', () => person.complaints.some((text) => /Content Security Policy/.test(text)));
    const url = new URL((await popupOf(page, () => page.locator(button).click())).url());
    assert.equal(url.pathname + url.search, '/chat/?deployment=demo');
  });

  it('works under a strict policy with Trusted Types', async () => {
    relay.react = windowed;
    relay.headers = {
      'content-security-policy': `default-src 'none'; script-src ${relay.base}; style-src ${relay.base}; frame-src ${relay.base}; require-trusted-types-for 'script'; trusted-types 'none'`,
    };
    const page = await visit();
    await page.locator(button).click();
    await until('the window', () => page.evaluate(() => document.querySelector('.cx-webchat')?.textContent === 'the window'));
    assert.deepEqual(person.complaints, []);
  });

  it('comes back into a document whose body was thrown away', async () => {
    relay.react = windowed;
    const page = await visit();
    await hello();
    await page.evaluate(() => document.body.replaceChildren());
    await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
    await until('the window', () => page.evaluate(() => document.querySelector('.cx-webchat')?.textContent === 'the window'));
  });

  it('takes another view of a single-page application for another page of the visit', async () => {
    const page = await visit();
    const first = await hello();
    await page.evaluate(() => history.pushState({}, '', '/inside'));
    const moved = await until('moved', () => relay.all('moved')[0]);
    assert.equal(moved.ids.visit, first.ids.visit);
    assert.notEqual(moved.ids.page, first.ids.page);
    assert.deepEqual(moved.events.map((event) => [event.eventName, event.pageID]), [['PageExited', first.ids.page], ['PageEntered', moved.ids.page]]);
    await page.evaluate(() => history.replaceState({}, '', '/inside?filter=blue'));
    await page.evaluate(() => history.pushState({}, '', '/inside/two'));
    await until('the third page', () => relay.all('moved').length === 2);
  });
});
