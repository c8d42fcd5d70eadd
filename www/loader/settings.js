// The page's configuration, _genesys.widgets, as its author wrote it. It may change at any time, so it is read anew
// whenever something depends on it.

/** @param {Window} win */
export function createSettings(win) {
  /** @param {string} part @returns {any} "webchat", "main" … */
  const part = (part) => win._genesys?.widgets?.[part] || {};

  return {
    part,
    /** What the relay may know the deployment by, as a query. */
    hints() {
      const { transport: t, apikey, dataURL = '' } = part('webchat');
      const [, service] = /\/chat\/([^/?#]+)/.exec(dataURL) || [];
      const found = { key: t?.deploymentKey, org: t?.orgGuid, apikey: t?.headers?.['x-api-key'] || apikey, service: t?.endpoint || service };
      let query = '';
      for (const [name, value] of Object.entries(found)) if (value) query += '&' + name + '=' + encodeURIComponent(value);
      return query;
    },
  };
}
