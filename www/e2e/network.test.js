// The network breaks while a page's chat is on its way: at each of the requests that it needs, and in the middle of the
// long ones. Whenever that is, it comes when the network is back, and the commands of the page are done.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customersRelay, home } from './harness/customer-page.js';
import { unreachable } from './harness/relay.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const head = `<script async src="https://relay.test/foyer.js" data-deployment="customer"></script>
<script>
  (window._gt = window._gt || []).push(['getIDs', function () {
    window.outcomes = {};
    var bus = CXBus.registerPlugin('Test');
    window.ask = function (name, data) {
      var note = function (word) { return function (value) { outcomes[name] = word + (word === 'failed' ? ' ' + JSON.stringify(value) : ''); }; };
      bus.command(name, data).done(note('done')).fail(note('failed'));
    };
    window.ask('WebChatService.startChat', { firstname: 'Ada' });
    window.ask('WebChat.open', {});
  }]);
</script>`;

/**
 * Requests, and bytes of their answers after which the network breaks; those of a group one after the other.
 * @type {Record<string, [RegExp, number][]>}
 */
const groups = {
  'before Go is asked for': [[/^\/deployment\.js/, 0], [/^\/foyer-go\./, 0], [/^\/foyer-view\./, 0], [/^\/foyer\.\w+\.css/, 0]],
  'in the frame': [[/^\/bridge\.html/, 0], [/^\/bridge\.\w+\.js/, 0], [/^\/worker\.\w+\.js/, 0], [/^\/foyer\.\w+\.wasm/, 0]],
  'at the welcome': [[/^\/native\/v1\/socket/, 200]],
  'in Go': [
    [/^\/foyer\.\w+\.wasm/, 1000],
    [/^\/foyer\.\w+\.wasm/, 400_000],
    [/^\/texts\/webchat/, 0],
    [/^\/native\/v1\/socket/, 0],
  ],
};

describe('a network that breaks while the chat is on its way', () => {
  const scene = stage({ front: true, config: customersRelay });

  for (const [where, moments] of Object.entries(groups)) {
    it(`${where}: the chat comes, and the commands of the page are done`, async () => {
      scene.expect(unreachable, /\[foyer\]/, /Failed to (load|fetch)/, /net::ERR/);
      const person = await scene.visitor();
      for (const [path, bytes] of moments) scene.front.breakAt(path, bytes);
      const page = await person.visit(scene.front.page(home, { head }));
      await until('the commands are settled', () => page.evaluate(() => Object.keys(globalThis.outcomes ?? {}).length === 2));
      assert.deepEqual(await page.evaluate(() => globalThis.outcomes), { 'WebChatService.startChat': 'done', 'WebChat.open': 'done' });
      await visitor.write(page, 'hello');
      await visitor.sees(page, /hello/);
      await until('it broke everywhere', () => scene.front.unbroken.length === 0);
    });
  }

  it('for good: what the page asked for is rejected, and not done later', async () => {
    scene.expect(unreachable, /\[foyer\]/, /Failed to (load|fetch)/, /net::ERR/);
    const person = await scene.visitor();
    scene.front.breakAt(/^\/bridge\.html/, 0, Infinity);
    // The page's clock runs ahead of ours: nobody waits for half a minute here.
    const page = await person.visit(scene.front.page(home, { head }), { prepare: hurry });
    await until('the commands are settled', () => page.evaluate(() => Object.keys(globalThis.outcomes ?? {}).length === 2));
    const lost = 'failed "the chat cannot be reached"';
    assert.deepEqual(await page.evaluate(() => globalThis.outcomes), { 'WebChatService.startChat': lost, 'WebChat.open': lost });
    scene.front.mend();
    await page.evaluate(() => {
      globalThis.dispatchEvent(new Event('online'));
      globalThis.ask('WebChat.open', {});
    });
    await until('what is asked next is done', () => page.evaluate(() => globalThis.outcomes['WebChat.open'] === 'done'));
    await visitor.sees(page, /name/i); // the form: the chat that was rejected has not begun
  });
});

/** In the page: timers of half a minute are over at once, and the clock says so. */
function hurry() {
  const real = globalThis.setTimeout;
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  const hurried = (run, ms, ...more) => {
    if (ms < 29_000 || ms > 31_000) return real(run, ms, ...more);
    return real(() => {
      ahead += ms;
      run(...more);
    }, 500);
  };
  globalThis.setTimeout = /** @type {any} */ (hurried);
}
