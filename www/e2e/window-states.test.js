// The chat window in each of its states: axe-core finds nothing, and a picture of it lies in out/ for people to look at.
// Light and dark, desktop and phone, left-to-right and right-to-left.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { atRest, violations } from './harness/axe.js';
import { picture } from './harness/person.js';
import { stage } from './harness/stage.js';
import { chatWindow } from './harness/visitor.js';
import { walkStates } from './harness/window-states.js';

/** What scripts and style sheets of pages find in every state; wasm/webchat/hooks_test.go has those of each. */
const hooks = [
  '.cx-widget.cx-webchat.cx-common-container', '.cx-subtitle', '.cx-buttons-window-control', '.cx-icon.cx-button-minimize', '.cx-icon.cx-button-close',
  '.icon-close', '.icon-minimize, .cx-minimized .icon-maximize', '.cx-footer .cx-powered-by', '.cx-svg-icon-tone1', '.cx-input-container .cx-send',
  '.cx-menu #own', '.cx-emoji div .own-emoji',
];
const missing = (all) => all.filter((hook) => !document.querySelector(hook));

const sizes = { desktop: { width: 1440, height: 900 }, mobile: { width: 390, height: 844 } };

for (const [direction, lang] of Object.entries({ ltr: 'en', rtl: 'ar' })) {
  describe(`each state of the window, ${direction}`, () => {
    const scene = stage();

    it('is accessible, and has its picture taken', async () => {
      const found = [];
      await walkStates(scene, { lang }, async (state, page, selector) => {
        if (selector === chatWindow) found.push(...(await page.evaluate(missing, hooks)).map((hook) => `${state}: there is no ${hook}`));
        for (const [size, viewport] of Object.entries(sizes)) {
          for (const scheme of ['light', 'dark']) {
            await page.setViewport(viewport);
            await page.emulateMediaFeatures([
              { name: 'prefers-color-scheme', value: scheme },
              { name: 'prefers-reduced-motion', value: 'reduce' },
            ]);
            const wrong = await violations(page, selector);
            found.push(...wrong.map((text) => `${state}, ${size} ${scheme}: ${text}`));
            await page.evaluate(atRest);
            await picture(page, `window-${state}-${size}-${scheme}-${direction}`);
          }
        }
        await page.setViewport(sizes.desktop);
      });
      assert.deepEqual(found, []);
    });
  });
}
