// Runs every test file of this folder, one after the other: the stories watch main threads and long polls, and would
// disturb each other. `node run.js conversation` runs those whose name holds the word.

import { existsSync, readdirSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
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
run({ files, concurrency: 1, timeout: 10 * minutes })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(new spec())
  .pipe(process.stdout);
