// What Foyer does to a page's main thread. What is counted (layouts, nodes) is for tests. What is measured is for measuring:
// processor time does not hold what other programs do meanwhile, but a busy machine still makes of one millisecond three.

/**
 * Runs a story in a tab and gives the tasks that are Foyer's: in which a script of the relay ran, or any after the page was
 * loaded. From the browser's own trace; it can trace one story at a time.
 * @param {import('puppeteer-core').Page} page
 * @param {{page: string, relay: string}} origins  of the page whose main thread is meant, and of Foyer's scripts
 * @param {() => Promise<unknown>} story
 * @returns {Promise<{ms: number, layouts: number}[]>}  ms: processor time; layouts: how often the layout was computed
 */
export async function foyersTasks(page, origins, story) {
  await page.tracing.start({ categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  let trace;
  try {
    await story();
  } finally {
    trace = await page.tracing.stop();
  }
  const { traceEvents } = JSON.parse(Buffer.from(trace).toString('utf8'));
  const events = onMainThread(traceEvents, origins.page);
  const loaded = events.find((event) => event.name === 'MarkLoad')?.ts ?? Infinity;
  const scripts = events.filter((event) => event.args.data?.url?.startsWith(`${origins.relay}/`));
  const isFoyers = (task) => task.ts > loaded || scripts.some((script) => within(script, task));
  // A task in which the thread's own clock did not move has no tdur.
  const tasks = events.filter((event) => event.name === 'RunTask' && event.tdur > 0 && isFoyers(event));
  if (scripts.length === 0 || tasks.length === 0) throw new Error('the trace holds nothing of Foyer');
  const layouts = events.filter((event) => event.name === 'Layout');
  return tasks.map((task) => ({ ms: task.tdur / 1000, layouts: layouts.filter((layout) => within(layout, task)).length }));
}

const within = (event, task) => event.ts >= task.ts && event.ts < task.ts + task.dur;

/** The events on the main threads of all processes that showed a page of the origin. */
function onMainThread(events, origin) {
  const committed = events
    .filter((event) => event.name === 'FrameCommittedInBrowser' && event.args.data.url.startsWith(`${origin}/`))
    .map((event) => event.args.data.processId);
  const threads = events
    .filter((event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain' && committed.includes(event.pid))
    .map((event) => `${event.pid} ${event.tid}`);
  return events.filter((event) => threads.includes(`${event.pid} ${event.tid}`));
}

/**
 * Gives a function that tells the milliseconds of processor time that scripts, styles and layout of the tab have taken so
 * far. Painting is left out: without a graphics card it is the machine's business. For measuring, not for judging: a busy
 * machine makes of one millisecond three.
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<() => Promise<number>>}
 */
export async function processorTime(page) {
  const told = await metrics(page, { timeDomain: 'threadTicks' });
  return async () => {
    const { ScriptDuration, RecalcStyleDuration, LayoutDuration } = await told();
    return 1000 * (ScriptDuration + RecalcStyleDuration + LayoutDuration);
  };
}

/**
 * What a page has been given to do so far, counted: it is the same on every machine.
 * @typedef {{layouts: number, nodes: number}} Work  layouts: how often its layout was computed; nodes: that came into the
 *   document or left it
 *
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<() => Promise<Work>>}
 */
export async function workOf(page) {
  const told = await metrics(page);
  await page.evaluate(() => {
    globalThis.changedNodes = 0;
    new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) globalThis.changedNodes += addedNodes.length + removedNodes.length;
    }).observe(document, { childList: true, subtree: true });
  });
  return async () => ({ layouts: (await told()).LayoutCount, nodes: await page.evaluate(() => globalThis.changedNodes) });
}

/** Figures of the browser's own. @returns {Promise<() => Promise<Record<string, number>>>} */
async function metrics(page, options) {
  const cdp = await page.createCDPSession();
  await cdp.send('Performance.enable', options);
  return async () => {
    const all = (await cdp.send('Performance.getMetrics')).metrics;
    return Object.fromEntries(all.map(({ name, value }) => [name, value]));
  };
}
