// What Foyer costs the page's main thread, in processor time: an event of the tracker (the aim: under 2 ms), one more
// message in a chat of a thousand (under 16 ms), and at a processor four times slower the longest task of a visit (under
// 50 ms), on a page on which Go starts and on one on which it does not. Prints tables; `make bench` runs it, beside
// measure.js. It judges nothing: figures of one machine are not those of another.

import { launch } from './harness/chromium.js';
import { customersRelay, home } from './harness/customer-page.js';
import { Front } from './harness/front.js';
import { longChat, say } from './harness/long-chat.js';
import { foyersTasks, processorTime } from './harness/main-thread.js';
import { Relay } from './harness/relay.js';
import { Visitor, chatButton, sees } from './harness/visitor.js';
import { until } from './harness/until.js';

const often = 100;
/** Visits of which the median is told, and how much slower their processor is. */
const [visits, slower] = [9, 4];
/** What goes beyond so much of a task holds up the visitor, ms. */
const noticed = 50;
const dsl = `${home}dsl.xml`;

/** A large page with a document of thirty-one events. @param {Front} front */
function hostShop(front) {
  const others = Array.from({ length: 30 }, (_, i) => `<event name="E${i}"><trigger element=".x${i} b" action="click"/></event>`).join('');
  const bought = '<event name="Bought"><trigger element="#buy" action="click"/><val name="id" value="event.target.id"/></event>';
  front.page(home, {
    head: `<script>var _gt = [['config', { dslResource: '${dsl}' }]];</script><script src="https://relay.test/foyer.js" data-deployment="customer"></script>`,
    body: '<button id="buy">Buy</button>' + '<p>text <b>more</b></p>'.repeat(500),
    scripts: { '/dsl.xml': `<?xml version="1.0"?><properties><events>${bought}${others}</events></properties>` },
  });
}

/** Lets something happen often, and gives the milliseconds for each. @param {import('puppeteer-core').Page} page @param {() => void} act */
async function costOf(page, act) {
  const used = await processorTime(page);
  const before = await used();
  await page.evaluate(
    async (source, times) => {
      const happen = new Function(`return (${source})()`);
      for (let i = 0; i < times; i++) {
        happen();
        await new Promise((resolve) => requestIdleCallback(resolve)); // what it set off is done
      }
    },
    String(act),
    often,
  );
  return ((await used()) - before) / often;
}

const chatOnly = 'https://shop.customer.test/';

/** A visit to a page, until Foyer has done there what it does by itself. @param {import('puppeteer-core').Browser} browser @param {boolean} watched Go starts */
async function visitOf(browser, watched) {
  const url = watched ? home : chatOnly;
  const customer = await Visitor.sitDown(browser);
  const page = await customer.tab({ slower });
  const tasks = await foyersTasks(page, { page: new URL(url).origin, relay: 'https://relay.test' }, async () => {
    await page.goto(url);
    await page.locator(chatButton).wait();
    await until('what Go needs is there', () =>
      page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/foyer-go.'))));
    if (watched) await page.evaluate(() => new Promise((resolve) => globalThis.CXBus.command('WebChatService.verifySession').always(resolve)));
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  });
  await customer.leave();
  const all = tasks.map(({ ms }) => ms);
  return { longest: Math.max(...all), blocking: all.reduce((sum, ms) => sum + Math.max(0, ms - noticed), 0) };
}

/** @param {import('puppeteer-core').Browser} browser @param {boolean} watched */
async function weightOf(browser, watched) {
  await visitOf(browser, watched); // the browser's own first steps are nobody's visit
  const all = [];
  for (let i = 0; i < visits; i++) all.push(await visitOf(browser, watched));
  const median = (which) => Number(all.map((visit) => visit[which]).sort((a, b) => a - b)[visits >> 1].toFixed(1));
  return { page: watched ? 'Go starts' : 'Go does not start', 'longest task, ms': median('longest'), 'blocking, ms': median('blocking') };
}

const quiet = `
  - name: quiet
    origins: ["${new URL(chatOnly).origin}"]
    features: {chat: true, monitoring: false}
`;
const front = await Front.open();
const relay = (front.relay = await Relay.fresh(customersRelay.trimEnd() + quiet + 'server_addresses: ["127.0.0.1"]\n'));
const { browser, remove } = await launch({ args: front.args });
const rows = [];
const row = (what, ms) => rows.push({ what, 'ms each': Number(ms.toFixed(2)) });
try {
  front.page(chatOnly, { head: '<script src="https://relay.test/foyer.js" data-deployment="quiet"></script>', body: '<p>text</p>' });
  front.page(home, { head: '<script src="https://relay.test/foyer.js" data-deployment="customer"></script>', body: '<p>text</p>' });
  const weights = [await weightOf(browser, true), await weightOf(browser, false)];
  console.log(`Foyer's tasks of a visit, processor ${slower} times slower: median of ${visits}, in processor time; blocking is what`);
  console.log(`goes beyond ${noticed} ms of each.`);
  console.table(weights);

  hostShop(front);
  const customer = /** @type {Visitor} */ (await Visitor.sitDown(browser));
  const shop = await customer.visit(home);
  const click = () => /** @type {HTMLElement} */ (document.querySelector('#buy')).click();
  await until('the page is watched', async () => {
    await shop.evaluate(click);
    return (await (await fetch(`${relay.base}/server/data/events?eventName=Bought`)).json()).length > 0;
  });
  row('an event of the domain model, by a click, 31 selectors', await costOf(shop, click));
  row('an event that the page pushes', await costOf(shop, () => void globalThis._gt.push(['event', 'Pushed', { data: { a: 1 } }])));
  await customer.leave();
} finally {
  await relay.remove();
}
const demo = await Relay.fresh();
try {
  const customer = /** @type {Visitor} */ (await Visitor.sitDown(browser));
  const many = 1000;
  const shop = await longChat(customer, demo, many);
  const used = await processorTime(shop);
  const before = await used();
  const more = 20;
  await say(shop, 'further', more);
  await sees(shop, `further ${more}.`);
  row(`one more message in a chat of ${many}`, ((await used()) - before) / more);
  console.log("Processor time of the page's main thread: scripts, styles and layout.");
  console.table(rows);
} finally {
  await remove();
  await demo.remove();
  await front.close();
}
