// Files from the agent's side: chosen, dropped, pasted, refused, downloaded.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { disk, downloads, drop, paste } from './harness/files.js';
import { aria, click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

describe('files', () => {
  const scene = stage();
  const onDisk = disk();

  it('are chosen by the agent, are in the log after a reload, and are the same when they are downloaded', async () => {
    const { desk } = await inConversation(scene);
    const content = 'Grüße\n'.repeat(50_000);
    const [chooser] = await Promise.all([desk.waitForFileChooser(), click(desk, 'button', 'Attach a file')]);
    assert.ok(chooser.isMultiple());
    await chooser.accept([await onDisk('price list ü.txt', content)]);
    await desk.locator(download('price list ü.txt')).wait();
    await agent.sees(desk, /sent|delivered/i);

    await desk.reload();
    await agent.reads(desk, 'price list ü.txt');
    const saved = await downloads(desk);
    await desk.locator(download('price list ü.txt')).click();
    assert.equal(await saved.next(), content);
  });

  it('are dropped on the conversation', async () => {
    const { desk } = await inConversation(scene);
    await drop(desk, agent.conversation, await onDisk('dropped.txt', 'dropped'));
    await desk.locator(download('dropped.txt')).wait();
  });

  it('are pasted into the message, but not beside a text', async () => {
    const { desk } = await inConversation(scene);
    await agent.draft(desk, 'A picture:');
    await paste(desk, 'with text.txt', 'a text');
    await paste(desk, 'pasted.txt');
    await desk.locator(download('pasted.txt')).wait();
    assert.doesNotMatch(await desk.$eval(agent.conversation, (region) => region.textContent), /with text/);
    await agent.draftIs(desk, 'A picture:');
  });

  it('are refused with the reason before they are sent', async () => {
    const { desk } = await inConversation(scene);
    const [chooser] = await Promise.all([desk.waitForFileChooser(), click(desk, 'button', 'Attach a file')]);
    await chooser.accept([await onDisk('setup.exe', 'MZ'), await onDisk('empty.txt', '')]);
    await agent.sees(desk, /Files of this type cannot be sent/);
    await agent.sees(desk, /too large, or empty/);
    await click(desk, 'button', 'Discard: setup.exe');
    await until('it is forgotten', async () => (await desk.$(aria('button', 'Discard: setup.exe'))) === null);
  });

  it('show how far they are and can be cancelled', async () => {
    const { desk } = await inConversation(scene);
    await desk.emulateNetworkConditions({ upload: 20_000, download: 1_000_000, latency: 0 });
    const path = await onDisk('long.txt', 'x'.repeat(4_000_000));
    const [chooser] = await Promise.all([desk.waitForFileChooser(), click(desk, 'button', 'Attach a file')]);
    await chooser.accept([path]);
    await desk.locator(aria('progressbar', 'Sending long.txt')).wait();
    await click(desk, 'button', 'Cancel: long.txt');
    await until('it is gone', async () => (await desk.$(aria('progressbar', 'Sending long.txt'))) === null);
  });
});

const download = (name) => aria('button', `Download: ${name}`);
