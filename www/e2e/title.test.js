// The title with which a page of a single-page application is recorded: the loader's modules without a browser.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';

Object.assign(globalThis, { FOYER_LEAN: 'foyer-lean.js' });
const { createTracking } = await import('../loader/tracking.js');
const { createLeftovers } = await import('../loader/leftovers.js');
const { whenTitled } = await import('../loader/title.js');

/** A page whose title the test sets, and Go, which notes what it is told. */
function createCase() {
  const observers = new Set();
  const document = {
    head: {},
    text: 'Home',
    referrer: '',
    get title() {
      return this.text;
    },
    set title(text) {
      this.text = text;
      for (const look of observers) look();
    },
  };
  const win = {
    document,
    location: { href: 'https://shop.test/' },
    navigator: { language: 'en', userAgent: 'test', sendBeacon: () => true },
    screen: { width: 1, height: 1 },
    performance: { now: () => Date.now() },
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    MutationObserver: class {
      constructor(look) {
        this.look = look;
      }
      observe() {
        observers.add(this.look);
      }
      disconnect() {
        observers.delete(this.look);
      }
    },
  };
  /** What Go was told: of pages that were entered, [title], or names of other events. */
  const told = [];
  const brief = (event) => (event.eventName === 'PageEntered' ? [event.data.title] : event.eventName);
  let last = [];
  let noted = 0;
  const go = {
    send: (message) => message.event && told.push(brief(message.event)),
    moved: (events) => told.push(...events.map(brief)),
    last(events) {
      noted++;
      last = structuredClone(events).map(brief);
    },
    connected: () => true,
  };
  const yes = () => true;
  const no = () => false;
  const tracking = createTracking(/** @type {any} */ (win), {
    base: '', url: () => '', ids: { visit: 'V', device: 'D', page: 'P' }, options: () => ({}),
    consent: /** @type {any} */ ({ mayTrack: yes, refused: no }), keep: () => undefined, go: () => /** @type {any} */ (go),
  });
  tracking.resume({ createLeftovers, whenTitled }); // as what sends the events does
  tracking.enter();
  tracking.begin(false);
  told.length = 0;
  return { document, tracking, told, last: () => last, notes: () => noted, observers };
}

describe('a page of a single-page application', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1e12 }));
  afterEach(() => mock.timers.reset());
  const pass = (ms) => mock.timers.tick(ms);

  it('is told with its own title, which comes after its address', () => {
    const { document, tracking, told, observers } = createCase();
    tracking.moved(false);
    pass(80);
    document.title = 'Loading…';
    pass(100);
    document.title = 'Blue tent';
    assert.deepEqual(told, []);
    pass(150);
    assert.deepEqual(told, ['PageExited', ['Blue tent']]);
    assert.equal(observers.size, 0);
  });

  it('is told soon where the title came before the address', () => {
    const { document, tracking, told } = createCase();
    pass(2000);
    document.title = 'Blue tent';
    tracking.moved(false);
    pass(150);
    assert.deepEqual(told, ['PageExited', ['Blue tent']]);
  });

  it('is told with the title that there is where none comes', () => {
    const { tracking, told } = createCase();
    pass(2000);
    tracking.moved(false);
    pass(1999);
    assert.deepEqual(told, []);
    pass(1);
    assert.deepEqual(told, ['PageExited', ['Home']]);
  });

  it('is told before what happens on it, in order', () => {
    const { document, tracking, told } = createCase();
    tracking.moved(false);
    tracking.events.add('BUSINESS', 'Bought', {});
    document.title = 'Blue tent';
    pass(150);
    assert.deepEqual(told, ['PageExited', ['Blue tent'], 'Bought']);
    tracking.events.add('BUSINESS', 'BoughtMore', {});
    assert.deepEqual(told.slice(3), ['BoughtMore']);
  });

  it('is not lost when the next one comes, or the page goes, before its title', async () => {
    const { document, tracking, told, last } = createCase();
    pass(2000);
    tracking.moved(false);
    tracking.moved(false);
    assert.deepEqual(told, ['PageExited', ['Home']]);
    document.title = 'Checkout';
    tracking.leave();
    assert.deepEqual(told.slice(2, 5), ['PageExited', ['Checkout'], 'PageExited']);
    await Promise.resolve();
    await Promise.resolve();
    assert.deepEqual(last().filter(Array.isArray).at(-1), ['Checkout']);
  });

  it('is told at once before a command', () => {
    const { document, tracking, told } = createCase();
    tracking.moved(false);
    document.title = 'Blue tent';
    tracking.release();
    assert.deepEqual(told, ['PageExited', ['Blue tent']]);
    pass(5000);
    assert.equal(told.length, 2);
  });

  it('is in what Go is told when it first hears of the page, and not told twice', () => {
    const { document, tracking, told } = createCase();
    tracking.moved(false);
    document.title = 'Blue tent';
    const entered = tracking.pending().filter(({ eventName }) => eventName === 'PageEntered');
    assert.equal(entered.at(-1)?.data.title, 'Blue tent');
    pass(5000);
    assert.deepEqual(told, []);
  });

  it('is one of a thousand events at once, which are all told, and the frame is told of the last ones once', async () => {
    const { tracking, told, notes } = createCase();
    await Promise.resolve();
    const before = notes();
    for (let i = 0; i < 1000; i++) tracking.events.add('BUSINESS', 'e' + i, {});
    assert.equal(told.length, 1000);
    assert.equal(tracking.pending().filter(({ eventType }) => eventType === 'BUSINESS').length, 1000);
    await Promise.resolve();
    await Promise.resolve();
    assert.ok(notes() - before <= 3, `${notes() - before} times`);
  });

  it('has its title also where the script runs before the title is there', () => {
    const { document, tracking } = createCase();
    document.text = '';
    tracking.enter();
    document.title = 'Late';
    pass(150);
    assert.equal(tracking.pending().at(-1)?.data.title, 'Late');
  });
});
