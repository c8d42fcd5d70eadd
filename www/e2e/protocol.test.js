// What the page and Go both name, on the page's side: wasm/page/protocol.json, whose other side is wasm/page/protocol_test.go.
// No browser: the files of the loader that hold such names are run as they are.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const at = (path) => new URL('../' + path, import.meta.url);
const definition = JSON.parse(readFileSync(at('../wasm/page/protocol.json'), 'utf8'));
const { createReferences } = await import(at('loader/go/references.js').href);
const { createKeep } = await import(at('loader/keep.js').href);

describe('the page protocol, on the page', () => {
  const element = { nodeType: 1 };
  const asked = [];
  const references = (jQuery = () => undefined) =>
    createReferences(jQuery, (selector) => {
      asked.push(selector);
      return element;
    });
  const common = { linkify() {} };
  const samples = definition.references;

  it('knows what every reference stands for', () => {
    const held = { function: () => {}, element, expression: /a+/gi, selected: element, named: common };
    assert.deepEqual(Object.keys(held).sort(), Object.keys(samples).sort());
    for (const [kind, value] of Object.entries(held)) {
      const ours = references();
      if (kind === 'function' || kind === 'element') ours.pack(value); // number 0, as in the sample
      assert.deepEqual(ours.unpack(samples[kind], (name) => name === 'Common' && common), value, kind);
    }
    assert.deepEqual(asked, ['[id="x\\"y"]']);
  });

  it('makes those that Go reads', () => {
    for (const [kind, value] of Object.entries({ function: () => {}, element, expression: /a+/gi })) {
      assert.deepEqual(references().pack(value), samples[kind], kind);
    }
  });

  it('gives an element as an object of jQuery where there is one', () => {
    const jQuery = (list) => ({ jquery: '3', 0: list });
    assert.deepEqual(references(() => jQuery).unpack(samples.selected), jQuery(element));
  });

  it('sends what is attached to chats as JSON.stringify has it, and everything else without what is undefined', () => {
    class Own {
      field = 1;
      get got() {
        return 2;
      }
    }
    const data = {
      none: undefined, fn() {}, symbol: Symbol('x'), nan: NaN, endless: -Infinity, zero: 0, no: false, nothing: null, text: '',
      when: new Date(5), never: new Date(NaN), list: [undefined, () => {}, NaN, new Date(5), [undefined]], re: /a/, boxed: [Object(1), Object('x'), Object(false)],
      own: new Own(), says: { toJSON: () => ({ it: 'self', un: undefined, toJSON: () => 1 }) }, map: new Map([[1, 2]]), deep: { userData: { none: undefined, fn() {} } },
    };
    const asJSON = JSON.parse(JSON.stringify(data));
    const command = { userData: data, form: { userData: data }, none: undefined };
    assert.deepEqual(references().pack(command), { userData: asJSON, form: { userData: asJSON } });
    assert.deepEqual(references().pack(data, undefined, true), asJSON);
    for (const strange of [() => {}, element]) {
      assert.match(JSON.stringify(references().pack({ userData: strange })), /^{"userData":{"\$(fn|el)":0}}$/);
    }
    assert.deepEqual(references().pack({ at: new Date(5), of: undefined, options: { of: undefined } }), { at: new Date(5), options: {} });
  });

  it('keeps what the definition names', () => {
    const stored = new Map();
    const storage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key), length: 0 };
    const keep = createKeep({ localStorage: storage, addEventListener() {} }, 'shop', () => {});
    for (const key of [...Object.keys(definition.kept), 'nobody']) keep.write(key, 'x');
    assert.deepEqual(Object.keys(keep.all()).sort(), Object.keys(definition.kept).sort());
  });

  it('has every service', () => {
    const files = ['go/go.js', 'services.js', 'view/services.js', 'view/title.js', 'widgets/old-pages.js', 'invite/invite.js', 'callback/callback.js', 'continue/continue.js', 'monitor/monitor.js'];
    const sources = files.map((path) => readFileSync(at('loader/' + path), 'utf8')).join('\n');
    for (const name of Object.keys(definition.services)) assert.match(sources, new RegExp(`\\b${name}\\b\\s*[:(,]|services\\.${name}\\b`), name);
  });
});
