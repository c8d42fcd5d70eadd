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
 * Says on the console what a page configures and nothing comes of. Called once, when there is a window.
 * @param {Pick<Window, '_genesys'>} win
 */
export function tellUnused({ _genesys }) {
  const widgets = _genesys?.widgets;
  for (const part of Object.keys(unused)) {
    for (const name of Object.keys(unused[part])) {
      if (widgets?.[part]?.[name] !== undefined) console.info('[foyer] ' + part + '.' + name + ' is not used: ' + unused[part][name]);
    }
  }
  const transport = widgets?.webchat?.transport;
  if (typeof transport === 'string') {
    console.info('[foyer] webchat.transport is "' + transport + '": the chat goes to the relay, and not through a plugin of the page');
  }
}
