// The globals of the bus: CXBus, and bus, common, onReady and extensions in _genesys.widgets. Pages assign new objects to
// _genesys and to parts of it at any time, and must find a working bus in each of them.

import { callForeign } from './guard.js';

/**
 * @param {Window} win
 * @param {{
 *   bus: ReturnType<typeof import('./bus.js').createBus>,
 *   main: Record<string, Function>,
 *   common: () => unknown,
 *   begun: Promise<void>,
 *   extend: (extension: Function) => void,
 *   changed: () => void,
 * }} options main: what CXBus can beyond a plugin; common: Common, once it is there; begun: onReady and extensions may
 *   run; extend runs an extension; changed: other configuration was assigned
 */
export function publishGlobals(win, { bus, main, common, begun, extend, changed }) {
  /** Functions that ran, objects that have their accessors. @type {WeakMap<object, 1>} */
  const seen = new WeakMap();
  /** Extensions that see when another one comes. @type {WeakMap<object, object>} */
  const watched = new WeakMap();
  const isObject = (/** @type {unknown} */ value) => !!value && typeof value === 'object';

  /** @param {unknown} fn @param {(fn: Function) => void} run */
  function once(fn, run) {
    if (typeof fn !== 'function' || seen.has(fn)) return;
    seen.set(fn, 1);
    void begun.then(() => run(fn));
  }

  /**
   * Lets everything that is assigned to the field go through adopt.
   * @param {any} object @param {string} key @param {(value: any) => unknown} adopt
   */
  function intercept(object, key, adopt) {
    let value = object[key];
    try {
      Object.defineProperty(object, key, {
        configurable: true,
        enumerable: true,
        get: () => (value = adopt(value)),
        set(next) {
          value = adopt(next);
          changed();
        },
      });
    } catch (_) {
      // Declared with var, or frozen: what is there is made to work, what comes later is found when it is used.
      adoptInto(object, key, adopt);
    }
    void object[key];
  }

  /** @param {any} object @param {string} key @param {(value: any) => unknown} adopt */
  function adoptInto(object, key, adopt) {
    const adopted = adopt(object[key]);
    if (adopted !== object[key] && !Object.isFrozen(object)) object[key] = adopted;
  }

  /** @param {any} genesys */
  function adoptGenesys(genesys) {
    if (!isObject(genesys)) genesys = {};
    if (!seen.has(genesys)) {
      seen.set(genesys, 1);
      intercept(genesys, 'widgets', adoptWidgets);
    }
    return genesys;
  }

  /** @param {any} widgets */
  function adoptWidgets(widgets) {
    if (!isObject(widgets)) widgets = {};
    if (seen.has(widgets)) return widgets;
    seen.set(widgets, 1);
    // One that went through JSON has lost its functions.
    if (!widgets.bus?.command && Object.isExtensible(widgets)) widgets.bus = bus.registerPlugin('QuickBus');
    intercept(widgets, 'common', (own) => own || common());
    intercept(widgets, 'webchat', adoptWebchat);
    intercept(widgets, 'extensions', adoptExtensions);
    intercept(widgets, 'onReady', (fn) => {
      once(fn, () => callForeign('_genesys.widgets.onReady', fn, win.CXBus));
      return fn;
    });
    return widgets;
  }

  /** Pages read webchat.transport.something without looking. @param {any} webchat */
  function adoptWebchat(webchat) {
    if (!isObject(webchat)) webchat = {};
    if (webchat.transport === undefined && Object.isExtensible(webchat)) webchat.transport = {};
    return webchat;
  }

  /** @param {Record<string, any>} extensions @returns {any} */
  function adoptExtensions(extensions) {
    if (!isObject(extensions) || seen.has(extensions)) return extensions;
    for (const name of Object.keys(extensions)) once(extensions[name], extend);
    let watch = watched.get(extensions);
    if (!watch) {
      watch = new Proxy(extensions, {
        set(/** @type {any} */ target, name, extension) {
          target[name] = extension;
          once(extension, extend);
          return true;
        },
      });
      watched.set(extensions, /** @type {object} */ (watch));
      seen.set(/** @type {object} */ (watch), 1);
    }
    return watch;
  }

  // A page that could not wait for this script left its calls in a queue: [method, arguments, resolve, reject].
  const { q: waiting } = win.CXBus || {};
  if (waiting || typeof win.CXBus?.command !== 'function') win.CXBus = { ...bus.registerPlugin('CXBus'), ...main };
  intercept(win, '_genesys', adoptGenesys);
  // Later: whoever made us is not ready yet.
  if (Array.isArray(waiting)) void Promise.resolve().then(replay);

  function replay() {
    for (const [method, args, resolve, reject] of waiting) {
      const result = callForeign('CXBus.' + method, win.CXBus[method], ...args);
      if (result?.then) result.then(resolve, reject);
      else resolve(result);
    }
  }

  return {
    /** Finds what was assigned where no accessor could be. */
    refresh: () => adoptInto(win, '_genesys', adoptGenesys),
  };
}
