// How long a visitor waits: from the click on the chat button to a window that takes input, on the first and on a
// repeat visit, at full speed and with the CPU slowed four times; and the long tasks of the page meanwhile.
// Prints a table; `make bench` runs it. It judges nothing: figures of one machine are not those of another.

import { launch } from './harness/chromium.js';
import { Relay } from './harness/relay.js';
import { Visitor, chatButton } from './harness/visitor.js';

const people = 5;

/** Milliseconds from the click until the form's first field is there. */
function clickToInput(page) {
  return page.evaluate(
    (selector) =>
      new Promise((resolve) => {
        const button = document.querySelector(selector);
        const look = () => {
          if (!document.querySelector('#cx_webchat_form_firstname')?.checkVisibility()) return;
          observer.disconnect();
          resolve(performance.now() - begun);
        };
        const observer = new MutationObserver(look);
        observer.observe(document, { childList: true, subtree: true, attributes: true });
        const begun = performance.now();
        button.click();
      }),
    '.cx-webchat-chat-button',
  );
}

/** One person's first and repeat visit. The click comes as soon as there is a button, whatever has been loaded by then. */
async function twoVisits(browser, relay, slower) {
  const person = await Visitor.sitDown(browser);
  const result = { tasks: [] };
  for (const kind of ['first', 'repeat']) {
    const page = await person.tab({ slower, prepare: watchLongTasks });
    await page.goto(relay.shop('shop-a'), { waitUntil: 'domcontentloaded' });
    await page.locator(chatButton).wait();
    result[kind] = await clickToInput(page);
    result.tasks.push(...(await longTasks(page)));
    await page.close();
  }
  await person.leave();
  return result;
}

/** Runs in the page: notes the tasks over 50 ms that the browser reports, from the first script on. */
function watchLongTasks() {
  const noted = [];
  Reflect.set(globalThis, 'longTasks', noted);
  new PerformanceObserver((list) => noted.push(...list.getEntries().map((task) => Math.round(task.duration)))).observe({
    type: 'longtask',
    buffered: true,
  });
}

/** The long tasks so far, when the page has nothing more to do. @returns {Promise<number[]>} */
function longTasks(page) {
  return page.evaluate(
    () => new Promise((resolve) => requestIdleCallback(() => resolve(Reflect.get(globalThis, 'longTasks')))),
  );
}

function summary(slower, kind, results) {
  const times = results.map((result) => Math.round(result[kind])).sort((a, b) => a - b);
  return {
    CPU: slower === 1 ? 'full speed' : `${slower} times slower`,
    visit: kind,
    'median ms': times[times.length >> 1],
    'worst ms': times.at(-1),
  };
}

const relay = await Relay.fresh();
const { browser, remove } = await launch();
try {
  console.log(`From the click to a window that takes input, ${people} people each`);
  const rows = [];
  const tasks = {};
  for (const slower of [1, 4]) {
    const results = [];
    for (let i = 0; i < people; i++) results.push(await twoVisits(browser, relay, slower));
    rows.push(summary(slower, 'first', results), summary(slower, 'repeat', results));
    tasks[slower] = results.flatMap((result) => result.tasks);
  }
  console.table(rows);
  for (const [slower, found] of Object.entries(tasks)) {
    console.log(`Long tasks of the page in ms, CPU slowed ${slower} times: ${found.join(', ') || 'none'}`);
  }
} finally {
  await remove();
  await relay.remove();
}
