// What a story that failed leaves behind, for whoever was not there: in out/failed, in a folder named after the story, a
// picture and the document of each tab, what the browser said, and the relay's log.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const failed = fileURLToPath(new URL('../out/failed/', import.meta.url));

/** A tab that does not answer is left out after so long, ms: it may be what failed. */
const patience = 10_000;

/**
 * What can be kept of a tab.
 * @typedef {{ picture: () => Promise<Uint8Array>, document: () => Promise<string> }} Sight
 */

/**
 * Keeps the evidence and says where it is. It never fails itself.
 * @param {string} story  its full name
 * @param {{sights?: Sight[], said?: string[], log?: string}} evidence  said: lines of consoles; log: the relay's
 */
export async function keepEvidence(story, { sights = [], said = [], log = '' }) {
  try {
    const folder = failed + story.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 120) + '/';
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const keep = async (/** @type {string} */ name, /** @type {() => Promise<Uint8Array | string>} */ content) => {
      const late = pause(patience, 'it did not answer', { ref: false });
      await writeFile(folder + name, await Promise.race([content(), late]).catch(String));
    };
    await keep('console.txt', async () => said.join('\n') + '\n');
    await keep('relay.log', async () => log);
    for (const [i, sight] of sights.entries()) {
      await keep(`tab-${i + 1}.html`, sight.document);
      await keep(`tab-${i + 1}.png`, sight.picture);
    }
    console.error(`Evidence of "${story}": ${folder}`);
  } catch (error) {
    console.error(`There is no evidence of "${story}":`, error);
  }
}

/** Whether a test went well, as its hooks are told. @param {import('node:test').TestContext} t */
export function passed(t) {
  return /** @type {any} */ (t).passed !== false; // older than its declaration
}

/** A tab of puppeteer's. @param {import('puppeteer-core').Page} page @returns {Sight} */
export function sightOf(page) {
  return { picture: () => page.screenshot(), document: async () => `<!-- ${page.url()} -->\n` + (await page.content()) };
}
