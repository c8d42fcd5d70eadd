// Where the chat stands in a stranger's page, and that the page's listeners, styles and scripts leave it alone: in Chromium
// and, where they differ or could, in Firefox. A worker of paper draws the window.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch as launchChromium } from './harness/chromium.js';
import { launch as launchFirefox } from './harness/firefox.js';
import { PaperRelay } from './harness/paper-relay.js';
import { until } from './harness/until.js';

/** Draws a window as Go would: a bar, forty lines to scroll, a field that tells of Enter, a form. */
const react = `(message, post, state) => {
  if (message.t === 'hello') {
    state.again = message.page.title === 'again';
    post({ t: 'welcome', v: 1 });
  }
  if (message.t !== 'command') return;
  if (message.name === 'WebChat.open') {
    const line = (i) => ['new', 100 + i, 'p', 3, 0, {}, 'line ' + i];
    post({ t: 'view', root: 'webchat', class: 'cx-common-container', ops: [
      ['new', 1, 'div', 0, 0, { class: 'cx-widget cx-webchat', role: 'dialog', 'aria-label': 'Chat', tabindex: '-1' }],
      ['new', 2, 'div', 1, 0, { class: 'cx-titlebar' }, 'Chat'],
      ['new', 3, 'div', 1, 0, { class: 'cx-transcript', tabindex: '0' }],
      ...Array.from({ length: 40 }, (_, i) => line(i)),
      ['new', 4, 'form', 1, 0, {}],
      ['new', 5, 'textarea', 4, 0, { class: 'cx-message-input', name: 'message', 'aria-label': 'Message' }],
      ['on', 5, [['keydown', 'send', ['Enter'], true, true, true, false, 0]]],
      ['new', 6, 'button', 4, 0, { type: 'submit', class: 'cx-submit' }, 'Send'],
      ['on', 4, [['submit', 'submit', null, true, false, true, false, 0]]],
      ['new', 7, 'button', 1, 0, { type: 'button', class: 'cx-end' }, 'End'],
      ['on', 7, [['click', 'end', null, false, false, false, false, 0]]],
      ['focus', 5],
    ] });
    post({ t: 'call', n: 0, service: 'button', args: { visible: false } });
  }
  // A command that takes so long that another frame has to bring its answer.
  if (message.name !== 'WebChat.slow' || state.again) post({ t: 'settle', n: message.n, ok: true, value: 'done' });
}`;

const field = 'textarea.cx-message-input';
const button = '.cx-webchat-chat-button';
const layouts = {
  'flex with space between': 'body{display:flex;flex-direction:column;justify-content:space-between;min-height:100vh}',
  gap: 'body{display:flex;flex-direction:column;gap:40px} main{flex:1}',
  grid: 'body{display:grid;min-height:100vh;grid-auto-rows:1fr}',
  'a rule for all divs': 'body>div{min-height:300px;background:#eee}',
  'the last child': 'body>*{padding:10px} body>:last-child{padding-bottom:90px}',
};
const shifts = {
  'a filter on body': 'body{filter:grayscale(1)}',
  'a transform on body': 'body{transform:translateX(30px) scale(.5)}',
  'contain and overflow on body': 'body{contain:layout paint;overflow:hidden;height:100px}',
  'a transform of all children': 'body>*{transform:translateY(-200px)!important;opacity:.1!important;margin:50px!important}',
  'pointer events switched off': 'body{pointer-events:none}',
  'a rule for every backdrop': '::backdrop{background:red;pointer-events:auto}',
};

for (const [engine, launch] of /** @type {const} */ ([['Chromium', launchChromium], ['Firefox', launchFirefox]])) {
  describe(`in a stranger's page, ${engine}`, () => {
    /** @type {PaperRelay} */
    let relay;
    /** @type {Awaited<ReturnType<typeof launchChromium>>} */
    let started;
    /** @type {import('puppeteer-core').Page} */
    let page;
    before(async () => {
      relay = await PaperRelay.open();
      relay.react = react;
      started = await launch();
      page = await started.browser.newPage();
    });
    after(async () => {
      await started?.remove();
      await relay?.close();
    });

    /** A page with the button. */
    const visit = async (options = {}) => {
      relay.heard.length = 0;
      await page.goto(relay.page('/', options));
      await page.locator(button).wait();
    };
    /** A page with the window open. */
    const chat = async (options = {}) => {
      await visit(options);
      await page.click(button);
      await until('the window has the focus', () => page.evaluate((f) => document.activeElement?.matches(f), field));
    };
    const value = () => page.$eval(field, (e) => /** @type {HTMLTextAreaElement} */ (e).value);
    /** Clicks into the field where a person sees it, whatever is over it, and types. */
    const writes = async (text) => {
      const { x, y } = await page.$eval(field, (e) => e.getBoundingClientRect().toJSON());
      await page.mouse.click(x + 10, y + 10);
      await page.keyboard.type(text);
    };
    const said = (action) => relay.all('input').filter((message) => message.action === action);
    const parent = () => page.evaluate(() => document.querySelector('.cx-window-manager').parentElement.localName);
    const styled = (css) =>
      page.evaluate((text) => {
        document.querySelector('style#own')?.remove();
        const style = document.head.appendChild(document.createElement('style'));
        style.id = 'own';
        style.textContent = text;
      }, css);

    it('the button moves nothing, whatever lays the page out', async () => {
      const body = '<header>Head</header><main>Main</main><footer id="foot">Foot</footer>';
      const measure = async () => {
        const all = {};
        for (const [name, css] of Object.entries(layouts)) {
          await styled('*{margin:0}' + css);
          all[name] = await page.evaluate(() =>
            [document.documentElement.scrollHeight, ...Object.values(document.getElementById('foot').getBoundingClientRect().toJSON())]);
        }
        return all;
      };
      await page.goto(relay.page('/without', { head: '', body }));
      const without = await measure();
      await visit({ body });
      assert.deepEqual(await measure(), without);
    });

    it('the window stands where it stands, and is what is pressed, whatever the page does to body', async () => {
      await chat({ body: '<h1>Shop</h1><div id="over" hidden style="position:fixed;inset:0;z-index:2147483647;background:#fff"></div>' });
      const where = () =>
        page.$eval('.cx-webchat:not(.cx-shell)', async (e) => {
          await Promise.all(e.getAnimations().map((a) => a.finished));
          const r = e.getBoundingClientRect();
          const hit = document.elementFromPoint(r.x + r.width / 2, r.y + 20);
          return [Math.round(innerWidth - r.right), Math.round(innerHeight - r.bottom), r.width, e.contains(hit) && getComputedStyle(e.parentElement).opacity];
        });
      const plain = await where();
      assert.equal(plain[3], '1');
      for (const [name, css] of Object.entries(shifts)) {
        await styled(css);
        assert.deepEqual(await where(), plain, name);
      }
      await styled('');
      await page.$eval('#over', (e) => e.removeAttribute('hidden'));
      assert.deepEqual(await where(), plain, 'an overlay of the page');
      await page.evaluate(() => {
        for (const name of ['inert', 'aria-hidden']) document.querySelector('.cx-window-manager').setAttribute(name, 'true');
      });
      await until('what makes it inert is taken off', () => page.evaluate(() => !document.querySelector('.cx-window-manager').matches('[inert],[aria-hidden]')));
    });

    it('selectors of old pages go on to work', async () => {
      await chat({ head: relay.tag() + '<style>body .cx-widget .cx-titlebar{color:rgb(1, 2, 3)}</style>' });
      assert.equal(await page.$eval('.cx-titlebar', (e) => getComputedStyle(e).color), 'rgb(1, 2, 3)');
    });

    it('comes back with draft, scroll place and focus when body and head are replaced, and the frame never left', async () => {
      const ways = {
        'another body': () => document.body.replaceWith(document.createElement('body')),
        'innerHTML of body': () => void (document.body.innerHTML = '<h1>Next</h1>'),
        'another head': () => document.head.replaceWith(document.createElement('head')),
        'all of html': () => document.documentElement.replaceChildren(document.createElement('head'), document.createElement('body'), document.querySelector('.foyer-frame')),
      };
      await chat();
      await writes('half a sentence');
      await page.$eval('.cx-transcript', (e) => new Promise((resolve) => {
        e.addEventListener('scroll', resolve, { once: true });
        /** @type {any} */ (e).style.cssText = 'height:100px;overflow:auto';
        e.scrollTop = 55;
      }));
      for (const [name, way] of Object.entries(ways)) {
        const frames = await page.evaluate(`(${way})(); new Promise((done) => {
          let n = 0;
          const ok = () => document.body.contains(document.querySelector('.cx-window-manager')) && document.head.querySelector('link[href*=foyer]');
          requestAnimationFrame(function look() { n++; if (ok() || n > 60) done(n); else requestAnimationFrame(look); });
        })`);
        assert.ok(Number(frames) <= 2, `${name}: away for ${frames} frames`);
        assert.equal(await page.$eval(field, (e) => document.activeElement === e), true, `${name}: the focus`);
        assert.equal(await page.$eval('.cx-transcript', (e) => Math.round(e.scrollTop)), 55, `${name}: the scroll place`);
        assert.equal(await value(), 'half a sentence', name);
      }
      await page.keyboard.type(' goes on');
      assert.equal(await value(), 'half a sentence goes on');
      if (engine === 'Firefox') return; // what becomes of a frame that is put elsewhere is the same there
      assert.equal(relay.all('hello').length, 2, 'only where it was put elsewhere it said hello again');
    });

    it('a frame that the page throws out comes back, and answers what was asked before', async () => {
      await chat();
      await page.evaluate(() => void (/** @type {any} */ (window).slow = globalThis.CXBus.command('WebChat.slow')));
      await until('Go is asked', () => relay.all('command').some(({ name }) => name === 'WebChat.slow'));
      await page.evaluate(() => {
        document.title = 'again';
        document.querySelector('.foyer-frame').remove();
      });
      assert.equal(await page.evaluate(() => new Promise((resolve) => /** @type {any} */ (window).slow.done(resolve))), 'done');
    });

    it('a page that throws out whatever it does not know is not held up', async () => {
      await visit();
      await page.evaluate(() => {
        const clean = () => document.querySelector('.cx-window-manager')?.remove();
        new MutationObserver(clean).observe(document.body, { childList: true });
        clean();
      });
      assert.equal(await page.evaluate(() => 1 + 1), 2);
    });

    it('stands in the top modal dialog of the page, and leaves it when it closes or goes', async () => {
      await chat({
        body: `<h1>Shop</h1><script>window.clicks = [];</script>
          <dialog id="one" style="transform:scale(.5);overflow:hidden;filter:blur(1px)">one<button>OK</button></dialog><dialog id="two">two<button>OK</button></dialog>`,
      });
      await writes('a');
      await page.evaluate(() => document.querySelector('dialog').showModal());
      await until('it is in the dialog', async () => (await parent()) === 'dialog');
      await writes('b');
      await page.evaluate(() => /** @type {any} */ (document.querySelector('#two')).showModal());
      await until('it is in the one above', () => page.evaluate(() => document.querySelector('.cx-window-manager').parentElement.id === 'two'));
      await writes('c');
      await page.evaluate(() => document.querySelector('#two').addEventListener('click', () => /** @type {any} */ (window).clicks.push(1)));
      await page.click('.cx-end');
      await until('the click is acted on', () => said('end').length === 1);
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).clicks), [], 'a click beside the dialog closes many');
      await page.evaluate(() => document.querySelector('#two').remove());
      await until('it is in the one below', () => page.evaluate(() => document.querySelector('.cx-window-manager').parentElement.id === 'one'));
      await page.evaluate(() => document.querySelector('dialog').close());
      await until('it is in body', async () => (await parent()) === 'body');
      await writes('d');
      assert.equal([...(await value())].sort().join(''), 'abcd');
    });

    it('an open window stands in the element that fills the screen, a button does not', async () => {
      await visit({ body: '<div id="film" style="background:#000">film</div>' });
      const fill = async () => {
        await page.evaluate(() => document.addEventListener('keydown', () => void document.querySelector('#film').requestFullscreen(), { once: true }));
        await page.keyboard.press('f');
        await until('the screen is filled', () => page.evaluate(() => !!document.fullscreenElement));
      };
      const leave = () => page.evaluate(() => document.exitFullscreen());
      await fill();
      assert.equal(await parent(), 'body');
      await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
      await until('the window came to it', async () => (await parent()) === 'div');
      await until('it has the focus', () => page.evaluate((f) => document.activeElement?.matches(f), field));
      await writes('x');
      assert.equal(await value(), 'x');
      await leave();
      await until('it is in body', async () => (await parent()) === 'body');
      assert.equal(await value(), 'x');
    });

    it('what the page listens to at document takes nothing from the chat, and hears no key of it', async () => {
      await chat({
        body: `<h1>Shop</h1><div id="trap" tabindex="-1">a dialog</div><script>
          window.heard = [];
          const trap = document.querySelector('#trap');
          const back = (e) => { if (e.target !== document && !trap.contains(e.target)) trap.focus(); };
          const take = (e) => { if (trap.contains(e.target)) return; e.preventDefault(); e.stopImmediatePropagation(); };
          for (const type of ['focusin', 'focus']) { document.addEventListener(type, back); document.addEventListener(type, back, true); }
          for (const type of ['mousedown', 'pointerdown', 'touchstart', 'click', 'keydown', 'copy', 'paste', 'contextmenu']) document.addEventListener(type, take, true);
          for (const type of ['keydown', 'keypress', 'keyup']) document.addEventListener(type, (e) => heard.push(e.key));
          document.addEventListener('wheel', (e) => { e.preventDefault(); heard.push('wheel'); }, { passive: false });
        </script>`,
      });
      await writes('What is this?');
      assert.equal(await value(), 'What is this?');
      await page.keyboard.press('Enter');
      await until('the key is told', () => said('send').length === 1);
      await page.click('.cx-end');
      await until('the click is told', () => said('end').length === 1);
      await page.click('.cx-submit');
      await until('the form is submitted', () => said('submit').length === 1);
      await page.$eval('.cx-transcript', (e) => void (/** @type {any} */ (e).style.cssText = 'height:100px;overflow:auto'));
      await page.hover('.cx-transcript');
      await page.mouse.wheel({ deltaY: 40 });
      await until('the wheel scrolls', () => page.$eval('.cx-transcript', (e) => e.scrollTop > 0));
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).heard), []);
    });

    it("a page's own listeners on the chat go on to work: clicks at document, keys at a field", async () => {
      await chat({
        body: `<h1>Shop</h1><script>
          window.heard = [];
          document.addEventListener('click', (e) => { if (e.target.matches('.cx-end')) heard.push('end'); if (e.target.matches('.cx-submit')) e.preventDefault(); });
        </script>`,
      });
      await page.$eval(field, (e) => e.addEventListener('keypress', (event) => {
        /** @type {any} */ (window).heard.push(event.currentTarget === e);
        if (/\D/.test(/** @type {any} */ (event).key)) event.preventDefault();
      }));
      await writes('a1');
      assert.equal(await value(), '1');
      await page.click('.cx-submit');
      await page.click('.cx-end');
      await until('the click is told', () => said('end').length === 1);
      assert.deepEqual(said('submit'), [], 'the page has refused it');
      assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).heard), [true, true, 'end']);
    });

    it('without popovers it is fixed in body', async () => {
      const old = "<script>delete HTMLElement.prototype.showPopover; delete HTMLElement.prototype.popover;</script>";
      await chat({ head: old + relay.tag() });
      const look = await page.$eval('.cx-window-manager', (e) => [e.parentElement.localName, getComputedStyle(e).position, getComputedStyle(e).zIndex]);
      assert.deepEqual(look, ['body', 'fixed', '2147483000']);
      await writes('as ever');
      assert.equal(await value(), 'as ever');
    });
  });
}
