// The conversation of this page with Go: hello on each new port, commands and their answers, everything else handed on.

import { guard } from '../guard.js';

/** Go takes a port for gone that is silent for 150 s. */
const aliveEvery = 20000;
/** A port on which nothing was said for so long, because the browser froze the page, is dead, ms. */
const tooLong = 140000;
/** How long a lost port is waited for before asking again, ms. */
const againAfter = 3000;

/**
 * @param {Window} win
 * @param {{
 *   hello: (pass: string) => MessageToGo<'hello'>,
 *   config: (fresh?: boolean) => MessageToGo | undefined,
 *   pack: (name: string, data: unknown) => unknown,
 *   unpack: (value: unknown) => unknown,
 *   inOrder?: (run: () => void) => void,
 *   on: OnMessage,
 *   again: () => void,
 *   tick: () => void,
 * }} options config: the page's configuration, where it is not what Go was told before; pack makes the data of a command
 *   into what can be posted, or throws why it cannot; unpack is for what it resolves to; inOrder runs something after what
 *   Go drew before; on: what to do with each message of Go, by its t; tick is called as often as the page says that it is
 *   alive
 */
export function createLink(win, { hello, config, pack, unpack, inOrder = (run) => run(), on, again, tick }) {
  /** @type {MessagePort | null} */
  let port = null;
  let welcomed = false;
  let lastCall = 0;
  /** Commands that are not settled. @type {Map<number, { name: string, data: unknown, deferred: Deferred, from: string }>} */
  const asked = new Map();
  /** @type {number} */
  let asking;

  const receive = guard('message of Go', (/** @type {MessageEvent} */ event) => {
    const message = event.data;
    if (!message || event.target !== port) return;
    if (message.t === 'welcome') {
      welcomed = true;
      on.welcome?.(message);
    } else if (message.t === 'settle') settle(message);
    else if (message.t === 'gone') {
      lose();
      on.gone?.(message);
    } else if (Object.prototype.hasOwnProperty.call(on, message.t)) /** @type {any} */ (on)[message.t](message);
  });

  /** @param {Message<'settle'>} message */
  function settle({ n, ok, value }) {
    const deferred = asked.get(n)?.deferred;
    asked.delete(n);
    inOrder(() => (ok ? deferred?.resolve(unpack(value)) : deferred?.reject(unpack(value))));
  }

  /** @param {MessageToGo} message */
  function send(message) {
    port?.postMessage(message);
    return !!port;
  }

  const configuration = guard('the configuration of the page', config);

  /** Tells Go the configuration where it does not know it. */
  function configure() {
    const message = port && configuration();
    if (message) send(message);
  }

  /** What asks Go for a command; undefined where its data cannot be posted, and then it is rejected. @param {number} n @returns {MessageToGo | undefined} */
  function question(n) {
    const command = asked.get(n);
    if (!command) return;
    try {
      return { t: 'command', n, name: command.name, from: command.from, data: pack(command.name, command.data) };
    } catch (error) {
      asked.delete(n);
      command.deferred.reject(error);
    }
  }

  /** Go is gone. A restarted worker's frame brings a new port by itself; if it does not, it is asked. */
  function lose() {
    port?.close();
    port = null;
    welcomed = false;
    clearInterval(asking);
    asking = win.setInterval(again, againAfter);
  }

  let saidAlive = Date.now();
  function alive() {
    if (port && Date.now() - saidAlive > tooLong) {
      lose();
      again();
    }
    saidAlive = Date.now();
    send({ t: 'alive' });
  }

  win.setInterval(
    guard('alive', () => {
      alive();
      tick();
    }),
    aliveEvery,
  );

  return {
    /** @param {MessagePort} next @param {string} pass */
    use(next, pass) {
      clearInterval(asking);
      if (port) {
        send({ t: 'bye' });
        port.close();
      }
      port = next;
      saidAlive = Date.now();
      welcomed = false;
      port.onmessage = receive;
      // In one piece: a chat that goes on would else be told and shown before its page has said how.
      const then = [configuration(true), ...[...asked.keys()].map(question)].filter(Boolean);
      send({ ...hello(pass), then });
    },
    send,
    configure,
    /** Says so at once: the page was perhaps asleep. */
    alive,
    /** Runs a command in Go, now or when there is a port. @param {string} name @param {unknown} data @param {Deferred} deferred @param {string} from the plugin */
    command(name, data, deferred, from) {
      asked.set(++lastCall, { name, data, deferred, from });
      if (!port) return;
      configure();
      const message = question(lastCall);
      if (message) send(message);
    },
    /** Leaves for good, or until the page comes back from the back-forward cache. */
    leave() {
      clearInterval(asking);
      send({ t: 'bye' });
      port?.close();
      port = null;
      welcomed = false;
    },
    welcomed: () => welcomed,
    connected: () => !!port,
  };
}
