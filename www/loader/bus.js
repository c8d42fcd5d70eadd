// The bus between scripts of the page: plugins, commands, events. It lives on the page because it passes functions and
// elements from script to script; what a command does is Go's business unless a plugin of the page registered it.

import { createDeferred } from './deferred.js';
import { callForeign } from './guard.js';

/**
 * @param {(name: string, data: unknown, deferred: Deferred) => void} ask runs a command that no plugin here registered
 */
export function createBus(ask) {
  /** @type {Map<string, Set<Function>>} */
  const subscribers = new Map();
  /** @type {Map<string, any>} the last event of each name that late subscribers still get */
  const sticky = new Map();
  /** @type {Map<string, Function>} */
  const commands = new Map();
  /** @type {Map<string, Function[]>} */
  const befores = new Map();
  /** @type {Map<string, unknown>} */
  const mirror = new Map();
  /** @type {Map<string, { commands: string[], events: string[] }>} */
  const plugins = new Map();

  /** @param {string} publisher @param {string} event @param {unknown} data @param {boolean} [stays] */
  function emit(publisher, event, data, stays) {
    const e = { data, event, publisher, time: Date.now(), preventDefault() {} };
    if (stays) sticky.set(event, e);
    // A copy: subscribers may come and go while it runs.
    for (const fn of [...(subscribers.get(event) || [])]) callForeign('a subscriber of ' + event, fn, e);
  }

  /** @param {string} event @param {Function} fn */
  function subscribe(event, fn) {
    if (typeof fn !== 'function') return;
    if (!subscribers.has(event)) subscribers.set(event, new Set());
    subscribers.get(event)?.add(fn);
    if (sticky.has(event)) callForeign('a subscriber of ' + event, fn, sticky.get(event));
  }

  /** @param {string} event @param {Function} [fn] all of them where it is left out */
  function unsubscribe(event, fn) {
    if (fn) subscribers.get(event)?.delete(fn);
    else subscribers.delete(event);
  }

  /** @param {string} commander @param {string} name @param {unknown} options */
  function command(commander, name, options) {
    const deferred = createDeferred();
    // Later, so that the caller has attached its callbacks before anything happens.
    Promise.resolve().then(() => run(commander, name, options ?? {}, deferred));
    return deferred;
  }

  /** @param {string} commander @param {string} name @param {any} data @param {Deferred} deferred */
  function run(commander, name, data, deferred) {
    for (const fn of befores.get(name) || []) {
      const changed = callForeign('before ' + name, fn, data);
      if (changed === false) {
        deferred.reject('cancelled');
        return;
      }
      if (changed && typeof changed === 'object') data = changed;
    }
    const handler = commands.get(name);
    if (!handler) {
      ask(name, data, deferred);
      return;
    }
    try {
      handler({ data, deferred, commander, command: name, time: Date.now() });
    } catch (error) {
      console.error('[foyer] command ' + name + ' threw', error);
      deferred.reject(error);
    }
  }

  /** @param {string} name */
  function createPlugin(name) {
    const entry = { commands: /** @type {string[]} */ ([]), events: /** @type {string[]} */ ([]) };
    plugins.set(name, entry);
    const full = (/** @type {string} */ event) => name + '.' + event;
    const data = (/** @type {string} */ key) => mirror.get(key);
    data.get = data;
    return {
      registerPlugin,
      registerCommand(/** @type {string} */ cmd, /** @type {Function} */ fn) {
        entry.commands.push(cmd);
        commands.set(full(cmd), fn);
      },
      registerEvents(/** @type {string[]} */ events) {
        entry.events.push(...events);
      },
      subscribe,
      unsubscribe,
      publish: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, full(event), d),
      republish: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, full(event), d, true),
      publishDirect: (/** @type {string} */ event, /** @type {unknown} */ d) => emit(name, event, d),
      command: (/** @type {string} */ cmd, /** @type {unknown} */ d) => command(name, cmd, d),
      before(/** @type {string} */ cmd, /** @type {Function} */ fn) {
        befores.set(cmd, [...(befores.get(cmd) || []), fn]);
      },
      registry,
      subscribers: () => Object.fromEntries([...subscribers].map(([event, fns]) => [event, fns.size])),
      namespace: () => name,
      ready: () => emit(name, full('ready'), undefined, true),
      data,
    };
  }

  /** @param {string} name @returns {any} the plugin, or false where the name is taken */
  function registerPlugin(name) {
    return plugins.has(name) ? false : createPlugin(name);
  }

  function registry() {
    return Object.fromEntries([...plugins].map(([name, p]) => [name, { commands: [...p.commands], events: [...p.events] }]));
  }

  return {
    createPlugin,
    emit,
    command,
    mirror: (/** @type {string} */ key, /** @type {unknown} */ value) => mirror.set(key, value),
  };
}

/**
 * Makes the bus public under its names. A bus that is there already, of another maker, is left alone.
 * @param {Window} win
 * @param {ReturnType<typeof createBus>} bus
 */
export function publishBus(win, bus) {
  const loaded = () => createDeferred().resolve();
  if (!win.CXBus) win.CXBus = { ...bus.createPlugin('CXBus'), configure: loaded, loadPlugin: loaded, loadFile: loaded };
  win._genesys ||= {};
  win._genesys.widgets ||= {};
  const widgets = /** @type {any} */ (win._genesys.widgets);
  if (!widgets.bus) widgets.bus = bus.createPlugin('QuickBus');
  if (typeof widgets.onReady === 'function') callForeign('_genesys.widgets.onReady', widgets.onReady, win.CXBus);
}
