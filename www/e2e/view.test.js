// foyer-view.js applies what Go draws: the differences of wasm/view/node.go, on a real page.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { launch } from './harness/chromium.js';
import { PaperRelay } from './harness/paper-relay.js';
import { until } from './harness/until.js';

describe('foyer-view.js', () => {
  let relay, chromium, page;
  before(async () => {
    relay = await PaperRelay.open();
    chromium = await launch();
  });
  after(async () => {
    await chromium?.remove();
    await relay.close();
  });
  beforeEach(async () => {
    page = await chromium.browser.newPage();
    // The strictest policy that a customer may have: it holds for everything that the view does.
    relay.headers = {
      'content-security-policy': `default-src 'none'; script-src ${relay.base}; require-trusted-types-for 'script'; trusted-types foyer`,
    };
    await page.goto(relay.page('/view.html', { head: '', body: '<button id="outside">outside</button>' }));
    const view = `${relay.base}/${relay.manifest.files['foyer-view.js']}`;
    await page.evaluate(async (address) => {
      globalThis['foyer.js'] = { own: (name) => globalThis[name] }; // as foyer.js, which is not here, hands them out
      const { createView } = await import(address);
      globalThis.told = [];
      globalThis.warned = [];
      globalThis.view = createView({
        parent: () => document.body,
        send: (message) => globalThis.told.push(message),
        warn: (text, error) => globalThis.warned.push(text + ' ' + error),
      });
      globalThis.draw = (...ops) => globalThis.view.apply({ root: 'w', class: 'cx-widget', ops });
      globalThis.holder = () => document.querySelector('[data-root=w]');
    }, view);
  });

  afterEach(() => page.close());

  /** Draws, and waits until focus and scrolling have followed. */
  const draw = (...ops) =>
    page.evaluate((list) => {
      globalThis.draw(...list);
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
    }, ops);
  const html = () => page.evaluate(() => globalThis.holder()?.innerHTML);
  const told = () => page.evaluate(() => globalThis.told.splice(0));

  it('builds, changes, moves and removes elements', async () => {
    await draw(
      ['new', 1, 'ul', 0, 0, { class: 'list' }, null],
      ['new', 2, 'li', 1, 0, {}, 'a'],
      ['new', 3, 'li', 1, 2, { title: 'first' }, 'b'],
    );
    assert.equal(await html(), '<ul class="list"><li title="first">b</li><li>a</li></ul>');
    await draw(['move', 2, 1, 3], ['attr', 3, 'title', null], ['attr', 2, 'hidden', ''], ['text', 3, 'B']);
    assert.equal(await html(), '<ul class="list"><li hidden="">a</li><li>B</li></ul>');
    await draw(['del', 2]);
    assert.equal(await html(), '<ul class="list"><li>B</li></ul>');
    await page.evaluate(() => globalThis.view.apply({ root: 'w', class: '', ops: null }));
    assert.equal(await html(), undefined);
  });

  it('draws vector pictures in their own namespace', async () => {
    await draw(['new', 1, 'svg', 0, 0, { viewBox: '0 0 1 1' }, null], ['new', 2, 'path', 1, 0, { d: 'M0 0h1' }, null]);
    assert.equal(await page.evaluate(() => globalThis.holder().querySelector('path') instanceof SVGPathElement), true);
  });

  it('shows text as text, and refuses what could run', async () => {
    await draw(
      ['new', 1, 'p', 0, 0, {}, '<img src=x onerror=alert(1)>'],
      ['new', 2, 'script', 0, 0, {}, 'alert(1)'],
      ['new', 3, 'iframe', 0, 0, {}, null],
      ['new', 4, 'a', 0, 0, {}, 'link'],
      ['attr', 4, 'href', 'javascript:alert(1)'],
      ['attr', 4, 'href', ' JavaScript:alert(1)'],
      ['attr', 4, 'href', 'java\nscript:alert(1)'],
      ['attr', 4, 'onclick', 'alert(1)'],
      ['attr', 4, 'style', 'color:red'],
      ['attr', 4, 'title', 'still applied'],
    );
    assert.equal(await html(), '<p>&lt;img src=x onerror=alert(1)&gt;</p><a title="still applied">link</a>');
    assert.equal((await page.evaluate(() => globalThis.warned)).length, 7);
  });

  it('sends what a node asked for, and nothing else', async () => {
    await draw(
      ['new', 1, 'button', 0, 0, { type: 'button' }, 'go'],
      ['on', 1, [['click', 'go', null, false, false, false, false, 0]]],
    );
    await page.click('[data-root=w] button');
    assert.deepEqual(await told(), [{ t: 'input', root: 'w', node: 1, action: 'go', value: '', press: '', fields: {} }]);
    await draw(['on', 1, []]);
    await page.click('[data-root=w] button');
    assert.deepEqual(await told(), []);
  });

  it('tells keys with their modifiers, prevents only those that it names, and leaves an input method alone', async () => {
    await draw(
      ['new', 1, 'textarea', 0, 0, {}, null],
      ['on', 1, [['keydown', 'send', ['Enter', 'Control+k'], true, false, false, false, 0]]],
      ['focus', 1],
    );
    await page.keyboard.type('a');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Enter');
    await page.keyboard.up('Shift');
    assert.deepEqual(await told(), []);
    await page.keyboard.press('Enter');
    await page.keyboard.down('Control');
    await page.keyboard.press('k');
    await page.keyboard.up('Control');
    assert.deepEqual((await told()).map((m) => m.press), ['Enter', 'Control+k']);
    await page.evaluate(() => {
      const composing = new KeyboardEvent('keydown', { key: 'Enter', isComposing: true });
      globalThis.holder().querySelector('textarea').dispatchEvent(composing);
    });
    assert.deepEqual(await told(), []);
    assert.equal(await page.$eval('textarea', (e) => e.value), 'a\n');
  });

  const form = [
    ['new', 1, 'form', 0, 0, {}, null],
    ['new', 2, 'input', 1, 0, { name: 'first' }, null],
    ['new', 3, 'input', 1, 0, { name: 'box', type: 'checkbox', value: 'yes' }, null],
    ['new', 4, 'button', 1, 0, {}, 'ok'],
    ['on', 1, [['submit', 'start', null, true, false, true, true, 0]]],
  ];

  it('reads the fields of a form and empties its text fields at once', async () => {
    await draw(...form);
    await page.type('input[name=first]', 'Ada');
    await page.click('input[name=box]');
    await page.click('[data-root=w] button');
    assert.deepEqual((await told()).map((m) => m.fields), [{ first: 'Ada', box: 'yes' }]);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), '');
  });

  it('leaves in the field what is too long to be sent, and sends it as a file', async () => {
    await draw(
      ['new', 1, 'form', 0, 0, {}, null],
      ['on', 1, [['submit', 'send', null, true, false, true, true, 0, '', 5]]],
      ['new', 2, 'textarea', 1, 0, { name: 'message' }, null],
      ['new', 3, 'button', 1, 0, {}, 'Send'],
      ['new', 4, 'button', 0, 0, { type: 'button', class: 'file' }, 'As a file'],
      ['on', 4, [['click', 'asFile', null, false, false, false, false, 0, '', 0, 'message']]],
    );
    const left = () => page.$eval('textarea', (e) => e.value);
    await page.type('textarea', 'longer');
    await page.click('form button');
    assert.equal(await left(), 'longer');
    await told();
    await page.click('.file');
    const [{ files, name, type, text }] = await page.evaluate(() => Promise.all(globalThis.told.splice(0).map(async ({ files }) => ({ files: files.length, name: files[0].name, type: files[0].type, text: await files[0].text() }))));
    assert.deepEqual([files, name, type, text], [1, 'message.txt', 'text/plain', 'longer']);
    await page.$eval('textarea', (e) => (e.value = 'short'));
    await page.click('form button');
    assert.equal(await left(), '');
  });

  it('never overwrites a field that is being edited, or that Go was not told about', async () => {
    await draw(...form);
    await page.type('input[name=first]', 'Ada');
    await draw(['set', 2, 'value', 'older']);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), 'Ada', 'somebody writes in it');
    await page.focus('#outside');
    await draw(['set', 2, 'value', 'older']);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), 'Ada', 'it was edited');
    await draw(['on', 2, [['change', 'told', null, false, false, false, false, 0]]]);
    await page.type('input[name=first]', '!');
    await page.focus('#outside');
    assert.equal((await told()).at(-1).value, 'Ada!');
    await draw(['set', 2, 'value', 'from another tab']);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), 'from another tab');
  });

  it('shows in a field that only has the focus what another tab made of it', async () => {
    await draw(...form);
    await page.focus('input[name=first]');
    await draw(['set', 2, 'value', 'sent elsewhere']);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), 'sent elsewhere');
    await draw(['set', 2, 'value', '']);
    assert.equal(await page.$eval('input[name=first]', (e) => e.value), '');
  });

  it('does not tell Go that the focus left what Go itself took away', async () => {
    const leaving = [['focusout', 'left', null, false, false, false, false, 0]];
    await draw(['new', 1, 'div', 0, 0, {}, null], ['on', 1, leaving], ['new', 2, 'button', 1, 0, {}, 'go']);
    await draw(['new', 3, 'button', 1, 0, {}, 'stay']);
    await page.focus('[data-root=w] button');
    await draw(['del', 2], ['focus', 3]);
    await until('the other has the focus', () => page.evaluate(() => document.activeElement?.textContent === 'stay'));
    assert.deepEqual(await told(), []);
    await page.focus('#outside');
    assert.equal((await told()).length, 1);
  });

  it('sends at most one event in its time, always the last one, and never after what came later', async () => {
    await draw(
      ...form,
      ['on', 2, [['input', 'draft', null, false, false, false, false, 60_000]]],
    );
    await page.type('input[name=first]', 'abc');
    assert.deepEqual((await told()).map((m) => m.value), ['a']);
    await page.click('[data-root=w] button');
    assert.deepEqual((await told()).map((m) => [m.action, m.value]), [['draft', 'abc'], ['start', '']]);

    await draw(['on', 2, [['input', 'draft', null, false, false, false, false, 50]]]);
    await page.type('input[name=first]', 'xyz');
    const seen = [];
    await until('the last one', async () => (seen.push(...(await told())), seen.at(-1)?.value === 'xyz'));
  });

  it('keeps the focus and the caret while an element moves', async () => {
    await draw(
      ['new', 1, 'p', 0, 0, {}, 'above'],
      ['new', 2, 'input', 0, 0, {}, null],
    );
    await page.type('[data-root=w] input', 'abcd');
    await page.$eval('[data-root=w] input', (e) => e.setSelectionRange(1, 2));
    await draw(['move', 2, 0, 1]);
    const where = await page.evaluate(() => {
      const field = /** @type {HTMLInputElement} */ (document.activeElement);
      return [field.tagName, field.selectionStart, field.selectionEnd];
    });
    assert.deepEqual(where, ['INPUT', 1, 2]);
  });

  it('gives the focus of an element that goes to what is around it', async () => {
    await draw(
      ['new', 1, 'div', 0, 0, { role: 'dialog', tabindex: '-1' }, null],
      ['new', 2, 'button', 1, 0, {}, 'gone soon'],
      ['focus', 2],
    );
    await draw(['del', 2]);
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'dialog');
    await page.focus('#outside');
    await draw(['text', 1, 'changed']);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'outside', 'a focus elsewhere is left alone');
  });

  it('stays at the end of what scrolls, unless the reader scrolled up', async () => {
    await draw(['new', 2, 'div', 0, 0, { class: 'log' }, null], ['stick', 2, true]);
    // The policy refuses a style; a scrolling box of a fixed height is made by the test.
    await page.evaluate(() => Object.assign(/** @type {HTMLElement} */ (document.querySelector('.log')).style, { height: '100px', overflowY: 'auto' }));
    let id = 10;
    const add = (n) => draw(...Array.from({ length: n }, () => ['new', id++, 'p', 2, 0, {}, 'line']));
    const gap = () => page.$eval('.log', (e) => Math.round(e.scrollHeight - e.clientHeight - e.scrollTop));
    await add(20);
    await until('it is at the end', async () => (await gap()) === 0);
    await page.evaluate(() => {
      const log = document.querySelector('.log');
      return new Promise((resolve) => {
        log.addEventListener('scroll', resolve, { once: true });
        log.scrollTop = 30;
      });
    });
    await add(5);
    assert.equal(await page.$eval('.log', (e) => e.scrollTop), 30);
  });

  it('stays at its end when more comes, or its room shrinks, before the browser tells of its last scrolling', async () => {
    await draw(['new', 2, 'div', 0, 0, { class: 'log' }, null], ['stick', 2, true]);
    await page.evaluate(() => Object.assign(/** @type {HTMLElement} */ (document.querySelector('.log')).style, { height: '200px', overflowY: 'auto' }));
    await draw(...Array.from({ length: 40 }, (_, i) => ['new', 10 + i, 'p', 2, 0, {}, 'line']));
    const gap = () => page.$eval('.log', (e) => Math.round(e.scrollHeight - e.clientHeight - e.scrollTop));
    await until('it is at the end', async () => (await gap()) === 0);
    await page.evaluate(() => {
      const log = /** @type {HTMLElement} */ (document.querySelector('.log'));
      log.style.height = '100px';
      log.dispatchEvent(new Event('scroll'));
    });
    await until('it is at the end again', async () => (await gap()) === 0);
  });

  it('holds what a reader has before their eyes when earlier lines come', async () => {
    await draw(['new', 2, 'div', 0, 0, { class: 'log' }, null], ['stick', 2, true]);
    await page.evaluate(() => Object.assign(/** @type {HTMLElement} */ (document.querySelector('.log')).style, { height: '100px', overflow: 'auto', overflowAnchor: 'none' }));
    await draw(['new', 9, 'h4', 2, 0, {}, 'today'], ...Array.from({ length: 20 }, (_, i) => ['new', 10 + i, 'p', 2, 0, {}, 'line']));
    await page.evaluate(() => {
      const log = document.querySelector('.log');
      return new Promise((resolve) => {
        log.addEventListener('scroll', resolve, { once: true });
        log.scrollTop = 0;
      });
    });
    const before = await page.$eval('.log p', (e) => e.getBoundingClientRect().top);
    await draw(...Array.from({ length: 5 }, (_, i) => ['new', 50 + i, 'p', 2, 10, { class: 'earlier' }, 'earlier']));
    const after = await page.evaluate(() => document.querySelector('.log p:not(.earlier)').getBoundingClientRect().top);
    assert.ok(Math.abs(after - before) < 2, `the line moved from ${before} to ${after}`);
  });

  it('fills the page\'s own HTML with children, under Trusted Types', async () => {
    await draw(
      ['new', 1, 'form', 0, 0, {}, null],
      ['new', 2, 'div', 1, 0, {}, null],
      ['new', 3, 'label', 2, 0, {}, 'Name'],
      ['new', 4, 'input', 2, 0, { name: 'n' }, null],
      ['new', 5, 'b', 2, 0, {}, 'left over'],
      ['html', 2, '<table><tr><th>{l} {none}</th><td>{i}</td></tr></table><script>globalThis.ran = true</script>', { l: 3, i: 4, x: 5 }],
    );
    const cells = await page.$$eval('[data-root=w] th, [data-root=w] td', (all) => all.map((e) => e.innerHTML));
    assert.deepEqual(cells, ['<label>Name</label> {none}', '<input name="n">']);
    assert.equal(await page.$eval('[data-root=w] table ~ b', (e) => e.textContent), 'left over');
    assert.equal(await page.evaluate(() => globalThis.ran), undefined, 'a script in it does not run');
    await draw(['text', 3, 'Your name']);
    assert.equal(await page.$eval('[data-root=w] th label', (e) => e.textContent), 'Your name');
  });

  it('puts an element\'s text into a field, at its cursor', async () => {
    await draw(
      ['new', 1, 'form', 0, 0, {}, null],
      ['new', 2, 'textarea', 1, 0, { name: 'message' }, null],
      ['on', 2, [['input', 'typed', null, false, false, false, false, 0, '']]],
      ['new', 3, 'button', 1, 0, { type: 'button' }, '😀'],
      ['on', 3, [['click', 'emoji', null, false, false, false, false, 0, 'message']]],
    );
    await page.type('textarea', 'hello world');
    await page.$eval('textarea', (e) => e.setSelectionRange(5, 5));
    await told();
    await page.click('[data-root=w] button');
    assert.equal(await page.$eval('textarea', (e) => e.value), 'hello😀 world');
    assert.deepEqual((await told()).map((m) => [m.action, m.value]), [['typed', 'hello😀 world'], ['emoji', '']]);
  });

  it('puts what is unread in front of the title of a hidden page, whatever that becomes meanwhile, and back', async () => {
    const titles = await page.evaluate(async (address) => {
      const { createViewServices } = await import(address);
      const services = createViewServices(window, { root: () => document.body, base: location.origin });
      const look = (/** @type {boolean} */ hidden) => {
        Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      };
      const seen = [];
      const note = async () => (await new Promise((resolve) => setTimeout(resolve)), seen.push(document.title));
      document.title = 'Home';
      look(false);
      services.unread({ text: '(1) Unread' });
      await note(); // in front
      look(true);
      services.unread({ text: '(1) Unread' });
      await note();
      services.unread({ text: '(2) Unread' });
      await note();
      document.title = 'Basket';
      await note();
      look(false);
      await note();
      look(true);
      services.unread({ text: '(3) Unread' });
      services.unread({ text: '' });
      await note(); // seen in another tab
      services.unread({ text: '(4) Unread' });
      document.head.replaceWith(document.createElement('head'));
      document.title = 'Anew';
      await note();
      document.title = 'Once more';
      look(false); // before anybody could follow
      await note();
      look(true);
      services.unread({ text: '(5) Unread' });
      let fights = 0;
      const insists = new MutationObserver(() => {
        if (document.title !== 'Mine' && fights++ < 1000) document.title = 'Mine';
      });
      insists.observe(document.head, { childList: true, subtree: true, characterData: true });
      document.title = 'Mine';
      await note(); // no endless fight with a page that insists
      insists.disconnect();
      return [...seen, fights < 100];
    }, `${relay.base}/${relay.manifest.files['foyer-view.js']}`);
    assert.deepEqual(titles, ['Home', '(1) Unread – Home', '(2) Unread – Home', '(2) Unread – Basket', 'Basket', 'Basket', '(4) Unread – Anew', 'Once more', 'Mine', true]);
  });

  it('starts anew when another Go draws', async () => {
    await draw(['new', 1, 'p', 0, 0, {}, 'old']);
    await page.evaluate(() => {
      const renew = globalThis.view.renew();
      renew('w');
      renew('w');
    });
    await draw(['new', 1, 'p', 0, 0, {}, 'new']);
    assert.equal(await html(), '<p>new</p>');
  });
});
