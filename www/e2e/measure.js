// How long a visitor waits: from the click on the chat button to a window that takes input, on the first and on a
// repeat visit, at full speed and with the CPU slowed four times; and the longest task on the page's main thread.
// Prints a table; `make bench` runs it. It judges nothing: figures of one machine are not those of another.

import { launch } from './harness/chromium.js';
import { foyersTasks } from './harness/main-thread.js';
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
  const origins = { page: new URL(relay.shop('shop-a')).origin, relay: relay.base };
  const result = { tasks: [] };
  for (const kind of ['first', 'repeat']) {
    const page = await person.tab({ slower });
    const tasks = await foyersTasks(page, origins, async () => {
      await page.goto(relay.shop('shop-a'), { waitUntil: 'domcontentloaded' });
      await page.locator(chatButton).wait();
      result[kind] = await clickToInput(page);
    });
    result.tasks.push(Math.max(...tasks.map(({ ms }) => ms)));
    await page.close();
  }
  await person.leave();
  return result;
}

function summary(slower, kind, results) {
  const times = results.map((result) => Math.round(result[kind])).sort((a, b) => a - b);
  const tasks = results.map((result) => result.tasks[kind === 'first' ? 0 : 1]).sort((a, b) => a - b);
  return {
    CPU: slower === 1 ? 'full speed' : `${slower} times slower`,
    visit: kind,
    'median ms': times[times.length >> 1],
    'worst ms': times.at(-1),
    'longest task, median ms': Math.round(tasks[tasks.length >> 1]),
  };
}

const relay = await Relay.fresh();
const { browser, remove } = await launch();
try {
  await twoVisits(browser, relay, 1); // the browser's own first steps are nobody's visit
  const rows = [];
  for (const slower of [1, 4]) {
    const results = [];
    for (let i = 0; i < people; i++) results.push(await twoVisits(browser, relay, slower));
    for (const kind of ['first', 'repeat']) rows.push(summary(slower, kind, results));
  }
  console.log(`From the click to a window that takes input, ${people} people each. Chromium slows the page's thread, not the`);
  console.log("worker's. The longest task is Foyer's on the page's main thread, in processor time.");
  console.table(rows);
} finally {
  await remove();
  await relay.remove();
}
