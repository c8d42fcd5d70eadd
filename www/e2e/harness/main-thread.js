// What Foyer does to a page's main thread, from the browser's own trace. The time of a task is the processor time that
// it used: what other programs on the machine do to it does not count, so a busy machine fails no test.

/**
 * Runs a story in a tab and gives the milliseconds of the longest task that is Foyer's: one in which a script of the
 * relay ran, or any after the page was loaded. The browser can trace one story at a time.
 * @param {import('puppeteer-core').Page} page
 * @param {{page: string, relay: string}} origins  of the page whose main thread is meant, and of Foyer's scripts
 * @param {() => Promise<unknown>} story
 * @returns {Promise<number>}
 */
export async function longestTask(page, origins, story) {
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
  return Math.max(...tasks.map((task) => task.tdur)) / 1000;
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
