// The conversation of this page with Go: hello on each new port, commands and their answers, everything else handed on.

import { guard, warn } from './guard.js';

/** Go takes a port for gone that is silent for 150 s. */
const aliveEvery = 20000;
/** A port on which nothing was said for so long, because the browser froze the page, is dead, ms. */
const tooLong = 140000;
/** How long a lost port is waited for before asking again, ms. */
const againAfter = 3000;

/**
 * @param {Window} win
 * @param {{
 *   hello: (pass: string) => Message,
 *   on: Record<string, (message: Message) => void>,
 *   again: () => void,
 *   tick: () => void,
 * }} options on: what to do with each message of Go, by its t; tick is called as often as the page says that it is alive
 */
export function createLink(win, { hello, on, again, tick }) {
  /** @type {MessagePort | null} */
  let port = null;
  let welcomed = false;
  let lastCall = 0;
  /** @type {Map<number, { name: string, data: unknown, deferred: Deferred }>} */
  const asked = new Map();
  /** @type {number} */
  let asking;

  const receive = guard('message of Go', (/** @type {MessageEvent} */ event) => {
    const message = event.data;
    if (!message || event.target !== port) return;
    if (message.t === 'welcome') {
      welcomed = true;
      on.welcome(message);
    } else if (message.t === 'settle') settle(message);
    else if (message.t === 'gone') lose();
    else if (Object.prototype.hasOwnProperty.call(on, message.t)) on[message.t](message);
  });

  /** @param {Message} message */
  function settle({ n, ok, value }) {
    const deferred = asked.get(n)?.deferred;
    asked.delete(n);
    if (ok) deferred?.resolve(value);
    else deferred?.reject(value);
  }

  /** @param {Message} message */
  function send(message) {
    if (!port) return false;
    try {
      port.postMessage(message);
    } catch (error) {
      // A function or an element in the data of a command: what can be said in JSON goes.
      warn(message.t + ' holds what cannot be sent', error);
      port.postMessage(JSON.parse(JSON.stringify(message)));
    }
    return true;
  }

  /** @param {number} n */
  function sendCommand(n) {
    const command = asked.get(n);
    if (!command) return;
    try {
      send({ t: 'command', n, name: command.name, data: command.data });
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
      send(hello(pass));
      for (const n of asked.keys()) sendCommand(n);
    },
    send,
    /** Says so at once: the page was perhaps asleep. */
    alive,
    /** Runs a command in Go, now or when there is a port. @param {string} name @param {unknown} data @param {Deferred} deferred */
    command(name, data, deferred) {
      asked.set(++lastCall, { name, data, deferred });
      if (port) sendCommand(lastCall);
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
