// Every option of the vendor's widgets is done, or the page is told once that it is not. No browser.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tellUnused, unused } from '../loader/view/options.js';

/** The options that their documentation and pages have. */
const options = {
  main: `theme themes lang i18n customStylesheetID debug preload plugins mobileMode mobileModeBreakpoint timeFormat deploymentID header
    cookieOptions downloadGoogleFont googleFontUrl actionsMenu`,
  webchat: `emojis form uploadsEnabled confirmFormCloseEnabled actionsMenu maxMessageLength charCountEnabled timeFormat autoInvite proactive
    chatButton minimizeOnMobileRestore markdown ariaIdleAlertIntervals ariaCharRemainingIntervals inviteOnRestoreTimeout async transport
    apikey endpoint dataURL enableCustomHeader cometD userData ajaxTimeout xhrFields pollExceptionLimit restoreTimeout`,
};
/** Those that others have: enabled … of autoInvite, proactive, chatButton, async. */
const inner = `timeToInviteSeconds inviteTimeoutSeconds idleTimer cancelTimer template effect openDelay effectDuration hideDuringInvite
  newMessageRestoreState getSessionData setSessionData`;

const words = (list) => list.split(/\s+/);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the client is made of, without tests, comments and the table of what does nothing. */
const source = ['wasm', 'www/loader']
  .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => root + folder + '/' + name))
  .filter((path) => /\.(go|js)$/.test(path) && !/_test\.go$|options\.js$/.test(path))
  .map((path) => readFileSync(path, 'utf8').replace(/^\s*(\/\/|\*).*$/gm, ''))
  .join('\n');
const used = (name) => new RegExp(`"${name}"|'${name}'|[.{] ?${name}\\b|\\b${name} ?[,}=]`).test(source);

describe('an option of the vendor’s widgets', () => {
  for (const [part, list] of Object.entries(options)) {
    it(`of ${part} is done, or said to be of no use`, () => {
      for (const name of words(list)) assert.ok(name in unused[part] || used(name), `${part}.${name}`);
    });
  }

  it('of an option is done', () => {
    assert.deepEqual(words(inner).filter((name) => !used(name)), []);
  });

  it('that does nothing is said, and so is a transport of the page’s own', () => {
    const said = [];
    const { info } = console;
    console.info = (text) => said.push(text);
    try {
      const widgets = { main: { preload: ['webchat'], lang: 'en' }, webchat: { transport: 'PureWebChatTransport', emojis: true } };
      tellUnused({ _genesys: { widgets } });
      tellUnused({ _genesys: undefined });
    } finally {
      console.info = info;
    }
    assert.deepEqual(said, [
      '[foyer] main.preload is not used: everything is there from the beginning',
      '[foyer] webchat.transport is "PureWebChatTransport": the chat goes to the relay, and not through a plugin of the page',
    ]);
  });
});
