// Prints what works in which browser: stories of across/, in each engine and mode of harness/engines.js. `node engines.js
// firefox` runs those columns whose name holds the word. It exits 1 where something failed that a browser does not forbid.

import { setTimeout as pause } from 'node:timers/promises';
import { stories as ladder } from './across/ladder.js';
import { stories as samples } from './across/samples.js';
import { engines } from './harness/engines.js';
import { Front } from './harness/front.js';
import { Relay } from './harness/relay.js';

/** One story takes no longer than this, ms. */
const patience = 120_000;

const word = process.argv[2] ?? '';
const modes = engines.filter(({ short }) => short.includes(word));
const stories = [...samples, ...ladder];
/** @type {Map<string, Map<string, string>>} row, column, cell */
const table = new Map(stories.flatMap(({ cases }) => cases).map((row) => [row, new Map()]));

const front = await Front.open();
for (const mode of modes) {
  for (const story of stories) {
    try {
      await runStory(mode, story);
    } catch (error) {
      process.exitCode = 1;
      console.error(`${mode.name}: ${story.cases[0]}:`, error);
      for (const row of story.cases) if (!table.get(row).has(mode.short)) table.get(row).set(mode.short, 'FAILED');
    }
  }
}
await front.close();
print();

/** @param {import('./across/story.js').Story} story */
async function runStory(mode, story) {
  const relay = await Relay.fresh(story.config);
  front.forget();
  front.relay = relay;
  const engine = await mode.open(front);
  const over = new AbortController();
  try {
    const late = pause(patience, undefined, { signal: over.signal }).then(() => Promise.reject(new Error('takes too long')));
    await Promise.race([story.run({ engine, mode, front }, (row, cell) => table.get(row).set(mode.short, cell)), late]);
  } finally {
    over.abort();
    await engine.close();
    await relay.remove();
  }
}

/** As Markdown, for the README. */
function print() {
  const line = (cells) => console.log(`| ${cells.join(' | ')} |`);
  line(['', ...modes.map(({ name }) => name)]);
  line(['---', ...modes.map(() => '---')]);
  for (const [row, cells] of table) line([row, ...modes.map(({ short }) => cells.get(short))]);
}
