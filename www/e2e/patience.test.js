// How long the page's side waits, and what it does then: modules of the loader and the frame without a browser, on a clock
// of the test's.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { compileFrom } from '../frame/program.js';
import { createFrame } from '../loader/go/frame.js';
import { createLink } from '../loader/go/link.js';
import { retry } from '../loader/retry.js';

/** Lets promises go on. */
const soon = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

/** The time goes on so many ms. */
async function pass(ms) {
  await soon();
  mock.timers.tick(ms);
  await soon();
}

/** A window, as far as these modules need one. */
function createWindow() {
  const win = new EventTarget();
  const frames = [];
  const createElement = () => {
    const element = {
      contentWindow: {},
      isConnected: true,
      setAttribute() {},
      remove: () => frames.splice(frames.indexOf(element), 1),
      onload: () => {},
    };
    return element;
  };
  const doc = Object.assign(new EventTarget(), { createElement, documentElement: { append: (element) => frames.push(element) } });
  const timers = {
    setTimeout: (run, ms, ...more) => setTimeout(run, ms, ...more),
    clearTimeout: (timer) => clearTimeout(timer),
    setInterval: (run, ms) => setInterval(run, ms),
  };
  return Object.assign(win, timers, { document: doc, origin: 'https://shop.test', frames });
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] }));
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

describe('what is tried again', () => {
  it('comes at its first success, and says once that it failed', async () => {
    const win = createWindow();
    const failed = [];
    let tries = 0;
    const attempt = async () => {
      if (++tries < 5) throw new Error(`try ${tries}`);
      return 'there';
    };
    const found = new Promise((resolve) => retry(/** @type {any} */ (win), attempt, resolve, (error) => failed.push(/** @type {Error} */ (error).message)));
    for (const pause of [1000, 2000, 4000, 8000]) {
      const before = tries;
      await pass(pause - 1);
      assert.equal(tries, before);
      await pass(1);
      assert.equal(tries, before + 1);
    }
    assert.equal(await found, 'there');
    assert.deepEqual(failed, ['try 1']);
  });

  it('is tried at once when the browser is online again, and not while a try is under way', async () => {
    const win = createWindow();
    let tries = 0;
    let end = (/** @type {Error} */ _) => {};
    const attempt = () => new Promise((_, reject) => ((end = reject), tries++));
    retry(/** @type {any} */ (win), attempt, () => {}, () => {});
    win.dispatchEvent(new Event('online'));
    assert.equal(tries, 1);
    end(new Error('broken'));
    await soon();
    win.dispatchEvent(new Event('online'));
    assert.equal(tries, 2);
    await pass(60_000);
    assert.equal(tries, 2, 'the pause was over with it');
  });

  it('is never given up', async () => {
    const win = createWindow();
    let tries = 0;
    retry(/** @type {any} */ (win), async () => { tries++; throw new Error('no network'); }, () => {}, () => {});
    for (let i = 0; i < 20; i++) await pass(300_000);
    assert.equal(tries, 21);
  });
});

describe('a command that Go does not hear', () => {
  /** @param {{ coming?: () => boolean }} options */
  function createCase({ coming = () => true } = {}) {
    const outcomes = [];
    const link = createLink(/** @type {any} */ (createWindow()), {
      hello: () => /** @type {any} */ ({ t: 'hello' }),
      config: () => undefined,
      pack: (_, data) => data,
      unpack: (value) => value,
      on: /** @type {any} */ ({}),
      coming,
      again() {},
      tick() {},
    });
    const deferred = /** @type {any} */ ({ resolve: (value) => outcomes.push(['done', value]), reject: (value) => outcomes.push(['failed', value]) });
    const ask = (since) => link.command('WebChat.open', {}, deferred, 'Test', since);
    const connect = () => {
      const posted = [];
      const port = { postMessage: (message) => posted.push(message), close() {}, onmessage: (_) => {} };
      link.use(/** @type {any} */ (port), 'pass');
      return { posted, say: (data) => port.onmessage({ data, target: port }) };
    };
    return { link, outcomes, ask, connect };
  }

  it('is rejected within 30 s', async () => {
    const { outcomes, ask } = createCase();
    ask();
    await pass(29_999);
    assert.deepEqual(outcomes, []);
    await pass(1);
    assert.deepEqual(outcomes, [['failed', 'the chat cannot be reached']]);
  });

  it('counts from when the page asked', async () => {
    const { outcomes, ask } = createCase();
    mock.timers.tick(20_000);
    ask(0);
    await pass(10_000);
    assert.equal(outcomes.length, 1);
  });

  it('says to Go how long it is good for, and is rejected on a port that nobody hears', async () => {
    const { outcomes, ask, connect } = createCase();
    ask();
    const { posted } = connect();
    ask();
    const said = [...posted[0].then, ...posted.slice(1)].map(({ t, until }) => [t, until]);
    assert.deepEqual(said, [['command', 29_000], ['command', 29_000]]);
    await pass(30_000);
    assert.equal(outcomes.length, 2);
  });

  it('is not asked again on the next port once it is rejected', async () => {
    const { ask, connect } = createCase();
    ask();
    await pass(30_000);
    assert.deepEqual(connect().posted[0].then, []);
  });

  it('waits for what comes of it once Go has heard it, also on a port that came later', async () => {
    const { outcomes, ask, connect } = createCase();
    ask();
    const first = connect();
    first.say({ t: 'welcome' });
    ask();
    await pass(60_000);
    first.say({ t: 'gone' });
    await pass(60_000);
    const second = connect();
    assert.deepEqual(second.posted[0].then.map(({ until }) => until), [undefined, undefined], 'it may be done whenever that is');
    second.say({ t: 'settle', n: 1, ok: true, value: 'window' });
    assert.deepEqual(outcomes, [['done', 'window']]);
  });

  it('waits for the visitor to consent, and has all its time then', async () => {
    let agreed = false;
    const { link, outcomes, ask, connect } = createCase({ coming: () => agreed });
    ask();
    await pass(600_000);
    assert.deepEqual(outcomes, []);
    link.begin();
    agreed = true;
    assert.equal(connect().posted[0].then[0].until, 629_000);
    await pass(29_000);
    assert.deepEqual(outcomes, []);
    await pass(60_000);
    assert.equal(outcomes.length, 1);
  });
});

describe('the frame', () => {
  function createCase({ reach = async () => {} } = {}) {
    mock.method(console, 'warn', () => {});
    const win = createWindow();
    const refusals = [];
    const ports = [];
    const frame = createFrame(/** @type {any} */ (win), {
      base: 'https://relay.test', deployment: 'd', mayJoin: () => false, reach,
      onPort: (_, pass) => ports.push(pass), onRefused: () => refusals.push(Date.now()),
    });
    const seen = [];
    /** The frame that is there now, which must be another than before. */
    const next = () => {
      assert.equal(win.frames.length, 1);
      assert.ok(!seen.includes(win.frames[0]), 'a new frame');
      seen.push(win.frames[0]);
      return win.frames[0];
    };
    const answer = (element) => {
      const port = { postMessage() {} };
      const event = { source: element.contentWindow, origin: 'https://relay.test', data: { t: 'port', v: 1, pass: 'p' }, ports: [port, port] };
      win.dispatchEvent(Object.assign(new Event('message'), event));
    };
    frame.open();
    return { win, frame, refusals, ports, next, answer };
  }

  it('that something in the browser refuses is known within 3 s', async () => {
    const { frame, refusals, next } = createCase();
    next().onload();
    await pass(1000);
    next().onload();
    await pass(1000);
    assert.ok(frame.refused());
    assert.equal(refusals.length, 1);
  });

  it('that broke once is put in again, and nobody hears of it', async () => {
    const { frame, refusals, ports, next, answer } = createCase();
    next().onload();
    await pass(1000);
    const second = next();
    second.onload();
    answer(second);
    await pass(60_000);
    assert.deepEqual([frame.refused(), refusals.length, ports.length], [false, 0, 1]);
  });

  it('is tried again and again while the network is gone, and refused only when it does not answer', async () => {
    const { win, frame, refusals, next, answer } = createCase({ reach: async () => { throw new Error('no network'); } });
    next().onload();
    await pass(1000);
    for (const pause of [1000, 2000]) {
      next().onload();
      await pass(1000);
      assert.equal(frame.refused(), false);
      await pass(pause);
    }
    await pass(2000);
    assert.deepEqual(refusals, [8000]);
    next();
    win.dispatchEvent(new Event('online'));
    const last = next();
    answer(last);
    assert.equal(frame.refused(), false);
  });

  it('that hangs is tried again', async () => {
    const { next } = createCase();
    next();
    await pass(8000);
    next();
    await pass(8000);
    await pass(1000);
    next();
  });

  it('that loads itself anew for a new pass is left alone', async () => {
    const { win, next, answer } = createCase();
    const element = next();
    element.onload();
    answer(element);
    element.onload();
    await pass(60_000);
    assert.equal(win.frames[0], element);
  });
});

describe('the program', () => {
  const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  /** A response whose body comes as the test says. */
  function serve(type = 'application/wasm') {
    /** @type {ReadableStreamDefaultController<Uint8Array>} */
    let body;
    mock.method(globalThis, 'fetch', async (_, { signal }) => {
      const stream = new ReadableStream({ start: (controller) => (body = controller) });
      signal.addEventListener('abort', () => body.error(new Error('aborted')));
      return new Response(stream, { headers: { 'content-type': type } });
    });
    return { give: (part) => body.enqueue(part), end: () => body.close() };
  }

  for (const type of ['application/wasm', 'text/html']) {
    it(`comes however slowly (as ${type})`, async () => {
      const { give, end } = serve(type);
      const compiled = compileFrom('/foyer.wasm');
      for (const byte of empty) {
        await pass(14_000);
        give(new Uint8Array([byte]));
      }
      end();
      assert.ok((await compiled) instanceof WebAssembly.Module);
    });
  }

  it('that stops coming has failed after 15 s', async () => {
    const { give } = serve();
    const compiled = compileFrom('/foyer.wasm');
    const failed = assert.rejects(compiled);
    await soon();
    give(empty.slice(0, 4));
    await pass(15_000);
    await failed;
  });

  it('that the relay no longer has is said to be gone', async () => {
    mock.method(globalThis, 'fetch', async () => new Response('', { status: 404 }));
    await assert.rejects(compileFrom('/foyer.wasm'), { gone: true });
  });
});
