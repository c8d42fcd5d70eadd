// Pages as customers wrote them for Genesys Widgets over ten years, each with the habits of its time: they run unchanged
// when the vendor's host leads to the relay.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { configuration, customersRelay, home } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const jQuery = readFileSync(createRequire(import.meta.url).resolve('jquery/dist/jquery.min.js'), 'utf8');
const host = 'https://apps.mypurecloud.com/widgets/9.0/';
const cxbus = `<script src="${host}cxbus.min.js"></script>`;
const script = (text) => `<script>${text}</script>`;
const core = script("CXBus.loadPlugin('widgets-core');");
const rest = "{ transport: { type: 'pureengage-v3-rest', dataURL: 'https://digital.example/nexus/v3/chat/sessions', endpoint: 'support' } }";
const noChat = { sessionActive: false };

/** The parts of jQuery 2 that took a foreign deferred in, as it did: it asked for progress without looking. */
const jQuery2Habits = `
  var when = function (one, two) {
    var left = 2, values = [], all = jQuery.Deferred();
    [one, two].forEach(function (each, i) {
      each.promise().progress(function () {}).done(function (value) {
        values[i] = value;
        if (!--left) all.resolve.apply(all, values);
      }).fail(all.reject);
    });
    return all.promise();
  };
  var pipe = function (value) {
    var next = jQuery.Deferred();
    value.promise().progress(next.notify).done(next.resolve).fail(next.reject);
    return next;
  };`;

/**
 * logs: in their order, unless they come of commands that do not wait for each other (apart).
 * @type {{ name: string, head: string, scripts?: Record<string, string>, logs: any[], apart?: boolean }[]}
 */
const pages = [
  {
    name: 'the loader without async, with everything in its onload',
    head: configuration(rest) +
      `<script src="${host}cxbus.min.js" onload="javascript:CXBus.configure({debug:false,pluginsPath:'${host}plugins/'}); CXBus.loadPlugin('widgets-core').done(function () { log('core') });"></script>`,
    logs: [['core']],
  },
  {
    name: 'a snippet that adds script and style, and a configuration behind it',
    head: script(`(function (d, tags) {
      tags.forEach(function (tag) {
        var e = d.createElement(tag.type);
        if (tag.type === 'script') { e.src = tag.path; } else { e.rel = 'stylesheet'; e.href = tag.path; }
        d.getElementsByTagName('script')[0].parentNode.insertBefore(e, d.getElementsByTagName('script')[0]);
      });
    })(document, [{ type: 'script', path: '${host}widgets.min.js' }, { type: 'link', path: '${host}widgets.min.css' }]);
    if (!window._genesys) window._genesys = {};
    if (!window._gt) window._gt = [];
    window._genesys.widgets = {
      main: { theme: 'light', themes: { light: 'cx-theme-light' }, lang: 'en', i18n: { en: {} }, downloadGoogleFont: false, preload: ['webchat'], plugins: ['cx-webchat-service', 'cx-webchat'] },
      webchat: { dataURL: 'https://gms.example/genesys/2/chat/shop', apikey: '', userData: { basket: 2 } },
      onReady: function (CXBus) {
        var plugin = CXBus.registerPlugin('Mine');
        plugin.subscribe('WebChatService.ready', function () {
          plugin.command('WebChatService.updateUserData', { more: 1 }).done(function (data) { log(data); });
        });
      },
      extensions: {}
    };
    window._genesys.widgets.extensions['Late'] = function ($, CXBus, Common) {
      var plugin = CXBus.registerPlugin('Late');
      plugin.registerEvents(['ready']);
      plugin.republish('ready');
      plugin.ready();
      plugin.subscribe('Late.ready', function () { log('extension', typeof $.fn, typeof Common.Generate.Container); });
    };`),
    logs: [['extension', 'object', 'function'], [{ basket: 2, more: 1 }]],
  },
  {
    name: 'an object that is assigned anew after the loader',
    head: cxbus + script(`
      window._genesys = {};
      _genesys.widgets = {};
      _genesys.widgets.webchat = ${rest};
      CXBus.loadPlugin('widgets-core').done(function () {
        _genesys.widgets.bus.command('WebChatService.startPoll').fail(function (why) { log(why); });
      });`),
    logs: [['No active chat session.']],
  },
  {
    name: 'a poll for the bus, and commands at once',
    head: configuration(rest) + script(`
      var timer = setInterval(function () {
        if (!window.CXBus || !window._genesys || !_genesys.widgets || !_genesys.widgets.bus) return;
        clearInterval(timer);
        _genesys.widgets.bus.command('WebChatService.verifySession').done(function (e) { log(e); });
      }, 20);
      var s = document.createElement('script');
      s.async = true;
      s.src = '${host}cxbus.min.js';
      s.onload = function () { CXBus.configure({ pluginsPath: '${host}plugins/' }); CXBus.loadPlugin('widgets-core'); };
      document.head.appendChild(s);`),
    logs: [[noChat]],
  },
  {
    name: 'a command before anything is configured or loaded',
    head: cxbus + script("CXBus.command('WebChatService.verifySession').done(function (e) { log(e); });"),
    logs: [[noChat]],
  },
  {
    name: 'plugins that are loaded one in the other',
    head: configuration(rest) + cxbus + script(`
      CXBus.configure({ debug: false, debugTimers: false, pluginsPath: '${host}plugins/' }).done(function () {
        CXBus.loadPlugin('widgets-core').done(function () {
          CXBus.loadPlugin('cx-webchat').done(function () {
            CXBus.loadFile('${host}plugins/cx-own.min.js').done(function () { log('all'); });
          });
        }).fail(function () { log('failed'); }).always(function () { log('always'); });
      });`),
    logs: [['always'], ['all']],
  },
  {
    name: 'one that takes the core for the loader',
    head: configuration(rest) + `<script src="${host}plugins/widgets-core.min.js"></script>` +
      script("_genesys.widgets.bus.command('WebChatService.verifySession').done(function (e) { log(e); });"),
    logs: [[noChat]],
  },
  {
    name: 'deferreds in the hands of jQuery',
    scripts: { '/jquery.js': jQuery },
    head: '<script src="/jquery.js"></script>' + configuration(rest) + cxbus + core + script(`
      $.when(CXBus.command('WebChatService.verifySession'), CXBus.command('WebChatService.getAgents')).done(function (a, b) { log('both', a, b); });
      $.when(CXBus.command('WebChatService.endChat')).fail(function (why) { log('failed', why); });
      $.Deferred().resolve().then(function () { return CXBus.command('WebChatService.verifySession'); }).then(function (e) { log('then', e); });`),
    logs: [['both', noChat, { agents: {} }], ['failed', 'There is no active chat session.'], ['then', noChat]],
    apart: true,
  },
  {
    name: 'deferreds in the hands of an older jQuery',
    scripts: { '/jquery.js': jQuery },
    head: '<script src="/jquery.js"></script>' + configuration(rest) + cxbus + core + script(`${jQuery2Habits}
      when(CXBus.command('WebChatService.verifySession'), CXBus.command('WebChatService.getAgents')).done(function (a, b) { log('both', a, b); });
      pipe(CXBus.command('WebChatService.endChat')).fail(function (why) { log('failed', why); });
      CXBus.command('WebChatService.verifySession').pipe(function (e) { return e.sessionActive; }).done(function (e) { log('piped', e); });`),
    logs: [['both', noChat, { agents: {} }], ['failed', 'There is no active chat session.'], ['piped', false]],
    apart: true,
  },
  {
    name: 'a plugin of its own, with callbacks in the order of jQuery’s',
    head: cxbus + script(`
      var plugin = CXBus.registerPlugin('Own');
      plugin.registerCommand('add', function (e) { e.deferred.resolve(e.data.a + 1, e.commander); });
      var sum = plugin.command('Own.add', { a: 1 });
      log(sum.state());
      sum.done(function (n, who) { log('first', n, who, sum.state()); sum.done(function () { log('added meanwhile'); }); })
        .done([function () { log('second'); }, function () { log('third'); }])
        .fail(function () { log('wrong'); })
        .always(function () { log('always'); setTimeout(function () { log('before'); sum.done(function () { log('at once'); }); log('after'); }); });`),
    logs: [
      ['pending'], ['first', 2, 'Own', 'resolved'], ['second'], ['third'], ['always'], ['added meanwhile'], ['before'],
      ['at once'], ['after'],
    ],
  },
  {
    name: 'one that looks at data in what it is told',
    head: configuration(rest) + cxbus + core + script(`
      var plugin = _genesys.widgets.bus.registerPlugin('Guard');
      var look = function (e) { log(e.event, plugin.data('WebChat.open')); };
      plugin.before('WebChat.open', function (data) { data.form = { firstname: 'Zoe' }; return data; });
      plugin.subscribe('WebChat.opened', look);
      plugin.subscribe('WebChat.closed', look);
      plugin.command('WebChat.open').done(function () { plugin.command('WebChat.close'); });`),
    logs: [['WebChat.opened', true], ['WebChat.closed', false]],
  },
];

/** Notes what a page logs, and its errors. Runs before its scripts. */
function prepare() {
  const plain = (value) => (value === undefined ? null : JSON.parse(JSON.stringify(value)));
  Object.assign(globalThis, { logs: [], log: (...what) => globalThis.logs.push(what.map(plain)) });
}

describe('a page that a customer wrote long ago', () => {
  const scene = stage({ front: true, config: customersRelay });

  for (const { name, head, scripts, logs, apart } of pages) {
    it(name, async () => {
      const customer = await scene.visitor();
      const page = await customer.visit(scene.front.page(home, { head, scripts }), { prepare });
      let now;
      try {
        await until('the page has logged everything', async () => {
          now = await page.evaluate(() => globalThis.logs);
          return now.length >= logs.length;
        });
      } catch (error) {
        throw new Error(`it logged ${JSON.stringify(now)}`, { cause: error });
      }
      const sorted = (list) => (apart ? list.map((line) => JSON.stringify(line)).sort() : list);
      assert.deepEqual(sorted(now), sorted(logs));
    });
  }
});
