// Pages as the documentation of "Persistent Chat across Different Domains" has them, whole: its samples, word for word,
// and what it leaves to the reader.

import { configuration, vendorWidgets } from './customer-page.js';
import { cookieName, frameUrl, hostFrame, hostPage, providerScript, sample, sampleFrameUrl, siteA, siteB } from './cookie-sites.js';

/** A relay that the samples' sites may use. Nothing but CookieProvider joins them. */
export const samplesRelay = `
deployments:
  - name: samples
    origins: ["https://domain-a.test", "https://domain-b.test", "http://domain-a"]
    crossdomain: {handoff: false, cookie: false, activate: false, button: false}
    features: {chat: true, monitoring: true}
`;

/** The chat keeps its session in the cookie, as in the complete sample. @param {string} around  where async stands */
const keeping = (around) =>
  around.replace(
    'ASYNC',
    `async: { enabled: true,
      getSessionData: function (sessionData, Cookie, CookieOptions) {
        Cookie.set(SESSION_COOKIE_NAME, JSON.stringify(sessionData), CookieOptions);
      },
      setSessionData: function (Open, Cookie, CookieOptions) { return Cookie.get(SESSION_COOKIE_NAME); } }`,
  );

const script = (source) => `<script>${source}</script>`;

/** The samples by the names of the table. @type {Record<string, {frame: string, page: () => Promise<string>}>} */
export const samplePages = {
  'sample A: an instance': {
    frame: frameUrl,
    page: async () =>
      providerScript +
      script(`const SESSION_COOKIE_NAME = '${cookieName}', IFRAME_URL = '${frameUrl}';
        window.alert = (text) => (window.alerts = [...(window.alerts || []), text]);`) +
      script((await sample('cookie-provider-instance')) + (await sample('cookie-provider-notification'))) +
      configuration(keeping('{ transport: { ASYNC } }')) +
      vendorWidgets +
      script(await sample('cookie-provider-save')) +
      script("CXBus.command('WebChat.open')"),
  },
  'sample B: the extension': {
    frame: frameUrl,
    page: async () =>
      providerScript +
      script('window.alert = (text) => (window.alerts = [...(window.alerts || []), text]);') +
      // The host of the sample's frame is the only thing that is not as it stands there.
      script((await sample('cookie-provider-extension')).replace('http://domain-a/iframe.html', frameUrl)) +
      script(keeping('window._genesys.widgets.webchat = { ASYNC };')) +
      vendorWidgets +
      script("CXBus.command('WebChat.open')"),
  },
  'the complete sample': {
    frame: sampleFrameUrl,
    page: async () => providerScript + script(await sample('persistent-chat')),
  },
};

/** Puts a sample on both sites, and its frame where it belongs. @param {import('./front.js').Front} front */
export async function hostSample(front, name) {
  const { frame, page } = samplePages[name];
  await hostFrame(front, { url: frame });
  const head = await page();
  const link = (to) => ({ head, body: `<h1>Shop</h1><a id="other" href="${to}">The other site</a>` });
  await hostPage(front, siteA, link(siteB));
  await hostPage(front, siteB, link(siteA));
}
