// The page's configuration, _genesys.widgets, as its author wrote it. It may change at any time, so it is read anew
// whenever something depends on it.

/** Not configuration: what we put there, and what is called on the page only. */
const others = ['bus', 'common', 'extensions', 'onReady'];

/**
 * @param {Window} win
 * @param {ReturnType<typeof import('./references.js').createReferences>} references
 */
export function createSettings(win, references) {
  let told = '{}';
  let informed = false;

  /** @param {string} part @returns {any} "webchat", "main" … */
  const part = (part) => win._genesys?.widgets?.[part] || {};

  /** What is configured, as it can be posted. */
  function packed() {
    const config = { ...win._genesys?.widgets };
    for (const key of others) delete config[key];
    const all = references.pack(config, () => null);
    // These two are always there for pages that read them.
    const { webchat } = all;
    if (webchat?.transport && !Object.keys(webchat.transport).length) delete webchat.transport;
    if (webchat && !Object.keys(webchat).length) delete all.webchat;
    return all;
  }

  return {
    part,
    /**
     * The message that tells Go the configuration; undefined where Go knows it already.
     * @param {boolean} [fresh] Go knows nothing yet
     * @returns {Message | undefined}
     */
    message(fresh) {
      const config = packed();
      const text = JSON.stringify(config);
      const known = text === (fresh ? '{}' : told);
      told = text;
      return known ? undefined : { ...config, t: 'config' };
    },
    /** What the relay may know the deployment by, as a query. */
    hints() {
      const { transport: t, apikey, dataURL = '' } = part('webchat');
      const [, service] = /\/chat\/([^/?#]+)/.exec(dataURL) || [];
      const found = { key: t?.deploymentKey, org: t?.orgGuid, apikey: t?.headers?.['x-api-key'] || apikey, service: t?.endpoint || service };
      let query = '';
      for (const [name, value] of Object.entries(found)) if (value) query += '&' + name + '=' + encodeURIComponent(value);
      return query;
    },
    /** Says once that the relay is used in place of the host that is configured. @param {string} base the relay's origin */
    inform(base) {
      const { transport, dataURL } = part('webchat');
      const url = transport?.dataURL ?? dataURL;
      if (informed || url === undefined || String(url).startsWith(base)) return;
      informed = true;
      console.info('[foyer] dataURL is "' + url + '": the chat goes to ' + base + ' instead');
    },
  };
}
