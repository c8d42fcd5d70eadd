// Addresses with tokens, without a browser: where one may go, and that the other side finds exactly what was put in.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { takeToken } from '../loader/arrival.js';
import { addressOf, mayLead, withToken } from '../loader/handoff/address.js';

const token = 'A-z_0'.padEnd(43, 'x');

/** A page that was opened at an address. */
function opened(address) {
  const page = {
    location: new URL(address),
    history: {
      state: { of: 'the page' },
      replaceState(state, _, url) {
        assert.equal(state, page.history.state, 'the page keeps its state');
        page.location = new URL(url);
      },
    },
  };
  return /** @type {any} */ (page);
}

describe('a token in an address', () => {
  const fragments = ['', '#', '#section', '#/route', '#/route?x=1&y=2', '#!/old', '#a=b&c', '#foyer', '#ümläut%20', '#x#y'];

  for (const fragment of fragments) {
    it(`is found behind ${JSON.stringify(fragment)}, which stays as it was`, () => {
      const address = new URL(`https://b.test/path?q=1${fragment}`).href;
      const page = opened(withToken(address, token));
      assert.equal(takeToken(page), token);
      assert.equal(page.location.href, address);
      assert.equal(takeToken(page), '', 'once');
    });
  }

  it('stands before a text directive, which browsers hide from pages', () => {
    assert.equal(withToken('https://b.test/#a:~:text=x', token), `https://b.test/#a&foyer=${token}:~:text=x`);
  });

  it('is left alone where it is none', () => {
    for (const hash of ['', '#foyer=', '#foyer=short', `#foyer=${token}x`, `#xfoyer=${token}`, `#foyer=${token}&more`, `#foyer=${token.slice(1)}!`]) {
      const page = opened(`https://b.test/${hash}`);
      const before = page.location.href;
      assert.equal(takeToken(page), '', hash);
      assert.equal(page.location.href, before);
    }
  });

  it('survives whatever an address may hold', () => {
    let seed = 1;
    const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
    const pieces = ['#', '&', '?', '=', '/', ':~:', 'foyer=', '%', '%20', 'é', ' ', '\\', '"', 'a', '😀', '\n'];
    for (let i = 0; i < 5000; i++) {
      const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
      const url = addressOf(text, 'https://b.test/here');
      if (!url || url.hash.includes(':~:')) continue;
      const page = opened(withToken(url.href, token));
      assert.equal(takeToken(page), token, text);
      assert.equal(page.location.href, url.href, text);
    }
  });
});

describe('what may carry a token', () => {
  const patterns = ['https://b.test', 'https://*.c.test', 'http://*.localhost:8080'];
  for (const [origin, may] of /** @type {[string, boolean][]} */ ([
    ['https://b.test', true],
    ['https://x.c.test', true],
    ['https://x.y.c.test', true],
    ['http://shop-b.localhost:8080', true],
    ['https://c.test', false],
    ['https://evilc.test', false],
    ['https://.c.test', false],
    ['https://a.b.test', false],
    ['https://b.test.', false],
    ['https://b.test:8443', false],
    ['http://b.test', false],
    ['https://b.test.evil.test', false],
    ['http://localhost:8080', false],
    ['http://shop-b.localhost:80801', false],
    ['null', false],
  ])) {
    it(`${origin}: ${may ? 'yes' : 'no'}`, () => assert.equal(mayLead(origin, patterns), may));
  }

  it('is an address of http or https without a token', () => {
    for (const [address, taken] of /** @type {[any, boolean][]} */ ([
      ['https://b.test/', true], ['//b.test/x', true], ['/x', true], [new URL('https://b.test'), true],
      ['mailto:a@b.test', false], ['javascript:void 0', false], ['tel:1', false], ['http://', false], [undefined, false], [null, false],
      [7, false], [`https://b.test/#foyer=${token}`, false],
    ])) assert.equal(!!addressOf(address, 'https://a.test/'), taken, String(address));
  });
});
