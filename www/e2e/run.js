// Runs every test file of this folder, as many at a time as there are processors (at most four): each has a browser, ports
// and folders of its own, and waits for what happens and never for a time. `node run.js conversation` runs those whose name
// holds the word; with SLOWER=4 in the environment the processor of every page is four times slower.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
if (!existsSync(`${folder}node_modules/puppeteer-core`)) {
  console.error('The packages of www/e2e are not installed, or node_modules is a link that leads nowhere: run .ci/needs');
  process.exit(1);
}
const word = process.argv[2] ?? '';
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.js') && name.includes(word))
  .map((name) => folder + name);
if (files.length === 0) {
  console.error(`no test file here has "${word}" in its name`);
  process.exit(1);
}

/** Where the durations of the last run are kept. */
const kept = `${folder}out/took.json`;
/** Milliseconds that the stories of each file took, by its name: at first those of the last run. @type {Map<string, number>} */
const took = new Map(Object.entries(lastTime()));
const nameOf = (/** @type {string} */ file) => basename(file, '.test.js');
// The longest first, so that none is left for the end alone; one that has not run yet may be long.
const lengthOf = (/** @type {string} */ file) => took.get(nameOf(file)) ?? Infinity;
files.sort((a, b) => lengthOf(b) - lengthOf(a) || 0); // Infinity less Infinity is no order

const minutes = 60_000;
/** The files of this run that have begun to tell. @type {Set<string>} */
const told = new Set();
const note = ({ file, nesting, details }) => {
  if (nesting > 0) return;
  const name = nameOf(file);
  took.set(name, (told.has(name) ? took.get(name) : 0) + details.duration_ms);
  told.add(name);
};
const stories = run({ files, concurrency: Math.min(4, availableParallelism()), timeout: 20 * minutes })
  .on('test:pass', note)
  .on('test:fail', note)
  .on('test:fail', () => (process.exitCode = 1));
stories.compose(new spec()).pipe(process.stdout);
stories.once('end', () => {
  const longest = [...took].filter(([name]) => told.has(name)).sort(([, a], [, b]) => b - a).slice(0, 10);
  console.log('Longest, in seconds: ' + longest.map(([name, ms]) => `${name} ${Math.round(ms / 1000)}`).join(', '));
  mkdirSync(`${folder}out`, { recursive: true });
  writeFileSync(kept, JSON.stringify(Object.fromEntries(took)));
});

/** What the last run kept, if it came so far. @returns {Record<string, number>} */
function lastTime() {
  try {
    return JSON.parse(readFileSync(kept, 'utf8'));
  } catch {
    return {};
  }
}
