// One tag in head: the button at once, nothing more before the page is idle, and never a held-up page.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foyersTasks } from './harness/main-thread.js';
import { click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

/** Layouts in one task: what is drawn is measured as a whole, not piece by piece. */
const mostLayouts = 8;
/** Nodes that come into the document at once: those of the whole window are fewer. */
const mostNodes = 150;

describe('the tag', () => {
  const scene = stage();

  it('stands in head before body, and gives one button', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    const tag = await shop.$eval('head > script[src$="/foyer.js"]', (script) => ({
      async: script.hasAttribute('async'),
      deployment: script.dataset.deployment,
    }));
    assert.deepEqual(tag, { async: true, deployment: 'demo' });
    await shop.locator(visitor.chatButton).wait();
    assert.equal((await shop.$$(visitor.chatButton)).length, 1);
  });

  it('starts nothing before the page is idle, and then by itself', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab({ prepare: holdIdle });
    const requested = [];
    shop.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await shop.goto(scene.relay.shop('shop-a'), { waitUntil: 'load' });
    await shop.locator(visitor.chatButton).wait();
    await until('Foyer waits for an idle moment', () => shop.evaluate(() => globalThis.heldIdle.length > 0));
    assert.deepEqual(requested.filter(heavy), [], 'before the page is idle');

    await shop.evaluate(() => globalThis.releaseIdle());
    await until('the frame is opened', () => requested.includes('/bridge.html'));
  });

  it('starts at once when the visitor shows intent', async () => {
    const customer = await scene.visitor();
    const shop = await customer.tab({ prepare: holdIdle });
    const requested = [];
    shop.on('request', (request) => requested.push(new URL(request.url()).pathname));
    await shop.goto(scene.relay.shop('shop-a'));
    await click(shop, 'button', 'Chat');
    await until('the frame is opened', () => requested.includes('/bridge.html'));
    await shop.locator('#cx_webchat_form_firstname').wait();
  });

  it('twice on a page is as good as once', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await shop.addScriptTag({ url: `${scene.relay.base}/foyer.js` });
    await click(shop, 'button', 'Chat');
    await shop.locator('#cx_webchat_form_firstname').wait();
    assert.equal((await shop.$$(visitor.chatWindow)).length, 1);
  });

  it('starts piece by piece, each in a task of its own', async () => {
    const shop = await (await scene.visitor()).tab({ prepare: noteTasks });
    await shop.goto(scene.relay.shop('shop-a'));
    const pieces = ['the globals', 'the start of the page', 'the button', 'what Go needs', 'the frame'];
    await until('Go is on its way', () => shop.evaluate((all) => all.every((piece) => piece in globalThis.tasks), pieces));
    const tasks = await shop.evaluate(() => globalThis.tasks);
    assert.equal(new Set(pieces.map((piece) => tasks[piece])).size, pieces.length, JSON.stringify(tasks));
  });

  // `make bench` measures what it comes to: no task of 50 ms, also on a processor four times slower.
  it("does little at a time on the page's main thread, and nothing of Go", async () => {
    const origins = { page: new URL(scene.relay.shop('shop-a')).origin, relay: scene.relay.base };
    const shop = await (await scene.visitor()).tab({ prepare: noteMuch });
    const tasks = await foyersTasks(shop, origins, async () => {
      await shop.goto(scene.relay.shop('shop-a'));
      await visitor.startChat(shop, { firstname: 'Ada' });
      await visitor.write(shop, 'good morning');
      await visitor.reads(shop, 'good morning');
    });
    const layouts = Math.max(...tasks.map((task) => task.layouts));
    const nodes = await shop.evaluate(() => globalThis.mostNodes);
    assert.ok(layouts <= mostLayouts, `${layouts} layouts in one task`);
    assert.ok(nodes <= mostNodes, `${nodes} nodes came at once`);
    for (const frame of shop.frames()) assert.deepEqual(await frame.evaluate(() => globalThis.compiled), [], frame.url());
  });
});

const heavy = (path) => path === '/bridge.html' || path.endsWith('.wasm') || /\/(worker|bridge)\./.test(path);

/** Keeps idle callbacks back until releaseIdle is called. */
function holdIdle() {
  const original = globalThis.requestIdleCallback;
  globalThis.heldIdle = [];
  globalThis.requestIdleCallback = (callback, options) => globalThis.heldIdle.push([callback, options]);
  globalThis.releaseIdle = () => {
    globalThis.requestIdleCallback = original;
    for (const [callback, options] of globalThis.heldIdle) original(callback, options);
  };
}

/** Notes in which task of the page each piece of the start began: the number of the task, by what began. */
function noteTasks() {
  globalThis.tasks = {};
  let task = 0;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => void task++;
  const note = (what) => {
    globalThis.tasks[what] ??= task;
    port2.postMessage(0); // what is posted later comes later: in another task
    return true;
  };
  let bus;
  Object.defineProperty(globalThis, 'CXBus', { configurable: true, get: () => bus, set: (value) => note('the globals') && (bus = value) });
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    if (type === 'pagehide') note('the start of the page');
    if (type === 'securitypolicyviolation') note('what Go needs');
    return listen.call(this, type, ...rest);
  };
  new MutationObserver((records) => {
    for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof HTMLIFrameElement) note('the frame');
      if (node instanceof Element && node.querySelector('.cx-side-button-group')) note('the button');
    }
  }).observe(document, { childList: true, subtree: true });
}

/** Notes the most nodes that came into the document at once, and what of WebAssembly was used. */
function noteMuch() {
  globalThis.mostNodes = 0;
  const size = (node) => 1 + [...node.childNodes].reduce((sum, child) => sum + size(child), 0);
  new MutationObserver((records) => {
    const nodes = new Set(records.flatMap((record) => [...record.addedNodes])); // one that was moved is still one
    const came = [...nodes].filter((node) => node.isConnected && ![...nodes].some((other) => other !== node && other.contains(node)));
    if (document.readyState === 'complete') globalThis.mostNodes = Math.max(globalThis.mostNodes, came.reduce((sum, node) => sum + size(node), 0));
  }).observe(document, { childList: true, subtree: true });
  globalThis.compiled = [];
  for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
    Object.defineProperty(WebAssembly, name, { get: () => globalThis.compiled.push(name) && (() => Promise.reject(new Error(name))) });
  }
}
