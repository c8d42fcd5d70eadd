// What pages of the vendor's widgets configure of button, theme and start, with a worker of paper in place of Go.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { paperStage } from './harness/paper-stage.js';
import { until } from './harness/until.js';

const echo = `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  if (message.t === 'command') post({ t: 'settle', n: message.n, ok: true, value: message.data });
}`;
const button = '.cx-webchat-chat-button';

describe('a page configured for the old widgets', () => {
  let relay, person;
  paperStage({
    expected: [/their own mistake/, /TrustedHTML/],
    each(scene) {
      ({ relay, person } = scene);
      relay.deployment.monitoring = false;
      relay.react = echo;
    },
  });

  /** @param {string} webchat source of the configuration */
  const visit = async (webchat, { main = '{}', more = '' } = {}) => {
    const head = `<script>window._genesys = { widgets: { main: ${main}, webchat: ${webchat} } };</script>`;
    const page = await person.tab();
    await page.goto(relay.page('/', { head: head + relay.tag('data-deployment="demo"') + more }));
    return page;
  };
  const opens = () => until('WebChat.open', () => relay.all('command').find((command) => command.name === 'WebChat.open'));

  it('has the button that the page has written, and it works with mouse and keyboard', async () => {
    const template = '<div class="own-button"><i data-icon="chat"></i><span class="i18n" data-message="ChatButton"></span></div>';
    const page = await visit(`{ chatButton: { enabled: true, template: '${template}' } }`);
    await page.locator(button).setVisibility('visible').wait();
    assert.deepEqual(
      await page.$eval(button, (own) => [own.className, own.textContent, own.getAttribute('role'), own.tabIndex, !!own.querySelector('svg')]),
      ['own-button cx-webchat-chat-button', 'Chat', 'button', 0, true],
    );
    await page.focus(button);
    await page.keyboard.press('Enter');
    await opens();
  });

  it('has a button or not by one rule, and Go is told which', async () => {
    for (const [webchat, none] of /** @type {const} */ ([
      ['undefined', false], ['{ userData: { a: 1 } }', false], ['{ chatButton: { enabled: true } }', false], ['{ chatButton: { enabled: false } }', true],
    ])) {
      relay.heard.length = 0;
      const page = await visit(webchat);
      await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
      await opens();
      assert.equal(relay.all('config').at(-1)?.button?.none === true, none, webchat);
      assert.equal((await page.$$(button + ':not([hidden] *)')).length, none ? 0 : 1, webchat);
      await page.close();
    }
  });

  it('has its own under Trusted Types as well, and the usual one where the page writes template: false', async () => {
    relay.headers = { 'content-security-policy': "require-trusted-types-for 'script'" };
    const page = await visit('{ chatButton: { enabled: true, template: "<button>Ask</button>" } }');
    await page.locator('button.cx-webchat-chat-button ::-p-text(Ask)').wait();
    const plain = await visit('{ chatButton: { enabled: true, template: false } }');
    await plain.locator('.cx-webchat-chat-button .cx-button-label').wait();
  });

  it('has the button that the page writes later', async () => {
    const page = await visit('{ chatButton: { enabled: true, openDelay: 5, template: "<button>Ask</button>" } }');
    const says = (text) => until(`the button says ${text}`, () => page.$$eval(button, (all, wanted) => all.length === 1 && all[0].textContent === wanted, text));
    await says('Ask');
    relay.react = `${echo}`;
    for (const template of ['<button>Ask again</button>', '<a href="#help">Help</a>']) {
      await page.evaluate((html) => {
        globalThis._genesys.widgets.webchat.chatButton.template = html;
        return globalThis.CXBus.command('WebChat.configure', { emojis: true });
      }, template);
    }
    await says('Help');
    assert.equal(await page.$eval(button, (own) => own.getAttribute('role')), 'button');
  });

  it('says on the button what the page wants there, in its configuration or in a file of its own', async () => {
    const texts = { en: { webchat: { ChatButton: 'Talk to us' } } };
    const label = (page) => page.$eval(button, (own) => [own.textContent, own.getAttribute('aria-label')]);
    const page = await visit('{ chatButton: { enabled: true } }', { main: `{ lang: 'en', i18n: ${JSON.stringify(texts)} }` });
    await page.locator(button).wait();
    assert.deepEqual(await label(page), ['Talk to us', 'Talk to us']);
    const fetched = await visit('{ chatButton: { enabled: true } }', { main: `{ lang: 'en-GB', i18n: 'data:application/json,${encodeURIComponent(JSON.stringify(texts))}' }` });
    await fetched.locator(button).wait();
    assert.deepEqual(await label(fetched), ['Talk to us', 'Talk to us']);
    const missing = await visit('{ chatButton: { enabled: true } }', { main: "{ i18n: 'data:text/plain,none' }" });
    await missing.locator(button).wait();
    assert.deepEqual(await label(missing), ['Chat', 'Chat']);
  });

  it('shows the button with an effect, and after a while', async () => {
    const page = await visit('{ chatButton: { enabled: true, effect: "slide", effectDuration: 40, openDelay: 400 } }', {
      more: '<script>globalThis.waits = []; const real = setTimeout; window.setTimeout = (fn, ms, ...rest) => (waits.push(ms), real(fn, ms, ...rest));</script>',
    });
    await until('the button is shown', () => page.$eval('.cx-side-button-group', (group) => group.checkVisibility()));
    const { waits, name, duration } = await page.$eval('.cx-side-button-group', (group) => ({
      waits: globalThis.waits,
      name: getComputedStyle(group).animationName,
      duration: getComputedStyle(group).animationDuration,
    }));
    assert.ok(waits.includes(400));
    assert.deepEqual([name, duration], ['foyer-slide', '0.04s']);
  });

  it('follows what the configuration says of the button later, and fades it in the time that a command names', async () => {
    relay.react = `(message, post) => {
      (${echo})(message, post);
      const [, word] = /WebChat.(show|hide)ChatButton/.exec(message.name) || [];
      if (word) post({ t: 'call', n: 0, service: 'button', args: { visible: word === 'show', unread: 0, asked: word === 'show', duration: message.data.duration } });
    }`;
    const page = await visit('{ chatButton: { enabled: true } }');
    await page.locator(button).wait();
    const group = '.cx-side-button-group';
    const run = (name, data = {}) => page.evaluate((n, d) => void globalThis.CXBus.command(n, d), name, data);
    const configure = async (look) => {
      await page.evaluate((chatButton) => (globalThis._genesys.widgets.webchat.chatButton = chatButton), look);
      await run('WebChat.configure');
    };
    const hiddenIs = (wanted) => until(`hidden is ${wanted}`, () => page.$eval(group, (e, w) => /** @type {HTMLElement} */ (e).hidden === w, wanted));
    await configure({ enabled: true, effect: 'fade', effectDuration: 40 });
    await until('it has the effect', () => page.$eval(group, (e) => getComputedStyle(e).animation.includes('foyer-fade') && e.getAttribute('style').includes('40ms')));
    await configure({ enabled: false });
    await hiddenIs(true);
    await configure({ enabled: true });
    await hiddenIs(false);

    await page.evaluate(() => {
      const real = Element.prototype.animate;
      const fades = (globalThis.fades = []);
      Element.prototype.animate = function (frames, time) {
        fades.push(time);
        return real.call(this, frames, time);
      };
    });
    await run('WebChat.hideChatButton', { duration: 50 });
    await hiddenIs(true);
    await run('WebChat.showChatButton', { duration: 60 });
    await hiddenIs(false);
    await run('WebChat.hideChatButton');
    await hiddenIs(true);
    assert.deepEqual(await page.evaluate(() => globalThis.fades), [50, 60]);
  });

  it('starts Go on its own only where visitors are invited on their own', async () => {
    await visit('{ autoInvite: { enabled: true, timeToInviteSeconds: 1 } }');
    await until('Go', () => relay.all('hello').length === 1);
  });

  it('changes its theme by command, by configuration, and back', async () => {
    const page = await visit('{ chatButton: { enabled: true } }', { main: "{ themes: { brand: { accent: 'rgb(1, 2, 3)' }, plain: 'own-class' } }" });
    await page.locator(button).wait();
    const look = () => page.$eval('.cx-window-manager', (root) => [root.className, getComputedStyle(root).getPropertyValue('--foyer-accent')]);
    const run = (name, data) => page.evaluate((n, d) => globalThis.CXBus.command(n, d).then((v) => ['resolved', v], (v) => ['rejected', v]), name, data);
    const usual = await until('the style is there', async () => (await look())[1]);
    assert.deepEqual(await run('App.getTheme'), ['resolved', 'light']);
    assert.deepEqual(await run('App.setTheme', { theme: 'brand' }), ['resolved', 'brand']);
    assert.deepEqual(await look(), ['cx-window-manager cx-theme-brand', 'rgb(1, 2, 3)']);
    await page.evaluate(() => (globalThis._genesys.widgets.main.theme = 'plain'));
    await run('App.reTheme');
    assert.deepEqual(await look(), ['cx-window-manager cx-theme-plain own-class', usual]);
    assert.deepEqual(await run('App.setTheme', {}), ['rejected', 'No theme provided.']);
    await run('App.setLanguage', { lang: 'de' });
    await run('WebChat.open');
    const { main } = await until('the configuration', () => relay.all('config').at(-1));
    assert.equal(main.lang, 'de');
  });

  it('waits for what a before promises', async () => {
    const page = await visit('{}');
    const outcomes = await page.evaluate(async () => {
      const { CXBus } = globalThis;
      const settled = (name) => CXBus.command(name, { n: 1 }).then((v) => v, (v) => 'rejected ' + v);
      CXBus.before('WebChat.later', (data) => new Promise((resolve) => setTimeout(() => resolve({ n: data.n + 1 }))));
      CXBus.before('WebChat.later', (data) => ({ n: data.n * 10 }));
      CXBus.before('WebChat.no', async () => false);
      CXBus.before('WebChat.broken', async () => {
        throw new Error('their own mistake');
      });
      return [await settled('WebChat.later'), await settled('WebChat.no'), await settled('WebChat.broken')];
    });
    assert.deepEqual(outcomes, [{ n: 20 }, 'rejected cancelled', { n: 1 }]);
  });

  it('says once that Trusted Types keep jQuery out, and runs extensions without it', async () => {
    relay.headers = { 'content-security-policy': `script-src 'unsafe-inline' ${relay.base}; require-trusted-types-for 'script'` };
    const page = await visit('{}');
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    const seen = await page.evaluate(async () => {
      const extension = () => new Promise((resolve) => {
        globalThis._genesys.widgets.extensions ??= {};
        globalThis._genesys.widgets.extensions['Mine' + Math.random()] = function ($, CXBus, Common) {
          resolve([typeof $, typeof CXBus.command, Common.Generate.Container({ body: '<b>B</b>' }).querySelector('b').textContent]);
        };
      });
      return [await extension(), await extension()];
    });
    assert.deepEqual(seen, Array(2).fill(['undefined', 'function', 'B']));
    await until('the console says it', () => said.some((text) => text.includes('keeps our jQuery from starting')));
    assert.equal(said.filter((text) => text.includes('keeps our jQuery from starting')).length, 1);
  });

  it('gives extensions the page’s own jQuery under Trusted Types', async () => {
    relay.headers = { 'content-security-policy': `script-src 'unsafe-inline' ${relay.base}; require-trusted-types-for 'script'` };
    const page = await visit('{}', { more: '<script>window.$ = Object.assign((list) => list, { fn: { jquery: "4.0.0" } });</script>' });
    const version = await page.evaluate(() => new Promise((resolve) => {
      globalThis._genesys.widgets.extensions = { Mine: ($) => resolve($.fn.jquery) };
    }));
    assert.equal(version, '4.0.0');
  });
});
