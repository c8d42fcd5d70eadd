// What pages written for Genesys Widgets find: the bus with its plugins and files, their configuration, their extensions.

import { createBus } from './bus.js';
import { chunk } from './chunk.js';
import { createDeferred } from './deferred.js';
import { callForeign, guard, warn } from './guard.js';
import { publishGlobals } from './globals.js';
import { createSettings } from './settings.js';

/** The vendor's plugins: what they do is here already. */
const known = /^(widgets-core|cx-[\w-]+)$/;

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   ask: (name: string, data: unknown, deferred: Deferred, commander: string) => void,
 *   wake: () => void,
 *   changed: () => void,
 * }} options base: the relay's address; ask: runs a command in Go; wake: the page wants the widgets, see Tag.waits;
 *   changed: the configuration may be another
 */
export function createWidgets(win, { base, ask, wake, changed }) {
  /** @type {ReturnType<typeof import('./widgets/old-pages.js').createOldWays> | undefined} */
  let old;
  let path = '';
  /** @type {Record<string, string>} */
  const map = {};
  /** The extensions that the page has so far have run. @type {Promise<void>} */
  let extended = Promise.resolve();
  let begin = () => {};
  /** @type {Promise<void>} */
  const begun = new Promise((resolve) => (begin = resolve));

  const settings = createSettings(win);
  const bus = createBus(
    (name, data, deferred, commander) => {
      globals.refresh();
      ask(name, data, deferred, commander);
    },
    (name) => {
      if (name.startsWith('App.')) loadCommon().catch(() => {});
    },
  );

  /** @type {() => Promise<typeof import('./widgets/old-pages.js')>} */
  const common = chunk(base + '/' + FOYER_COMMON);

  async function loadCommon() {
    const { createOldWays } = await common();
    return (old ||= createOldWays(win, { base, bus, settings, changed }));
  }

  /** @param {any} options debug, pluginsPath, pluginMap, onReady */
  function configure({ debug, pluginsPath = path, pluginMap, onReady } = {}) {
    bus.debug(!!debug);
    path = pluginsPath;
    Object.assign(map, pluginMap);
    if (onReady) void begun.then(() => callForeign('onReady', onReady, win.CXBus));
    return createDeferred().resolve();
  }

  /** @param {string} name */
  function loadPlugin(name) {
    globals.refresh();
    wake();
    changed();
    const url = map[name] || (!known.test(name) && path && path + name + '.min.js');
    if (url) return loadFile(url);
    const deferred = createDeferred();
    // Without it only Common is missing.
    loadCommon().then(() => deferred.resolve(name), () => deferred.resolve(name));
    return deferred;
  }

  /** @param {string} url */
  function loadFile(url) {
    const deferred = createDeferred();
    loadCommon().then((loaded) => void loaded.loadFile(url).then(deferred.resolve, deferred.reject), deferred.reject);
    return deferred;
  }

  const globals = publishGlobals(win, {
    bus,
    main: { configure: guard('configure', configure), loadPlugin, loadFile },
    common: () => old?.common,
    begun,
    extend(extension) {
      extended = loadCommon().then((loaded) => loaded.extend(extension), (error) => warn('extensions', error));
    },
    changed,
  });

  return {
    bus,
    settings,
    /** onReady and the extensions may run. */
    begin,
    loadCommon,
    extended: () => extended,
    /** The page's, or ours where it was brought. */
    jQuery: () => [win.jQuery, win.$].find((own) => own?.fn?.jquery) || old?.jQuery(),
  };
}
