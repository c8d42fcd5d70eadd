// How long it takes from a server's notification to the invitation on a visitor's screen, while 1,000 other pages are
// connected. Prints a table; `make bench` runs it. It judges nothing: figures of one machine are not those of another.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { launch } from './harness/chromium.js';
import { frame, types } from './harness/native.js';
import { ids, invitation, notify, notifyPage } from './harness/notifier.js';
import { Relay } from './harness/relay.js';
import { Visitor } from './harness/visitor.js';

const others = 1000;
const rounds = 100;
/** Connections from one address; the relay limits how many may come at once. */
const perAddress = 250;

/** A page that is connected and does nothing. @param {Relay} relay @param {number} n */
async function idlePage(relay, n) {
  const origin = relay.shop('shop-a').replace(/\/$/, '');
  const ask = request({
    host: '127.0.0.1', port: relay.port, path: '/native/v1/socket', localAddress: `127.0.1.${1 + Math.floor(n / perAddress)}`,
    headers: { origin, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': randomBytes(16).toString('base64') },
  });
  ask.end();
  const [, socket] = await once(ask, 'upgrade');
  const id = () => randomBytes(16).toString('hex').toUpperCase();
  const hello = { v: 1, role: 'visitor', deployment: 'demo', origin, visit: id(), device: id(), page: id(), lang: 'en' };
  socket.write(message(frame(types.hello, hello)));
  const [answer] = await once(socket, 'data');
  if (!answer.includes(Buffer.from([0x92, types.welcome]))) throw new Error(`no welcome: ${answer.toString('latin1')}`);
  return socket;
}

/** A binary message of a client (RFC 6455, 5.2), with a mask that changes nothing. @param {Buffer} body */
function message(body) {
  const head = Buffer.alloc(8);
  head[0] = 0x82;
  head[1] = 0x80 | 126;
  head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** Notes when the dialog is painted, in window.painted. */
function watch() {
  globalThis.painted = 0;
  new MutationObserver(() => {
    if (globalThis.painted || !document.querySelector('.gpe-dialog')?.checkVisibility()) return;
    globalThis.painted = -1;
    requestAnimationFrame(() => (globalThis.painted = performance.timeOrigin + performance.now()));
  }).observe(document, { childList: true, subtree: true });
}

/** Milliseconds from the call to the dialog. */
async function shown(relay, page, visit) {
  await page.evaluate(() => (globalThis.painted = 0));
  const called = performance.timeOrigin + performance.now();
  await notify(relay, visit, invitation());
  const painted = await page.waitForFunction(() => globalThis.painted > 0 && globalThis.painted, { polling: 20 });
  const took = (await painted.jsonValue()) - called;
  await page.evaluate(() => /** @type {any} */ (document.querySelector('.gpe-dialog [type~=cancel]')).click());
  await page.waitForFunction(() => !document.querySelector('.gpe-dialog'), { polling: 20 });
  return took;
}

const relay = await Relay.fresh();
const { browser, remove } = await launch();
const sockets = [];
try {
  const person = await Visitor.sitDown(browser);
  const page = await person.tab();
  await page.goto(relay.shop('shop-a'));
  await page.evaluate(watch);
  await notifyPage(relay, page, { channel: 'ready', data: {} });
  const { visitID } = await ids(page);
  for (let n = 0; n < others; n += 50) {
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, (_, i) => idlePage(relay, n + i)))));
  }
  const first = await shown(relay, page, visitID);
  const times = [];
  for (let i = 0; i < rounds; i++) times.push(await shown(relay, page, visitID));
  times.sort((a, b) => a - b);
  const at = (part) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))]);
  console.log(`From POST …/notify to the invitation on the screen, ${others} other pages connected, ${rounds} invitations.`);
  console.table([{ 'first ms': Math.round(first), 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'worst ms': Math.round(times.at(-1)) }]);
} finally {
  for (const socket of sockets) socket.destroy();
  await remove();
  await relay.remove();
}
