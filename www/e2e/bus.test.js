// The bus on pages of customers of every habit, with a worker of paper in place of Go.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paperStage } from './harness/paper-stage.js';
import { aria } from './harness/person.js';
import { until } from './harness/until.js';

const button = aria('button', 'Chat');

/** Settles every command with its own data, and does what `also` says. */
const echo = (also = '') => `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  ${also}
  if (message.t === 'command') post({ t: 'settle', n: message.n, ok: true, value: message.data });
}`;

/** Calls a service with every command, and settles it with the answer. */
const serving = (call) => `(message, post, state) => {
  if (message.t === 'config') state.config = message;
  if (message.t === 'command') {
    state.n = message.n;
    post({ t: 'call', n: 1, ...(${call})(message.data, state) });
  }
  if (message.t === 'result') post({ t: 'settle', n: state.n, ok: true, value: [message.ok, message.value] });
}`;

describe('the bus', () => {
  let relay, person;
  paperStage({
    expected: [/their own mistake/, /missing.js/],
    each(scene) {
      ({ relay, person } = scene);
      relay.deployment.monitoring = false;
      relay.react = echo();
    },
  });

  const visit = async (options = {}) => {
    const page = await person.tab();
    await page.goto(relay.page('/', options));
    return page;
  };
  const foyer = () => relay.tag('data-deployment="demo"');
  const cxbus = (attributes = '') => `<script ${attributes} src="${relay.base}/widgets/9.0/cxbus.min.js"></script>`;
  const script = (text) => `<script>${text}</script>`;
  const heard = (t) => until(t, () => relay.all(t)[0]);

  describe('its parts', () => {
    it('gives the same handle to everybody who registers a name', async () => {
      const page = await visit({ head: foyer() });
      assert.deepEqual(
        await page.evaluate(() => {
          const { CXBus, _genesys } = globalThis;
          const mine = CXBus.registerPlugin('Mine');
          return [mine === _genesys.widgets.bus.registerPlugin('Mine'), mine.namespace(), typeof _genesys.widgets.bus.registerPlugin];
        }),
        [true, 'Mine', 'function'],
      );
    });

    it('keeps a broken subscriber from the others, and takes a plugin’s own away without the others’', async () => {
      const page = await visit({ head: foyer() });
      const seen = await page.evaluate(() => {
        const [a, b] = ['A', 'B'].map((name) => globalThis.CXBus.registerPlugin(name));
        const log = [];
        const first = (e) => log.push('a' + e.data);
        b.subscribe('A.said', () => { throw new Error('their own mistake'); });
        a.subscribe('A.said', first);
        b.subscribe('A.said', (e) => log.push('b' + e.data + e.event + e.publisher + typeof e.time));
        a.publish('said', 1);
        b.unsubscribe('A.said');
        a.publish('A.said', 2);
        a.unsubscribe('A.said', first);
        a.publish('said', 3);
        return log;
      });
      assert.deepEqual(seen, ['a1', 'b1A.saidAnumber', 'a2']);
    });

    it('gives who comes late what was republished, and says ready once', async () => {
      const page = await visit({ head: foyer() });
      const seen = await page.evaluate(() => {
        const plugin = globalThis.CXBus.registerPlugin('Late');
        const log = [];
        plugin.republish('news', 'old');
        plugin.publish('gone', 1);
        for (const name of ['news', 'gone', 'ready']) plugin.subscribe('Late.' + name, (e) => log.push([name, e.data ?? null]));
        plugin.ready();
        plugin.republish('ready');
        plugin.subscribe('Late.ready', () => log.push('ready'));
        return log;
      });
      assert.deepEqual(seen, [['news', 'old'], ['ready', null], 'ready']);
    });

    it('runs commands of plugins, also those that are registered later; before may change them or cancel', async () => {
      const page = await visit({ head: foyer() });
      const outcome = await page.evaluate(async () => {
        const { CXBus } = globalThis;
        const early = CXBus.command('Later.add', { n: 1 });
        const plugin = CXBus.registerPlugin('Later');
        plugin.before('Later.add', (data) => ({ n: data.n + 1 }));
        plugin.registerCommand('add', (e) => e.deferred.resolve([e.data.n, e.commander, e.command]));
        plugin.registerCommand('break', () => { throw new Error('their own mistake'); });
        CXBus.before('Later.never', () => false);
        const failed = (promise) => promise.then(() => 'resolved', (reason) => String(reason));
        return [
          await early,
          await plugin.command('Later.add', { n: 5 }),
          await failed(CXBus.command('Later.break')),
          await failed(CXBus.command('Later.never')),
        ];
      });
      assert.deepEqual(outcome, [[2, 'CXBus', 'Later.add'], [6, 'Later', 'Later.add'], 'Error: their own mistake', 'cancelled']);
    });

    it('rejects a command that nobody registers, with a text', async () => {
      const page = await visit({ head: foyer() + script('globalThis.setTimeout = ((real) => (fn, ms) => real(fn, ms === 10000 ? 1 : ms))(setTimeout);') });
      assert.equal(await page.evaluate(() => globalThis.CXBus.command('Nobody.does').then(String, (reason) => reason)), 'unknown command Nobody.does');
      assert.equal(relay.asked.includes('/bridge.html'), false);
    });

    it('has deferreds that chain, and can be awaited', async () => {
      const page = await visit({ head: foyer() });
      const seen = await page.evaluate(async () => {
        const plugin = globalThis.CXBus.registerPlugin('P');
        const log = [];
        plugin.registerCommand('yes', (e) => e.deferred.resolve(1, 2));
        plugin.registerCommand('no', (e) => e.deferred.reject('because'));
        const yes = plugin.command('P.yes');
        log.push(yes.state());
        yes.done((a, b) => log.push([a, b])).fail(() => log.push('wrong')).always(() => log.push('always'));
        log.push(await yes, yes.state(), yes.promise().state());
        log.push(await plugin.command('P.no').then(null, (reason) => 'for ' + reason));
        try {
          await plugin.command('P.no');
        } catch (reason) {
          log.push(reason);
        }
        await plugin.command('P.yes').finally(() => log.push('finally'));
        plugin.registerCommand('pass', (e) => plugin.command('P.yes').then(e.deferred.resolve, e.deferred.reject));
        log.push(await plugin.command('P.pass'));
        return log;
      });
      assert.deepEqual(seen, ['pending', [1, 2], 'always', 1, 'resolved', 'resolved', 'for because', 'because', 'finally', 1]);
    });

    it('says who has registered and subscribed what', async () => {
      const page = await visit({ head: cxbus() });
      const { registry, subscribers } = await page.evaluate(async () => {
        const { CXBus } = globalThis;
        await CXBus.loadPlugin('widgets-core');
        const plugin = CXBus.registerPlugin('P');
        plugin.registerCommand('do', () => {});
        plugin.registerEvents(['done']);
        plugin.subscribe('WebChat.opened', () => {});
        return { registry: CXBus.registry(), subscribers: plugin.subscribers() };
      });
      assert.deepEqual(registry.P, { commands: ['do'], events: ['done'] });
      assert.ok(registry.WebChat.commands.includes('injectMessage') && registry.WebChatService.events.includes('messageReceived'));
      assert.deepEqual(subscribers['WebChat.opened'], ['P']);
    });
  });

  describe('loading', () => {
    it('does what the most common tag of the vendor does, in its onload', async () => {
      const onload = "CXBus.configure({debug:false,pluginsPath:'/widgets/9.0/plugins/'}); CXBus.loadPlugin('widgets-core'); window.loaded = true";
      const page = await visit({
        head: script('window._genesys = { widgets: { webchat: { chatButton: { enabled: true }, transport: { deploymentKey: "K", orgGuid: "O" } } } };') + cxbus(`onload="${onload}"`),
      });
      await page.locator(button).wait();
      assert.equal(relay.hints, '?name=&key=K&org=O');
    });

    it('waits for the plugin under the name of the bus, and shows no button that the page has not asked for', async () => {
      const page = await visit({ head: cxbus() });
      await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
      assert.equal(relay.asked.includes('/deployment.js'), false);
      const loaded = await page.evaluate(async () => {
        await globalThis.CXBus.configure({});
        await globalThis.CXBus.loadPlugin('widgets-core');
        await new Promise((resolve) => globalThis.CXBus.subscribe('WebChatService.ready', resolve));
        return [globalThis.CXBus.data('WebChat.open'), await globalThis.CXBus.command('WebChatService.verifySession')];
      });
      assert.deepEqual(loaded, [false, { sessionActive: false }]);
      assert.equal(relay.asked.includes('/bridge.html'), false); // nothing of this needs Go
      assert.equal(await page.$$eval('.cx-side-button-group', (all) => all.some((e) => !e.hidden)), false);
    });

    it('is the tracker alone under its name, until the bus comes', async () => {
      const gtc = `<script src="${relay.base}/server/resources/js/build/GTC.min.js"></script>`;
      relay.deployment.monitoring = true;
      const page = await visit({ head: gtc });
      assert.equal((await heard('hello')).deployment.chat, false);
      await page.addScriptTag({ url: relay.base + '/widgets/9.0/cxbus.min.js' });
      await page.evaluate(() => globalThis.CXBus.loadPlugin('widgets-core'));
      await until('a hello with chat', () => relay.all('hello').at(-1).deployment.chat);
    });

    it('loads plugins and files of the page’s own', async () => {
      for (const name of ['mine.min', 'other', 'file']) relay.scripts[`/own/${name}.js`] = `window.files = (window.files || []).concat('${name}')`;
      const page = await visit({ head: cxbus() });
      const outcome = await page.evaluate(async () => {
        const { CXBus } = globalThis;
        await CXBus.configure({ pluginsPath: '/own/', pluginMap: { mapped: '/own/other.js' } });
        for (const name of ['mine', 'mapped', 'cx-webchat']) await CXBus.loadPlugin(name);
        await CXBus.loadFile('/own/file.js');
        const missing = await CXBus.loadFile('/own/missing.js').then(String, (reason) => reason);
        return [globalThis.files, missing.includes('could not be loaded')];
      });
      assert.deepEqual(outcome, [['mine.min', 'other', 'file'], true]);
    });

    it('plays what a page without the script had queued', async () => {
      const stub = 'window.CXBus = window.CXBus || new Proxy({ q: [] }, { get: (t, k) => k === "q" ? t.q : (...a) => new Promise((y, n) => t.q.push([k, a, y, n])) });';
      const page = await visit({ head: script(stub + 'window.early = CXBus.command("WebChat.open", { id: 1 }); CXBus.subscribe("WebChat.ready", () => (window.sawReady = true));') + foyer() });
      assert.deepEqual(await page.evaluate(async () => [await globalThis.early, globalThis.sawReady]), [{ id: 1 }, true]);
    });
  });

  describe('the page’s objects', () => {
    it('has a bus and a transport in every object that the page assigns', async () => {
      const page = await visit({ head: foyer() });
      const seen = await page.evaluate(() => {
        const log = [];
        const look = () => log.push([typeof globalThis._genesys.widgets.bus.command, typeof globalThis._genesys.widgets.webchat.transport]);
        look();
        globalThis._genesys = { widgets: { main: { theme: 'dark' } } };
        look();
        globalThis._genesys.widgets = { webchat: { userData: { a: 1 } } };
        look();
        globalThis._genesys.widgets.webchat = { transport: { type: 'x' } };
        look();
        globalThis._genesys = {};
        look();
        globalThis._genesys = Object.freeze({ widgets: Object.freeze({ webchat: Object.freeze({ transport: {} }) }) });
        log.push(typeof globalThis._genesys.widgets.webchat.transport);
        return log;
      });
      assert.deepEqual(seen, [...Array(5).fill(['function', 'object']), 'object']);
    });

    it('works where the page declared _genesys with var', async () => {
      const page = await visit({ head: script('var _genesys = { widgets: { webchat: { userData: { first: 1 } } } };') + foyer() });
      assert.equal(await page.evaluate(() => typeof globalThis._genesys.widgets.bus.command), 'function');
      await page.evaluate(() => {
        globalThis._genesys = { widgets: { webchat: { userData: { second: 2 } } } };
        return globalThis.CXBus.command('WebChat.open');
      });
      assert.deepEqual((await heard('config')).webchat.userData, { second: 2 });
      assert.equal(await page.evaluate(() => typeof globalThis._genesys.widgets.bus.command), 'function');
    });

    it('is told to Go whatever else lies in it', async () => {
      const page = await visit({ head: foyer() });
      await page.evaluate(() => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.src = 'data:text/html,elsewhere';
        const userData = { big: 2n ** 64n, opener: frame.contentWindow, frame, get broken() { throw new Error('their own mistake'); } };
        return new Promise((resolve) => (frame.onload = resolve)).then(() => {
          globalThis._genesys.widgets.webchat = { userData, emojis: true };
          return globalThis.CXBus.command('WebChat.open');
        });
      });
      const { webchat } = await heard('config');
      assert.deepEqual([webchat.emojis, webchat.userData.big, webchat.userData.opener, webchat.userData.broken], [true, '18446744073709551616', null, null]);
    });

    it('has a bus again where its copy went through JSON', async () => {
      const page = await visit({ head: foyer() });
      const kinds = await page.evaluate(() => {
        globalThis._genesys.widgets = JSON.parse(JSON.stringify(globalThis._genesys.widgets));
        return [typeof globalThis._genesys.widgets.bus.command, typeof globalThis._genesys.widgets.webchat.transport];
      });
      assert.deepEqual(kinds, ['function', 'object']);
    });

    it('calls onReady, whenever it is set, once', async () => {
      const page = await visit({
        head: script('window.calls = []; window._genesys = { widgets: { onReady: (bus) => calls.push(["before", bus === CXBus]) } };') + foyer(),
      });
      await page.evaluate(() => {
        globalThis._genesys.widgets.onReady = (bus) => globalThis.calls.push(['later', typeof bus.command]);
        globalThis._genesys = { widgets: { onReady: () => globalThis.calls.push(['with another object']) } };
        void globalThis._genesys.widgets.onReady;
      });
      await until('all three', () => page.evaluate(() => globalThis.calls.length >= 3));
      assert.deepEqual(await page.evaluate(() => globalThis.calls), [['before', true], ['later', 'function'], ['with another object']]);
    });

    it('runs extensions with jQuery, the bus and Common, also those that come later', async () => {
      const extension = (name) => `function ($, CXBus, Common) { calls.push(['${name}', $.fn.jquery.split('.')[0], typeof CXBus.command, Common.Generate.Container({ title: '${name}' }).find('.cx-title').text()]); }`;
      const page = await visit({
        head: script(`window.calls = []; window._genesys = { widgets: { extensions: { One: ${extension('one')} } } };`) + foyer(),
      });
      await page.evaluate(`_genesys.widgets.extensions.Two = ${extension('two')}`);
      await page.evaluate(`_genesys.widgets.extensions = { Three: ${extension('three')}, None: () => calls.push('none') }`);
      await until('all', () => page.evaluate(() => globalThis.calls.length >= 4));
      const row = (name) => [name, '3', 'function', name];
      assert.deepEqual(await page.evaluate(() => globalThis.calls), [row('one'), row('two'), row('three'), 'none']);
    });

    it('brings no jQuery where nobody takes it, and takes the page’s own', async () => {
      const page = await visit({
        head: script('window.calls = []; window.jQuery = window.$ = Object.assign((e) => e, { fn: { jquery: "1.0 of the page" } }); window._genesys = { widgets: { extensions: { A: ($) => calls.push($.fn.jquery), B: () => calls.push("b") } } };') + foyer(),
      });
      await until('both', () => page.evaluate(() => globalThis.calls.length === 2));
      assert.deepEqual(await page.evaluate(() => globalThis.calls), ['1.0 of the page', 'b']);
      assert.equal(relay.asked.some((path) => path.startsWith('/jquery')), false);
    });
  });

  describe('towards Go', () => {
    it('tells the configuration at hello, and when it changed before a command', async () => {
      relay.react = `(message, post, state) => {
        (state.order ||= []).push(message.t);
        if (message.t === 'command') post({ t: 'settle', n: message.n, ok: true, value: state.order });
      }`;
      const page = await visit({
        head: script('window._genesys = { widgets: { main: { theme: "dark" }, webchat: { userData: { a: 1 }, transport: { async: { getSessionData() {} } } } } };') + foyer(),
      });
      const order = await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
      assert.deepEqual(order, ['hello', 'config', 'command']);
      const first = await heard('config');
      assert.deepEqual(first, { t: 'config', main: { theme: 'dark' }, webchat: { userData: { a: 1 }, transport: { async: { getSessionData: { $fn: 0 } } } } });
      const later = await page.evaluate(async () => {
        globalThis._genesys.widgets.webchat.userData.a = 2;
        await globalThis.CXBus.command('WebChat.close');
        return globalThis.CXBus.command('WebChat.open');
      });
      assert.deepEqual(later, ['hello', 'config', 'command', 'config', 'command', 'command']);
    });

    it('tells nothing of a configuration that the page does not have', async () => {
      const page = await visit({ head: foyer() });
      await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
      await heard('command');
      assert.deepEqual(relay.all('config'), []);
    });

    it('says once on the console that the relay is used in place of a vendor’s host', async () => {
      const page = await person.tab();
      const said = [];
      page.on('console', (message) => /dataURL|preload/.test(message.text()) && said.push(message.text()));
      await page.goto(relay.page('/', { head: script('window._genesys = { widgets: { main: { preload: [] }, webchat: { transport: { dataURL: "https://api.mypurecloud.com" } } } };') + foyer() }));
      await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
      await until('the view is there', () => said.length === 2);
      await page.evaluate(() => globalThis.CXBus.command('WebChat.configure', {}));
      assert.deepEqual(said.sort(), [`[foyer] dataURL is "https://api.mypurecloud.com": the chat goes to ${relay.base} instead`, '[foyer] main.preload is not used: everything is there from the beginning']);
    });

    it('sends functions, expressions and elements as references, and gives them back', async () => {
      const page = await visit({ head: foyer(), body: '<input id="field">' });
      const same = await page.evaluate(async () => {
        const { CXBus } = globalThis;
        const fn = () => {};
        const field = document.querySelector('#field');
        const other = document.body;
        const jq = { 0: field, 1: other, length: 2, jquery: '3', get: () => field };
        const back = await CXBus.command('WebChat.configure', { fn, again: fn, list: [/a+/gi], field, jq, none: { length: 0, jquery: '3', get() {} }, when: new Date(5), skip: window, sym: Symbol('x') });
        return [back.fn === fn, back.again === fn, back.list[0].source, back.list[0].flags, back.field === field, back.jq === field, back.none, back.when.getTime(), back.skip, back.sym];
      });
      assert.deepEqual(same, [true, true, 'a+', 'gi', true, true, null, 5, null, null]);
      const { data } = await heard('command');
      assert.deepEqual(data.list, [{ $re: { source: 'a+', flags: 'gi' } }]);
      assert.deepEqual([data.fn, data.again], [{ $fn: 0 }, { $fn: 0 }]);
      assert.deepEqual(data.jq, { ...data.field, more: [data.jq.more[0]] });
    });

    it('rejects data that holds itself, with a reason', async () => {
      const page = await visit({ head: foyer() });
      const reasons = await page.evaluate(async () => {
        const circle = { a: { b: [] } };
        circle.a.b.push(circle);
        const twice = { same: 1 };
        const reason = (name, data) => globalThis.CXBus.command(name, data).then((value) => value, String);
        return [
          await reason('WebChatService.startChat', { userData: circle }),
          await reason('WebChatService.updateUserData', circle),
          await reason('WebChat.open', circle),
          await reason('WebChat.open', { x: twice, y: twice }),
        ];
      });
      const malformed = 'malformed data object provided in userData property.';
      assert.deepEqual(reasons, [malformed, malformed, 'the data of WebChat.open holds itself', { x: { same: 1 }, y: { same: 1 } }]);
    });

    it('calls functions of the page with what Go names, and tells what they throw', async () => {
      relay.react = serving('(data) => ({ service: "fn", args: { fn: data.fn.$fn, args: data.args } })');
      const page = await visit({ head: foyer(), body: '<input id="field" value="typed">' });
      const outcome = await page.evaluate(async () => {
        const call = (fn, ...args) => globalThis.CXBus.command('WebChat.x', { fn, args });
        return [
          await call((message) => ({ ...message, text: message.text + '!' }), { text: 'hi' }),
          await call(async (n) => n + 1, 1),
          await call(() => { throw new Error('their own mistake'); }),
          await call((input, $, CXBus, Common) => [input.val(), $.fn.jquery[0], CXBus === globalThis.CXBus, typeof Common.linkify], { $select: '#field' }, { $page: '$' }, { $page: 'CXBus' }, { $page: 'Common' }),
        ];
      });
      assert.deepEqual(outcome, [[true, { text: 'hi!' }], [true, 2], [false, 'Error: their own mistake'], [true, ['typed', '3', true, 'function']]]);
    });

    it('keeps session data in a cookie of the page, as the samples do', async () => {
      relay.react = serving(`(data, state) => {
        const { async } = state.config.webchat.transport;
        const fn = async[data.what].$fn;
        const page = [{ $page: 'Cookie' }, { $page: 'CookieOptions' }];
        return { service: 'fn', args: { fn, args: [data.what === 'getSessionData' ? { token: 'a;b=ü' } : true, ...page] } };
      }`);
      const page = await visit({
        head: script(`window._genesys = { widgets: { webchat: { transport: { async: { enabled: true,
          getSessionData: function (sessionData, Cookie, CookieOptions) { Cookie.set('own', JSON.stringify(sessionData), CookieOptions); },
          setSessionData: function (Open, Cookie, CookieOptions) { return Cookie.get('own'); } } } } } };`) + foyer(),
      });
      const run = (what) => page.evaluate((what) => globalThis.CXBus.command('WebChat.x', { what }), what);
      await run('getSessionData');
      assert.ok((await page.evaluate(() => document.cookie)).startsWith('own=%7B'));
      assert.deepEqual(await run('setSessionData'), [true, '{"token":"a;b=ü"}']);
    });

    it('matches with the browser’s own expressions, without their state', async () => {
      relay.react = serving('(data) => ({ service: "test", args: { filters: data.list.map((re) => re.$re).concat({ source: "(" }), text: data.text } })');
      const page = await visit({ head: foyer() });
      const test = () => page.evaluate(() => globalThis.CXBus.command('WebChat.x', { list: [/b/g, /^B/iy, /z/], text: 'bb' }));
      assert.deepEqual([await test(), await test()], Array(2).fill([true, [true, true, false, false]]));
    });

    it('tells of typing in a field of the page’s own', async () => {
      relay.react = `(message, post) => {
        if (message.t === 'command' && message.name === 'WebChatService.registerTypingPreviewInput') post({ t: 'call', n: message.n, service: 'field', args: { el: message.data.input?.$el } });
        if (message.t === 'result') post({ t: 'settle', n: message.n, ok: true, value: message.value });
      }`;
      const page = await visit({ head: foyer(), body: '<input id="field"><p id="no"></p>' });
      const register = (id) => page.evaluate((id) => globalThis.CXBus.command('WebChatService.registerTypingPreviewInput', { input: document.getElementById(id) }), id);
      assert.deepEqual([await register('no'), await register('field')], [false, true]);
      await page.type('#field', 'hey');
      const typing = await until('typing', () => relay.all('command').filter((command) => command.name === 'WebChatService.sendTyping').at(-1));
      assert.ok('hey'.startsWith(typing.data.message));
    });
  });

  it('has a Common with the helpers that pages use', async () => {
    const page = await visit({ head: cxbus() });
    const seen = await page.evaluate(async () => {
      await globalThis.CXBus.loadPlugin('widgets-core');
      const { common } = globalThis._genesys.widgets;
      const holder = document.createElement('div');
      holder.innerHTML = '<p class="i18n" data-message="A"></p><input data-message="B"><i data-icon="close"></i>';
      common.updateTemplateI18n(holder, { A: 'text' });
      common.populateAllPlaceholders(holder, { B: 'hint' });
      common.insertIcons(holder);
      const watched = { a: 1 };
      const changes = [];
      common.watch(watched, 'a', (next, last) => changes.push([last, next]));
      watched.a = 2;
      const container = common.Generate.Container({ type: 'overlay', title: 'T', body: '<b>B</b>', buttons: { type: 'binary', primary: 'Yes', secondary: 'No' } });
      const alerted = document.body.appendChild(document.createElement('div'));
      alerted.className = 'cx-widget';
      alerted.innerHTML = '<button class="cx-button-close" aria-label="Shut"></button><input>';
      const field = alerted.querySelector('input');
      field.focus();
      const alert = (list, options) => {
        const shown = common.showAlert(list, options);
        const [button] = shown.querySelectorAll('button');
        const is = [shown.textContent, shown.getAttribute('role'), shown.parentNode === alerted, document.activeElement === button, field.hasAttribute('inert')];
        return [...is, button];
      };
      const [firstAlert, secondAlert] = [alert(alerted, { text: 'No <b>', buttonText: 'Fine' }), alert([alerted], { text: 'No' })];
      secondAlert.pop().dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      firstAlert.pop();
      const alerts = [firstAlert, secondAlert, alerted.querySelectorAll('.cx-alert').length, document.activeElement === field, field.hasAttribute('inert')];
      return {
        alerts,
        all: 'Generate linkify config checkPath createFormField watch addIcons debug log error populateAllPlaceholders insertIcons updateTemplateI18n showAlert'.split(' ').filter((name) => !common[name]),
        linked: [...common.linkify('「https://x.example/e」です (https://x.example/t_(c)).').matchAll(/href="(.*?)"/g)].map(([, href]) => href),
        links: common.linkify('see <https://x.example/a?b=1>, www.y.example. or a@b.example'),
        path: [common.checkPath({ a: { b: 0 } }, 'a.b'), common.checkPath({}, 'a.b') === undefined],
        texts: [holder.querySelector('p').textContent, holder.querySelector('input').placeholder, !!holder.querySelector('svg')],
        changes,
        container: [container.querySelector('.cx-title').textContent, container.querySelector('.cx-body b').textContent, [...container.querySelectorAll('.cx-buttons-binary button')].map((e) => e.textContent)],
        field: common.createFormField({ id: 'f', type: 'select', label: 'L', options: [{ text: 'One', value: 1 }, 'Two'] }).querySelector('select').options.length,
        config: common.config === globalThis._genesys.widgets,
      };
    });
    assert.deepEqual(seen, {
      alerts: [['No <b>Fine', 'alertdialog', true, true, true], ['NoShut', 'alertdialog', true, true, true], 0, true, false],
      all: [],
      linked: ['https://x.example/e', 'https://x.example/t_(c)'],
      links:
        'see &lt;<a href="https://x.example/a?b=1" target="_blank" rel="noopener noreferrer">https://x.example/a?b=1</a>&gt;, ' +
        '<a href="https://www.y.example" target="_blank" rel="noopener noreferrer">www.y.example</a>. or ' +
        '<a href="mailto:a@b.example" target="_blank" rel="noopener noreferrer">a@b.example</a>',
      path: [0, true], texts: ['text', 'hint', true], changes: [[1, 2]],
      container: ['T', 'B', ['No', 'Yes']], field: 2, config: true,
    });
  });
});
