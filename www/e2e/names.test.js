// A page's own names: what scripts of ours take from window is the browser's, whatever the page calls by the same name.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { paperStage } from './harness/paper-stage.js';
import { until } from './harness/until.js';

const www = fileURLToPath(new URL('../', import.meta.url));
/** No page can take these, or they are part of the language. */
const safe = ['window', 'document', 'location', 'eval', 'undefined', 'arguments'];
/** What pages put into window for us, and we for them. */
const ofPages = /^(CXBus|_genesys|_gt|_config|jQuery|document|location|sendInviteResult|startChat|startCallback|onAccept|onReject)$/;

/** The names that a script uses and does not declare. @param {string} name @param {string} text */
function freeIn(name, text) {
  const declared = new Set();
  const used = new Set();
  const declare = (/** @type {ts.BindingName} */ at) => {
    if (ts.isIdentifier(at)) declared.add(at.text);
    else for (const element of at.elements) if (ts.isBindingElement(element)) declare(element.name);
  };
  const isKey = ({ parent, text }) =>
    (parent.name?.text === text && !ts.isVariableDeclaration(parent) && !ts.isParameter(parent) && !ts.isBindingElement(parent) && !ts.isFunctionLike(parent) && !ts.isShorthandPropertyAssignment(parent) && !ts.isClassLike(parent)) ||
    parent.propertyName?.text === text || ts.isExportSpecifier(parent) || ts.isMetaProperty(parent) || ts.isMethodDeclaration(parent) || ts.isAccessor(parent) || 'label' in parent;
  const walk = (/** @type {any} */ node) => {
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) declare(node.name);
    if ((ts.isFunctionLike(node) || ts.isClassLike(node)) && node.name && ts.isIdentifier(node.name) && !ts.isMethodDeclaration(node) && !ts.isAccessor(node)) declared.add(node.name.text);
    if (ts.isIdentifier(node) && !isKey(node)) used.add(node.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true));
  return [...used].filter((each) => !declared.has(each));
}

/** The scripts that run on strangers' pages, as they were built. */
async function bundles() {
  const names = await readdir(www + 'dist');
  const ours = names.filter((name) => /^(foyer[\w-]*(\.\w+)?|cookie-provider\.min)\.js$/.test(name));
  return Promise.all(ours.map(async (name) => ({ name, text: await readFile(www + 'dist/' + name, 'utf8') })));
}

/** The names that names.js gives. */
const given = async () => [...(await readFile(www + 'loader/own/names.js', 'utf8')).matchAll(/^export const (\w+)/gm)].map(([, name]) => name);

describe("a page's own names", () => {
  it('leave the scripts their globals: they have them from loader/own', async () => {
    const all = await bundles();
    assert.ok(all.length > 10, `${all.length} scripts`);
    for (const { name, text } of all) assert.deepEqual(freeIn(name, text).filter((each) => !safe.includes(each)), [], name);
  });

  it('leave what scripts take from the window that they are given', async () => {
    const own = await readFile(www + 'loader/own/own.js', 'utf8');
    const [, pattern] = /ofWindow =\s*\/(.*)\/;/.exec(own) ?? [];
    const taken = new RegExp(pattern);
    for (const file of await readdir(www + 'loader', { recursive: true })) {
      if (!file.endsWith('.js')) continue;
      const text = (await readFile(www + 'loader/' + file, 'utf8')).replace(/^\s*(\/?\*|\/\/).*/gm, '');
      for (const [, name] of text.matchAll(/\bwindow\.(\w+)/g)) assert.match(name, /^(document|visualViewport|trustedTypes|js)$/, `${file}: window.${name}`);
      for (const [, name] of text.matchAll(/\bwin\.(\w+)/g)) {
        assert.ok(taken.test(name) || ofPages.test(name) || name === 'origin', `${file}: win.${name}`);
      }
    }
  });
});

/** Draws a window with a field, and hears what is written there. */
const react = `(message, post) => {
  if (message.t === 'hello') post({ t: 'welcome', v: 1 });
  if (message.t !== 'command') return;
  if (message.name === 'WebChat.open') post({ t: 'view', root: 'webchat', class: 'cx-common-container', ops: [
    ['new', 1, 'div', 0, 0, { class: 'cx-widget cx-webchat', role: 'dialog', 'aria-label': 'Chat' }],
    ['new', 2, 'textarea', 1, 0, { class: 'cx-message-input', name: 'message', 'aria-label': 'Message' }],
    ['on', 2, [['keydown', 'send', ['Enter'], true, true, true, false, 0]]],
  ] });
  post({ t: 'settle', n: message.n, ok: true, value: 'done' });
}`;

/** What the page has of a name: a script that takes it. @type {Record<string, (name: string) => string>} */
const ways = {
  var: (name) => `var ${name} = {};`,
  function: (name) => `function ${name}() { throw new Error('the page has its own ${name}'); }`,
  class: (name) => `class ${name} {}`,
};
/** The browser's, which strangers take as names: without these a page itself is not one, or it has no say in them. */
const ofWindow = ['performance', 'navigation', 'localStorage', 'sessionStorage', 'matchMedia', 'open', 'fetch', 'origin', 'requestIdleCallback'];

describe("a page's own names in a browser", () => {
  let relay, person;
  paperStage({
    each(scene) {
      ({ relay, person } = scene);
      relay.react = react;
    },
  });

  for (const [way, take] of Object.entries(ways)) {
    it(`taken all at once by ${way}, before and after foyer.js, do not keep the visitor from chatting`, async () => {
      const names = [...(await given()), ...ofWindow].filter((name) => way !== 'class' || /^[A-Z]/.test(name));
      const takeAll = `<script>window.taken = ${names.length};${names.map(take).join('')}</script>`;
      for (const head of [takeAll + relay.tag('data-deployment="demo"'), relay.tag('data-deployment="demo"') + takeAll]) {
        relay.heard.length = 0;
        const page = await person.tab();
        await page.goto(relay.page('/', { head }));
        // What looks for elements needs the page's names itself: the mouse and the keys do not.
        await until('a click opens the chat', async () => {
          await page.mouse.click(1360, 855);
          return relay.heard.some(({ name }) => name === 'WebChat.open');
        });
        await until('what was written', async () => {
          await page.mouse.click(1228, 283);
          await page.keyboard.type('Hello');
          await page.keyboard.press('Enter');
          return relay.heard.some((message) => JSON.stringify(message).includes('Hello'));
        });
        await page.close();
      }
    });
  }

  it('taken one after the other leave the button', async () => {
    const page = await person.tab();
    for (const name of ['URL', 'Map', 'Set', 'Symbol', 'Promise', 'Proxy', 'performance', 'navigation']) {
      await page.goto(relay.page('/', { head: `<script>var ${name} = 'mine'</script>` + relay.tag('data-deployment="demo"') }));
      await page.locator('.cx-webchat-chat-button').wait();
    }
  });
});
