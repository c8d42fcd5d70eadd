// What a page keeps where the browser's storage is full or refused: the module of the loader, without a browser.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { createKeep } from '../loader/keep.js';

/** A storage that has room or not, or may not be touched. */
class FakeStorage {
  items = new Map();
  full = false;
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    if (this.full) throw new Error('QuotaExceededError');
    this.items.set(key, value);
  }
  removeItem(key) {
    this.items.delete(key);
  }
}

/** A browser: its tabs share localStorage and cookies, a reload leaves a tab its sessionStorage. */
function createBrowser() {
  const local = new FakeStorage();
  const jar = new Map();
  const document = {
    get cookie() {
      return [...jar].map((pair) => pair.join('=')).join('; ');
    },
    set cookie(text) {
      const [, name, value, rest] = /^([^=]+)=([^;]*)(.*)$/.exec(text) ?? [];
      if (rest.includes('max-age=0')) jar.delete(name);
      else jar.set(name, value);
    },
  };
  const tab = () => {
    const session = new FakeStorage();
    const refused = new Set();
    const open = () => {
      const win = Object.assign(new EventTarget(), { document });
      for (const [name, storage] of Object.entries({ localStorage: local, sessionStorage: session })) {
        Object.defineProperty(win, name, {
          get() {
            if (refused.has(name)) throw new Error('SecurityError');
            return storage;
          },
        });
      }
      return createKeep(/** @type {any} */ (win), 'shop', () => {});
    };
    return { session, refused, open };
  };
  return { local, jar, tab };
}

describe('what a page keeps', () => {
  /** @type {string[]} */
  let warnings;
  beforeEach(() => {
    warnings = [];
    mock.method(console, 'warn', (text) => warnings.push(text));
    globalThis.location = /** @type {any} */ ({ protocol: 'https:' });
  });
  afterEach(() => mock.restoreAll());

  /** @type {Record<string, (browser: any, tab: any) => unknown>} */
  const troubles = {
    'localStorage is full': ({ local }) => (local.full = true),
    'localStorage is refused': (_, { refused }) => refused.add('localStorage'),
    'both storages are full': ({ local }, { session }) => (local.full = session.full = true),
    'both storages are refused': (_, { refused }) => refused.add('localStorage').add('sessionStorage'),
  };
  for (const [what, make] of Object.entries(troubles)) {
    it(`is found again after a reload where ${what}, and that is said once`, () => {
      const browser = createBrowser();
      const tab = browser.tab();
      make(browser, tab);
      const keep = tab.open();
      keep.write('handle', 'h1');
      keep.write('handle', 'h2');
      keep.write('window', 'open');
      const later = tab.open();
      assert.deepEqual(later.all(), { handle: 'h2', window: 'open' });
      assert.equal(warnings.length, 1);
      later.write('handle', null);
      assert.equal(tab.open().read('handle'), null);
    });
  }

  it('is found as it was last, when room has come and gone', () => {
    const browser = createBrowser();
    const tab = browser.tab();
    const keep = tab.open();
    keep.write('handle', 'first');
    browser.local.full = true;
    keep.write('handle', 'second');
    assert.equal(browser.local.items.size, 0, 'the old one would be found');
    assert.equal(tab.open().read('handle'), 'second');
    browser.local.full = false;
    keep.write('handle', 'third');
    assert.equal(tab.session.items.size, 0);
    assert.equal(browser.tab().open().read('handle'), 'third');
  });

  it('goes into cookies only where a chat needs it, and nowhere else to go', () => {
    const browser = createBrowser();
    const tab = browser.tab();
    tab.open().write('handle', 'h');
    assert.equal(browser.jar.size, 0);
    browser.local.full = tab.session.full = true;
    const keep = tab.open();
    keep.write('draft', 'what nobody else is to read');
    assert.equal(browser.jar.size, 0);
    assert.equal(keep.read('draft'), 'what nobody else is to read', 'as long as the page');
  });

  it('is said nothing of where all is well', () => {
    const browser = createBrowser();
    browser.tab().open().write('handle', 'h');
    assert.equal(browser.tab().open().read('handle'), 'h');
    assert.deepEqual(warnings, []);
  });
});
