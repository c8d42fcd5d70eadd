// Nothing lost, nothing doubled, in order: what every transcript is held against.

import { textOf } from './person.js';
import { until } from './until.js';

/** Waits until the element's text holds each text exactly once, in this order. */
export async function inOrder(page, selector, texts) {
  let shown = '';
  try {
    await until('the transcript', async () => once(texts, (shown = await textOf(page, selector))));
  } catch {
    throw new Error(`not each once and in order: ${JSON.stringify(texts)}; ${selector} shows ${JSON.stringify(shown)}`);
  }
}

function once(texts, shown) {
  let from = 0;
  for (const text of texts) {
    const at = shown.indexOf(text, from);
    if (at < 0 || shown.indexOf(text) !== shown.lastIndexOf(text)) return false;
    from = at + text.length;
  }
  return true;
}
