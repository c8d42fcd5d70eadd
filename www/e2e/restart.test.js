// kill -9 of the relay in mid-conversation, a new release, and Go that breaks down in the worker.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { agentFinishes, inConversation } from './harness/conversation.js';
import { unreachable } from './harness/relay.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const words = ['one', 'two', 'three', 'four', 'five'];
const asked = words.map((word) => `asked ${word}`);
const answered = words.map((word) => `answered ${word}`);

describe('a relay that is killed', () => {
  const scene = stage();

  it('comes back with everything, and with what both wrote meanwhile, once and in order', async () => {
    scene.expect(unreachable);
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, asked[0]);
    await agent.write(desk, answered[0]);
    await visitor.reads(shop, asked[0], answered[0]);
    await visitor.sees(shop, /delivered/i);

    await scene.relay.kill();
    await visitor.sees(shop, /reconnect/i);
    await agent.pageShows(desk, /reconnect/i);
    for (const text of asked.slice(1, 4)) await visitor.write(shop, text);
    for (const text of answered.slice(1, 4)) await agent.write(desk, text);

    await scene.relay.start();
    for (const texts of [asked, answered]) {
      await visitor.reads(shop, ...texts.slice(0, 4));
      await agent.reads(desk, ...texts.slice(0, 4));
    }
    await visitor.doesNotSee(shop, /reconnect/i);
    await agent.pageDoesNotShow(desk, /reconnect/i);

    await visitor.write(shop, asked[4]);
    await agent.reads(desk, ...asked);
    await agent.write(desk, answered[4]);
    await visitor.reads(shop, ...answered);
    await shop.reload();
    await visitor.reads(shop, ...asked);
    await visitor.reads(shop, ...answered);
    await agentFinishes(shop, desk);
  });

  it('offers again what was waiting for an agent', async () => {
    scene.expect(unreachable);
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Ada' });
    await visitor.sees(shop, /finding|looking|waiting/i);
    await scene.relay.kill();
    await scene.relay.start();

    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await agent.accept(desk);
    await agent.write(desk, 'sorry to keep you waiting');
    await visitor.reads(shop, 'sorry to keep you waiting');
  });

  it('drains on SIGTERM: it ends with 0, and both sides come back to the next one', async () => {
    scene.expect(unreachable);
    const { shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'before');
    await agent.reads(desk, 'before');
    const code = await scene.relay.drain();
    if (code !== 0) throw new Error(`it ended with ${code}:\n${scene.relay.log}`);
    await scene.relay.start();
    await visitor.write(shop, 'after');
    await agent.reads(desk, 'before', 'after');
  });
});

/**
 * Leaves a relay the files of a release before this one, which its browsers know.
 * @param {import('./harness/relay.js').Relay} relay
 * @returns {Promise<{before: string, now: string, offer: string}>} addresses of both releases of the program, and what a
 *   browser says of itself that has the first
 */
async function releasedBefore(relay) {
  const kept = join(relay.data, 'assets');
  const [build] = await readdir(kept);
  const now = (await readdir(join(kept, build))).find((name) => /^foyer\.\w+\.wasm$/.test(name));
  const program = await readFile(join(kept, build, now));
  const older = Buffer.concat([program, Buffer.from([0, 2, 1, 0x78])]); // with a section that means nothing
  const before = 'foyer.0123456789ab.wasm';
  await mkdir(join(kept, '0123456789ab'));
  await writeFile(join(kept, '0123456789ab', before), older);
  const offer = `:${createHash('sha256').update(older).digest('base64')}:`;
  return { before: `${relay.base}/${before}`, now: `${relay.base}/${now}`, offer };
}

/** A frame in a page, once it is loaded. @param {import('puppeteer-core').Page} page @param {string} url */
async function frameOf(page, url) {
  await page.evaluate((src) => document.documentElement.append(Object.assign(document.createElement('iframe'), { src })), url);
  return until('the frame is there', () => page.frames().find((frame) => frame.url() === url));
}

describe('a new release', () => {
  const scene = stage();

  it('costs who knows the last one what has changed: the worker gets that, and runs', async () => {
    const { before, now, offer } = await releasedBefore(scene.relay);
    await scene.relay.kill();
    await scene.relay.start();
    const headers = { 'accept-encoding': 'br, dcz', 'available-dictionary': offer };
    await until('the relay has what has changed', async () => (await fetch(now, { headers })).headers.get('content-encoding') === 'dcz');

    scene.expect(/favicon/);
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a', '/shop.css')); // on the shop's site, without the program
    const frame = await frameOf(shop, `${scene.relay.base}/healthz`);
    await frame.evaluate(async (url) => (await fetch(url)).arrayBuffer(), before);
    await shop.goto(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Ada' });
    const target = customer.context.targets().find((one) => one.type() === 'shared_worker');
    const worker = await target.worker();
    const received = await worker.evaluate((url) => {
      const [entry] = /** @type {(PerformanceResourceTiming & {contentEncoding: string})[]} */ (performance.getEntriesByName(url));
      return { coding: entry.contentEncoding, bytes: entry.encodedBodySize, size: entry.decodedBodySize };
    }, now);
    assert.equal(received.coding, 'dcz');
    assert.ok(received.bytes < received.size / 100, JSON.stringify(received));
  });
});

describe('Go that breaks down in the worker', () => {
  const scene = stage();

  it('starts anew, the chat goes on, and the relay logs where it was, with files and lines', async () => {
    scene.expect(/no random numbers/, /Go ended/);
    const { customer, shop, desk } = await inConversation(scene);
    await visitor.write(shop, 'before');
    await agent.reads(desk, 'before');
    const target = customer.context.targets().find((one) => one.type() === 'shared_worker');
    const worker = await target.worker();
    await worker.evaluate(() => {
      const real = crypto.getRandomValues.bind(crypto);
      crypto.getRandomValues = () => {
        crypto.getRandomValues = real;
        throw new Error('for once');
      };
    });
    await visitor.write(shop, 'a message needs an id');
    await until('the relay logs it', () => /a program broke down in a browser/.test(scene.relay.log));
    const logged = scene.relay.log.split('\n').find((line) => line.includes('a program broke down'));
    for (const part of [/panic: the browser gives no random numbers/, /browser\.\(\*Worker\)\.random\(/, /wasm\/browser\/random\.go:\d\d /, /wasm\/loop\/loop\.go:\d\d /]) {
      assert.match(logged, part);
    }
    assert.doesNotMatch(logged, /\?:0/, 'every frame has its line');

    await until('Go runs again', () => worker.evaluate(() => typeof globalThis.foyerOnPort === 'function'));
    await agent.write(desk, 'still there?');
    await visitor.reads(shop, 'before', 'still there?');
    await visitor.write(shop, 'after');
    await agent.reads(desk, 'before', 'still there?', 'after');
  });
});
