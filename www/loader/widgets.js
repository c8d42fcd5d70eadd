// What pages written for Genesys Widgets find: the bus with its plugins and files, their configuration, their extensions.

import { createBus } from './bus.js';
import { createDeferred } from './deferred.js';
import { callForeign, guard, warn } from './guard.js';
import { publishGlobals } from './globals.js';
import { createReferences } from './references.js';
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
 * }} options base: the relay's origin; ask: runs a command in Go; wake: the page wants the widgets, see Tag.waits;
 *   changed: the configuration may be another
 */
export function createWidgets(win, { base, ask, wake, changed }) {
  /** @type {ReturnType<typeof import('./widgets/old-pages.js').createOldWays> | undefined} */
  let old;
  /** @type {Promise<NonNullable<typeof old>> | undefined} */
  let loading;
  let path = '';
  /** @type {Record<string, string>} */
  const map = {};
  let begin = () => {};
  /** @type {Promise<void>} */
  const begun = new Promise((resolve) => (begin = resolve));

  const references = createReferences(() => [win.jQuery, win.$].find((own) => own?.fn?.jquery) || old?.jQuery());
  const settings = createSettings(win, references);
  const bus = createBus((name, data, deferred, commander) => {
    globals.refresh();
    ask(name, data, deferred, commander);
  });

  function loadCommon() {
    loading ||= import(/* the path is the bundler's */ base + '/' + FOYER_COMMON).then((module) => {
      old = module.createOldWays(win, { base, bus, references, settings });
      return /** @type {NonNullable<typeof old>} */ (old);
    });
    loading.catch(() => (loading = undefined));
    return loading;
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
    extend: (extension) => void loadCommon().then((loaded) => loaded.extend(extension), (error) => warn('extensions', error)),
    changed,
  });

  return {
    bus,
    settings,
    references,
    /** onReady and the extensions may run. */
    begin,
    loadCommon,
    /** Makes the data of a command into what can be posted. Throws why it cannot. @param {string} name @param {unknown} data */
    pack: (name, data) =>
      references.pack(data, ([first]) => {
        throw first === 'userData' || name === 'WebChatService.updateUserData'
          ? 'malformed data object provided in userData property.'
          : 'the data of ' + name + ' holds itself';
      }),
  };
}
