// The plugin App of the bus: what pages change for all widgets at once.

/**
 * @param {Window} win
 * @param {ReturnType<typeof import('../bus.js').createBus>} bus
 * @param {ReturnType<typeof import('../settings.js').createSettings>} settings
 * @param {() => void} changed the configuration is another one
 */
export function registerApp(win, bus, settings, changed) {
  const app = bus.registerPlugin('App');

  /** @param {string} name @param {unknown} value */
  function set(name, value) {
    const { widgets } = win._genesys;
    widgets.main ||= {};
    widgets.main[name] = value;
    changed();
  }

  /**
   * A command that sets one of the settings in main.
   * @param {string} command @param {string} option of the command @param {string} setting
   */
  function setter(command, option, setting) {
    app.registerCommand(command, (/** @type {any} */ { data, deferred }) => {
      if (!data[option]) {
        deferred.reject('No ' + option + ' provided.');
        return;
      }
      set(setting, data[option]);
      deferred.resolve(data[option]);
    });
  }

  const answer = (/** @type {string} */ command, /** @type {() => unknown} */ fn) =>
    app.registerCommand(command, (/** @type {any} */ { deferred }) => deferred.resolve(fn()));

  setter('setTheme', 'theme', 'theme');
  setter('setLanguage', 'lang', 'lang');
  setter('updateAJAXHeader', 'header', 'header');
  answer('getTheme', () => settings.part('main').theme || 'light');
  answer('reTheme', changed);
  // Nothing is loaded before somebody needs it, whatever a page registers.
  answer('registerAutoLoad', () => {});
  answer('deregisterAutoLoad', () => {});
  // Who the visitor is, as the site's own server has signed it (a JWT); without a token nobody any more.
  app.registerCommand('identify', (/** @type {any} */ { data, deferred }) => {
    const token = String(data?.token || '');
    set('identity', token);
    bus.command('App', 'Foyer.identify', { token }).then(deferred.resolve, deferred.reject);
  });
  app.registerCommand('closeAll', (/** @type {any} */ { deferred }) =>
    bus.command('App', 'WebChat.close', {}).always(() => void deferred.resolve()),
  );
  app.ready();
}
