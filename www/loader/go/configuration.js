// Tells Go the page's configuration, _genesys.widgets, whenever it is not what Go was told before.

/** Not configuration: what we put there, and what is called on the page only. */
const others = ['bus', 'common', 'extensions', 'onReady'];

/**
 * @param {Window} win
 * @param {ReturnType<typeof import('./references.js').createReferences>} references
 * @param {{ relay: string, button: { none: () => boolean } }} page relay: its origin; none: the page has no chat button of
 *   its own accord, which is decided on the page alone
 */
export function createConfiguration(win, references, { relay, button }) {
  let told = '{}';
  let informed = false;

  /** Says once on the console that the relay is used in place of the host that the page names. */
  function inform() {
    const { transport, dataURL } = win._genesys?.widgets?.webchat || {};
    const url = transport?.dataURL ?? dataURL;
    if (informed || url === undefined || String(url).startsWith(relay)) return;
    informed = true;
    console.info('[foyer] dataURL is "' + url + '": the chat goes to ' + relay + ' instead');
  }

  /** What is configured, as it can be posted. */
  function packed() {
    const config = { ...win._genesys?.widgets };
    const tag = /** @type {HTMLElement | null} */ (win.document.querySelector('script[data-identity]'));
    if (tag) config.main = { identity: tag.dataset.identity, ...config.main };
    for (const key of others) delete config[key];
    const all = references.pack(config, () => null);
    // These two are always there for pages that read them.
    const { webchat } = all;
    if (webchat?.transport && !Object.keys(webchat.transport).length) delete webchat.transport;
    if (webchat && !Object.keys(webchat).length) delete all.webchat;
    if (button.none()) all.button = { none: true };
    return all;
  }

  return {
    /**
     * The message that tells it; undefined where Go knows it already.
     * @param {boolean} [fresh] Go knows nothing yet
     * @returns {MessageToGo | undefined}
     */
    message(fresh) {
      inform();
      const config = packed();
      const text = JSON.stringify(config);
      const known = text === (fresh ? '{}' : told);
      told = text;
      return known ? undefined : { ...config, t: 'config' };
    },
  };
}
