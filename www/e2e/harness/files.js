// Files in the hands of a person: on their disk, dragged, pasted, downloaded.

import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { until } from './until.js';

/**
 * A folder of files, for the tests of a describe block.
 * @returns {(name: string, content: string) => Promise<string>} writes one and gives its path
 */
export function disk() {
  let folder;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'foyer-files-'))));
  after(() => rm(folder, { recursive: true, force: true }));
  return async (name, content) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
}

/** Drags a file over an element, waits until the page shows that it takes files, and lets go. */
export async function drop(page, selector, path) {
  await page.bringToFront();
  const cdp = await page.createCDPSession();
  const box = await (await page.waitForSelector(selector)).boundingBox();
  const drag = (type) =>
    cdp.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  await drag('dragEnter');
  await drag('dragOver');
  await until('the page shows that it takes files', () => isMarked(page));
  await drag('drop');
  await until('the page shows that no longer', async () => !(await isMarked(page)));
}

function isMarked(page) {
  return page.evaluate(() => document.querySelector('[data-dropping]') !== null);
}

/** Pastes a file into the field that has the focus, with a text beside it as office programs do. */
export function paste(page, name, text = '') {
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
export async function downloads(page) {
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
