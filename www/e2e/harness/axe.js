// axe-core on a part of a page.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Violations inside the selector as the page stands, one line each. @returns {Promise<string[]>} */
export async function violations(page, selector) {
  await page.evaluate(atRest);
  // A string: CDP runs it outside the page's Content-Security-Policy. A page of a single document gets it once.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  const result = await page.evaluate(
    (within, tags) => globalThis.axe.run(within, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }),
    selector,
    rules,
  );
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

/** Settles when nothing is half-way: a colour between two others has nobody chosen. One change may set off another. */
export async function atRest() {
  const changes = () => document.getAnimations().filter((animation) => animation instanceof CSSTransition);
  for (let now = changes(); now.length > 0; now = changes()) await Promise.allSettled(now.map((change) => change.finished));
}
