// Rows of the table: the samples of "Persistent Chat across Different Domains", with CookieProvider and nothing else. The
// visitor types B's address by hand.

import { cookieName, pagesCookie, siteA, siteB } from '../harness/cookie-sites.js';
import { hostSample, samplePages, samplesRelay } from '../harness/persistent-chat.js';
import { chat } from '../harness/sharing.js';
import { until } from '../harness/until.js';
import { shownAt } from './story.js';

/** @type {import('./story.js').Story[]} */
export const stories = Object.keys(samplePages).map((sample) => ({
  cases: [sample],
  config: samplesRelay,
  async run({ engine, mode, front }, note) {
    await hostSample(front, sample);
    const { frame } = samplePages[sample];
    if (mode.granted) for (const site of [siteA, siteB]) await engine.grant(new URL(site).origin, new URL(frame).origin);
    const tab = await engine.tab();
    await tab.goto(siteA);
    await chat(tab, 'from A');
    await until('the page has kept its session', () => tab.run(pagesCookie, cookieName));
    const told = await tab.run(sharing, cookieName, frame);
    await tab.goto(siteB);
    note(sample, (await shownAt(tab, 'from A')) ? 'works' : `no: ${told}`);
  },
}));

/** What CookieProvider says of its frame, once it has saved where it can. In the page. */
async function sharing(name, frame) {
  const provider = new (/** @type {any} */ (globalThis).CookieProvider)(name, frame);
  let told = 'the frame does not load';
  await provider.cookieTest((_, details) => (told = `cookies are ${details.sharing}`)).catch(() => {});
  if (!told.includes('frame')) await provider.saveCookie().catch(() => {});
  return told;
}
