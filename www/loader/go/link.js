// The conversation of this page with Go: hello on each new port, commands and their answers, everything else handed on.

import { guard } from '../guard.js';

/** Go takes a port for gone that is silent for 150 s. */
const aliveEvery = 20000;
/** A port on which nothing was said for so long, because the browser froze the page, is dead, ms. */
const tooLong = 140000;
/** How long a lost port is waited for before asking again, ms. */
const againAfter = 3000;
/** Go does not do what it hears later than this after the page asked for it, ms. */
const patience = 29000;
/** So much later it is rejected: Go may just have heard it, and its welcome be on the way, ms. */
const margin = 1000;

/**
 * @param {Window} win
 * @param {{
 *   hello: (pass: string) => MessageToGo<'hello'>,
 *   config: (fresh?: boolean) => MessageToGo | undefined,
 *   pack: (name: string, data: unknown) => unknown,
 *   unpack: (value: unknown) => unknown,
 *   inOrder?: (run: () => void) => void,
 *   coming?: () => boolean,
 *   on: OnMessage,
 *   again: () => void,
 *   tick: () => void,
 * }} options config: the page's configuration, where it is not what Go was told before; pack makes the data of a command
 *   into what can be posted, or throws why it cannot; unpack is for what it resolves to; inOrder runs something after what
 *   Go drew before; coming: Go is on its way, and does not wait for the visitor's consent; on: what to do with each message of Go, by its t; tick is called as often as the page says that it is
 *   alive
 */
export function createLink(win, { hello, config, pack, unpack, inOrder = (run) => run(), coming = () => true, on, again, tick }) {
  /** @type {MessagePort | null} */
  let port = null;
  let welcomed = false;
  let lastCall = 0;
  /**
   * Commands that are not settled. heard: Go has it, and says what comes of it; before, until is the time up to which Go
   * does it.
   * @type {Map<number, { name: string, data: unknown, deferred: Deferred, from: string, until: number, heard: boolean }>}
   */
  const asked = new Map();
  /** @type {number} */
  let asking;

  const receive = guard('message of Go', (/** @type {MessageEvent} */ event) => {
    const message = event.data;
    if (!message || event.target !== port) return;
    if (message.t === 'welcome') {
      welcomed = true;
      for (const command of asked.values()) command.heard = true;
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
      command.heard ||= welcomed;
      const until = command.heard ? undefined : command.until;
      return { t: 'command', n, name: command.name, from: command.from, data: pack(command.name, command.data), until };
    } catch (error) {
      asked.delete(n);
      command.deferred.reject(error);
    }
  }

  /** Rejects what Go has not heard in time, and will not do any more. @param {number} n */
  function giveUp(n) {
    const command = asked.get(n);
    if (!command || command.heard) return;
    const rest = command.until + margin - Date.now();
    if (rest > 0 || !coming()) {
      win.setTimeout(() => giveUp(n), rest > 0 ? rest : patience);
      return;
    }
    asked.delete(n);
    command.deferred.reject('the chat cannot be reached');
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
    /** Go is about to be started: what has waited for the visitor's consent has all its time before it. */
    begin() {
      for (const command of asked.values()) command.until = Date.now() + patience;
    },
    /**
     * Runs a command in Go, now or when there is a port.
     * @param {string} name @param {unknown} data @param {Deferred} deferred @param {string} from the plugin
     * @param {number} [since] when the page asked for it, Unix ms
     */
    command(name, data, deferred, from, since = Date.now()) {
      asked.set(++lastCall, { name, data, deferred, from, until: since + patience, heard: false });
      win.setTimeout(giveUp, since + patience + margin - Date.now(), lastCall);
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
