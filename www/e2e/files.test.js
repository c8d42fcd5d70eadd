// Files from the agent's side: chosen, dropped, pasted, refused, downloaded.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { inConversation } from './harness/conversation.js';
import { aria, click } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

describe('files', () => {
  const scene = stage();
  let folder;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'foyer-files-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  /** A file on the agent's disk. */
  async function onDisk(name, content) {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

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
    const path = await onDisk('dropped.txt', 'dropped');
    await desk.bringToFront();
    const cdp = await desk.createCDPSession();
    const box = await (await desk.$(agent.conversation)).boundingBox();
    const drag = (type) =>
      cdp.send('Input.dispatchDragEvent', {
        type,
        x: box.x + box.width / 2,
        y: box.y + box.height / 2,
        data: { items: [], files: [path], dragOperationsMask: 1 },
      });
    await drag('dragEnter');
    await drag('dragOver');
    await until('the conversation shows that it takes files', () => isMarked(desk));
    await drag('drop');
    await desk.locator(download('dropped.txt')).wait();
    assert.equal(await isMarked(desk), false);
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

function isMarked(page) {
  return page.evaluate(() => document.querySelector('[data-dropping]') !== null);
}

/** Pastes a file into the field that has the focus, with a text beside it as office programs do. */
function paste(page, name, text = '') {
  return page.evaluate(
    (fileName, beside) => {
      const data = new DataTransfer();
      data.items.add(new File(['pasted'], fileName, { type: 'text/plain' }));
      if (beside) data.items.add(beside, 'text/plain');
      document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
      );
    },
    name,
    text,
  );
}

/** Has the browser save downloads of this page's person in a folder. next reads the one that comes next. */
async function downloads(page) {
  const downloadPath = await mkdtemp(join(tmpdir(), 'foyer-downloads-'));
  const cdp = await page.browser().target().createCDPSession();
  await cdp.send('Browser.setDownloadBehavior', {
    behavior: 'allowAndName',
    browserContextId: page.browserContext().id,
    downloadPath,
    eventsEnabled: true,
  });
  const finished = new Promise((resolve) => {
    cdp.on('Browser.downloadProgress', ({ state }) => state === 'completed' && resolve(undefined));
  });
  return {
    async next() {
      await finished;
      const [name] = await readdir(downloadPath);
      const content = await readFile(join(downloadPath, name), 'utf8');
      await rm(downloadPath, { recursive: true });
      return content;
    },
  };
}
