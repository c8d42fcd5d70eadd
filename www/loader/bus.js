// The bus between scripts of the page: plugins, commands, events. It lives on the page because it passes functions and
// elements from script to script; what a command does is Go's business unless a plugin of the page registered it.

import { createDeferred } from './deferred.js';
import { callForeign } from './guard.js';

/** Plugins whose commands Go answers. */
const inGo = /^(WebChat|WebChatService|Engage|Callback|Foyer)\./;
/** How long a command waits for the plugin of the page that answers it, ms: scripts come in any order. */
const patience = 10000;

/**
 * @param {(name: string, data: unknown, deferred: Deferred, commander: string) => void} ask runs a command of Go's plugins
 * @param {(name: string) => void} missing a command waits for somebody to register it
 */
export function createBus(ask, missing) {
  /** @type {Map<string, Set<{ fn: Function, owner: string }>>} */
  const subscriptions = new Map();
  /** @type {Map<string, any>} the last event of each name that late subscribers still get */
  const sticky = new Map();
  /** @type {Map<string, Function>} */
  const commands = new Map();
  /** @type {Map<string, Function[]>} */
  const befores = new Map();
  /** @type {Map<string, (() => void)[]>} commands that wait for somebody to register them */
  const waiting = new Map();
  /** What data() answers. @type {Map<string, unknown>} */
  const mirror = new Map([['WebChat.open', false]]);
  /** @type {Map<string, { commands: string[], events: string[], handle: any }>} */
  const plugins = new Map();
  let debug = false;

  const trace = (/** @type {string} */ what, /** @type {unknown} */ data) => {
    if (debug) console.debug('[CXBus] ' + what, data);
  };

  /** @param {string} publisher @param {string} event @param {unknown} data @param {boolean} [stays] */
  function emit(publisher, event, data, stays) {
    // Ready is ready once, whoever else says so.
    if (stays && event.endsWith('.ready') && sticky.has(event)) return;
    trace('event ' + event, data);
    const e = { data, event, publisher, time: Date.now(), preventDefault() {} };
    if (stays) sticky.set(event, e);
    // A copy: subscribers may come and go while it runs.
    for (const { fn } of [...(subscriptions.get(event) || [])]) callForeign('a subscriber of ' + event, fn, e);
  }

  /** @param {string} owner @param {string} event @param {Function} fn */
  function subscribe(owner, event, fn) {
    if (typeof fn !== 'function') return;
    const all = subscriptions.get(event) || new Set();
    if ([...all].some((entry) => entry.fn === fn && entry.owner === owner)) return;
    subscriptions.set(event, all.add({ fn, owner }));
    if (sticky.has(event)) callForeign('a subscriber of ' + event, fn, sticky.get(event));
  }

  /** @param {string} owner @param {string} event @param {Function} [fn] all of the owner's where it is left out */
  function unsubscribe(owner, event, fn) {
    for (const entry of [...(subscriptions.get(event) || [])]) {
      if (fn ? entry.fn === fn : entry.owner === owner) subscriptions.get(event)?.delete(entry);
    }
  }

  /** @param {string} commander @param {string} name @param {unknown} options */
  function command(commander, name, options) {
    const deferred = createDeferred();
    // Later, so that the caller has attached its callbacks before anything happens.
    Promise.resolve().then(() => start(commander, String(name), options ?? {}, deferred));
    return deferred;
  }

  /** @param {string} commander @param {string} name @param {any} data @param {Deferred} deferred */
  function start(commander, name, data, deferred) {
    trace('command ' + name, data);
    consult([...(befores.get(name) || [])]);

    /** Asks those who may change the command or cancel it, one after the other. @param {Function[]} list */
    function consult([fn, ...others]) {
      if (!fn) {
        carryOut();
        return;
      }
      const next = (/** @type {any} */ changed) => {
        if (changed === false) {
          deferred.reject('cancelled');
          return;
        }
        if (changed && typeof changed === 'object') data = changed;
        consult(others);
      };
      const changed = callForeign('before ' + name, fn, data);
      if (typeof changed?.then !== 'function') next(changed);
      else {
        changed.then(next, (/** @type {unknown} */ error) => {
          console.error('[foyer] before ' + name + ' failed', error);
          next(undefined);
        });
      }
    }

    function carryOut() {
      if (commands.has(name)) run();
      else if (inGo.test(name)) ask(name, data, deferred, commander);
      else wait();
    }

    function wait() {
      missing(name);
      waiting.set(name, [...(waiting.get(name) || []), run]);
      setTimeout(() => deferred.reject('unknown command ' + name), patience);
    }

    function run() {
      if (deferred.state() !== 'pending') return;
      try {
        commands.get(name)?.({ data, deferred, commander, command: name, time: Date.now() });
      } catch (error) {
        console.error('[foyer] command ' + name + ' threw', error);
        deferred.reject(error);
      }
    }
  }

  /** Gives the plugin's handle, the same for everybody who registers it. @param {string} name @returns {any} */
  function registerPlugin(name) {
    const there = plugins.get(name);
    if (there) return there.handle;
    const entry = { commands: /** @type {string[]} */ ([]), events: /** @type {string[]} */ ([]), handle: /** @type {any} */ (null) };
    plugins.set(name, entry);
    const full = (/** @type {string} */ event) => (event.startsWith(name + '.') ? event : name + '.' + event);
    const data = (/** @type {string} */ key) => mirror.get(key);
    data.get = data;
    entry.handle = {
      registerPlugin,
      registerCommand(/** @type {string} */ cmd, /** @type {Function} */ fn) {
        if (!commands.has(full(cmd))) entry.commands.push(cmd);
        commands.set(full(cmd), fn);
        for (const run of waiting.get(full(cmd)) || []) Promise.resolve().then(run);
        waiting.delete(full(cmd));
      },
      registerEvents(/** @type {string[]} */ events) {
        entry.events.push(...events);
      },
      subscribe: (/** @type {string} */ event, /** @type {Function} */ fn) => subscribe(name, event, fn),
      unsubscribe: (/** @type {string} */ event, /** @type {Function} [fn] */ fn) => unsubscribe(name, event, fn),
      publish: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, full(event), d),
      republish: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, full(event), d, true),
      publishDirect: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, event, d),
      command: (/** @type {string} */ cmd, /** @type {unknown} */ d) => command(name, cmd, d),
      before(/** @type {string} */ cmd, /** @type {Function} */ fn) {
        befores.set(cmd, [...(befores.get(cmd) || []), fn]);
      },
      registry,
      subscribers,
      namespace: () => name,
      ready: () => emit(name, full('ready'), undefined, true),
      data,
    };
    return entry.handle;
  }

  /** What each plugin has registered. */
  function registry() {
    return Object.fromEntries([...plugins].map(([name, p]) => [name, { commands: [...p.commands], events: [...p.events] }]));
  }

  /** Which plugins have subscribed to each event. */
  function subscribers() {
    return Object.fromEntries([...subscriptions].map(([event, all]) => [event, [...all].map((entry) => entry.owner)]));
  }

  return {
    registerPlugin,
    emit,
    command,
    mirror: (/** @type {string} */ key, /** @type {unknown} */ value) => mirror.set(key, value),
    /** Adds to what the registry says of a plugin. @param {string} name @param {string[]} cmds @param {string[]} events */
    describe(name, cmds, events) {
      registerPlugin(name);
      const entry = plugins.get(name);
      entry?.commands.push(...cmds);
      entry?.events.push(...events);
    },
    /** Writes every command and event to the console. @param {boolean} on */
    debug(on) {
      debug = on;
    },
  };
}
