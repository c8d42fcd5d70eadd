// Options of the vendor's widgets that do nothing here, and why: who configures one is told so once. All others of their
// documentation do what they did.

/** @type {Record<string, Record<string, string>>} by part of the configuration, and name */
export const unused = {
  main: {
    preload: 'everything is there from the beginning',
    customStylesheetID: 'the style comes first in head, so that every style sheet of the page wins',
    deploymentID: 'the deployment is that of the tag, or of webchat',
    header: 'nothing is sent to another server',
    downloadGoogleFont: 'no font is loaded from elsewhere',
    googleFontUrl: 'no font is loaded from elsewhere',
  },
  webchat: {
    enableCustomHeader: 'nothing is sent to another server',
    xhrFields: 'nothing is sent to another server',
    cometD: 'messages come over the relay’s own connection',
    ariaIdleAlertIntervals: 'no chat ends because nobody writes',
  },
};

/**
 * What a configuration has that does nothing: texts for the console.
 * @param {any} widgets _genesys.widgets
 */
export function idle(widgets) {
  /** @type {string[]} */
  const found = [];
  for (const part of Object.keys(unused)) {
    for (const name of Object.keys(unused[part])) {
      if (widgets?.[part]?.[name] !== undefined) found.push(part + '.' + name + ' is not used: ' + unused[part][name]);
    }
  }
  const transport = widgets?.webchat?.transport;
  if (typeof transport === 'string') found.push('webchat.transport is "' + transport + '": the chat goes to the relay, and not through a plugin of the page');
  return found;
}
