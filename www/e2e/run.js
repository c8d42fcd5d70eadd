// Runs every test file of this folder, one after the other: the stories watch main threads and long polls, and would
// disturb each other. `node run.js conversation` runs those whose name holds the word; with SLOWER=4 in the environment the
// processor of every page is four times slower.

import { existsSync, readdirSync } from 'node:fs';
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

const minutes = 60_000;
/** Milliseconds that the stories of each file took. @type {Map<string, number>} */
const took = new Map();
const note = ({ file, nesting, details }) => {
  if (nesting === 0) took.set(file, (took.get(file) ?? 0) + details.duration_ms);
};
const stories = run({ files, concurrency: 1, timeout: 20 * minutes })
  .on('test:pass', note)
  .on('test:fail', note)
  .on('test:fail', () => (process.exitCode = 1));
stories.compose(new spec()).pipe(process.stdout);
stories.once('end', () => {
  const longest = [...took].sort(([, a], [, b]) => b - a).slice(0, 10);
  console.log('Longest, in seconds: ' + longest.map(([file, ms]) => `${basename(file, '.test.js')} ${Math.round(ms / 1000)}`).join(', '));
});
