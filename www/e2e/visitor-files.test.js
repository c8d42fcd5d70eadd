// Files from the visitor's side: chosen, dropped, pasted, sent by the page, with progress, cancelled, refused.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { disk, downloads, drop, paste } from './harness/files.js';
import { aria, click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const choose = async (page, ...paths) => {
  await page.bringToFront();
  const [chooser] = await Promise.all([page.waitForFileChooser(), click(page, 'button', 'Attach a file')]);
  await chooser.accept(paths);
};
const download = (name) => aria('button', `Download: ${name}`);
const progress = (name) => aria('progressbar', `Sending ${name}`);

describe('files of visitors', () => {
  const scene = stage();
  const onDisk = disk();

  const isGone = (page, selector) => until(`${selector} is gone`, async () => (await page.$(selector)) === null);

  it('are told their limits before, are chosen, and reach the agent as they are', async () => {
    const { shop, desk } = await inConversation(scene);
    await shop.bringToFront();
    await shop.locator(aria('button', 'Attach a file')).wait();
    await until('the limits are told', () =>
      shop.$eval(aria('button', 'Attach a file'), (button) => /Up to .*files, each up to .*pdf/.test(button.title)));
    const content = 'Grüße\n'.repeat(20_000);
    await choose(shop, await onDisk('order ü.txt', content));
    await shop.locator(download('order ü.txt')).wait();
    await agent.reads(desk, 'order ü.txt');
    const saved = await downloads(desk);
    await desk.locator(download('order ü.txt')).click();
    assert.equal(await saved.next(), content);
    await shop.reload();
    await visitor.reads(shop, 'order ü.txt');
  });

  it('are dropped on the window, and pasted into the message', async () => {
    const { shop, desk } = await inConversation(scene);
    await shop.bringToFront();
    await shop.locator(aria('button', 'Attach a file')).wait();
    await drop(shop, visitor.chatWindow, await onDisk('dropped.txt', 'dropped'));
    await shop.locator(download('dropped.txt')).wait();
    await visitor.draft(shop, 'A picture:');
    await paste(shop, 'beside a text.txt', 'a text');
    await paste(shop, 'pasted.txt');
    await shop.locator(download('pasted.txt')).wait();
    assert.doesNotMatch(await visitor.windowText(shop), /beside a text/);
    await visitor.draftIs(shop, 'A picture:');
    await agent.reads(desk, 'dropped.txt', 'pasted.txt');
  });

  it('are refused with the reason before they are sent, and can be discarded', async () => {
    const { shop } = await inConversation(scene);
    await choose(shop, await onDisk('setup.exe', 'MZ'), await onDisk('empty.txt', ''));
    await visitor.sees(shop, /Files of this type cannot be sent/);
    await visitor.sees(shop, /too large, or empty/);
    await click(shop, 'button', 'Discard: setup.exe');
    await isGone(shop, aria('button', 'Discard: setup.exe'));
  });

  it('sent by the page are in the window as the visitor’s own are; ten at once all arrive', async () => {
    const { shop, desk } = await inConversation(scene);
    const outcome = await shop.evaluate(async () => {
      const files = Array.from({ length: 10 }, (_, i) => new File(['n' + i], `file ${i}.txt`, { type: 'text/plain' }));
      const sent = globalThis.CXBus.command('WebChatService.sendFile', { files });
      return sent.then((value) => ['resolved', value.status.code], (why) => ['rejected', why]);
    });
    assert.deepEqual(outcome, ['resolved', 'SUCCESS']);
    await agent.reads(desk, ...Array.from({ length: 10 }, (_, i) => `file ${i}.txt`));
    await visitor.reads(shop, 'file 0.txt', 'file 9.txt');
  });

  it('more at once than are allowed: as many as are allowed arrive, and the page hears why', async () => {
    const { shop } = await inConversation(scene);
    const outcome = await shop.evaluate(async () => {
      const files = Array.from({ length: 25 }, (_, i) => new File(['n' + i], `file ${i}.txt`, { type: 'text/plain' }));
      return globalThis.CXBus.command('WebChatService.sendFile', { files }).then(() => 'resolved', (why) => why.status.code);
    });
    assert.equal(outcome, 'LIMIT_FILE_COUNT');
    await visitor.reads(shop, 'file 0.txt', 'file 19.txt');
    assert.doesNotMatch(await visitor.windowText(shop), /file 20/);
  });
});

describe('files on their way', () => {
  // A scanner that takes its time, so that they are on their way for as long as the test wants them to be.
  const cleared = join(tmpdir(), `foyer-cleared-${process.pid}`);
  const scene = stage({ config: `scanner: {command: [sh, -c, "cat > /dev/null; until [ -e ${cleared} ]; do sleep 0.1; done"]}` });
  const onDisk = disk();
  after(() => rm(cleared, { force: true }));

  it('show how far they are and can be cancelled', async () => {
    const { shop, desk } = await inConversation(scene);
    await shop.bringToFront();
    await shop.locator(aria('button', 'Attach a file')).wait();
    await choose(shop, await onDisk('first.txt', 'first'), await onDisk('second.txt', 'second'), await onDisk('third.txt', 'third'));
    await shop.locator(progress('first.txt')).wait();
    await click(shop, 'button', 'Cancel: second.txt');
    await until('two are on their way', async () => (await shop.$$('.cx-upload')).length === 2);
    await writeFile(cleared, '');
    await agent.reads(desk, 'first.txt', 'third.txt');
    await visitor.reads(shop, 'first.txt', 'third.txt');
    assert.doesNotMatch(await visitor.windowText(shop), /second/);
  });
});

describe('files under a broken scanner', () => {
  const scene = stage({ config: 'scanner: {command: [sh, -c, "exit 2"]}' });
  const onDisk = disk();

  it('say so, wait for the visitor to repeat them, and can be discarded', async () => {
    scene.expect(/503/); // what the browser says of a refused upload
    const { shop } = await inConversation(scene);
    await choose(shop, await onDisk('order.txt', 'order'));
    await visitor.sees(shop, /could not be checked for viruses/);
    await click(shop, 'button', 'Try again: order.txt');
    await shop.locator(aria('button', 'Discard: order.txt')).click();
    await until('nothing is on its way', async () => (await shop.$('.cx-upload')) === null);
    assert.doesNotMatch(await visitor.windowText(shop), /order/);
  });
});
