// What stories for the table of engines have in common. A file beside this one exports stories; each fills the cells of its
// cases, in the column of the engine in which it runs.

import { windowText } from '../harness/sharing.js';
import { until } from '../harness/until.js';

/**
 * @typedef {object} World
 * @property {import('../harness/engines.js').Engine} engine  with an empty profile
 * @property {(typeof import('../harness/engines.js').engines)[number]} mode
 * @property {import('../harness/front.js').Front} front  with a fresh relay
 *
 * @typedef {object} Story
 * @property {string[]} cases  rows of the table
 * @property {string} config  relay.yaml
 * @property {(world: World, note: (row: string, cell: string) => void) => Promise<void>} run
 */

/** Whether an open window shows a chat's line; false where it shows the form of a new one. @returns {Promise<boolean>} */
export async function shownAt(tab, text) {
  let shown = false;
  await until('the window shows a chat, or a form', async () => {
    shown = (await windowText(tab)).includes(text);
    return shown || tab.run(() => !!document.querySelector('#cx_webchat_form_firstname'));
  });
  return shown;
}

/** By which rung the page has its chat. */
export function rungOf(tab) {
  return tab.run(
    () =>
      new Promise((resolve) => {
        const data = /** @type {any} */ (globalThis)._genesys.widgets.bus.command('WebChatService.getSessionData');
        data.done((value) => resolve(value?.metadata?.rung ?? 'own')).fail(() => resolve('none'));
      }),
  );
}
