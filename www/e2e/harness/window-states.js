// One conversation that leads the chat window through its states, in any language: everything is found by the hooks that
// sites style, never by words. Tests of accessibility and of looks go along and stop at each state.

import * as agent from './agent.js';
import { paste } from './files.js';
import { press } from './person.js';
import { unreachable } from './relay.js';
import { until } from './until.js';
import { chatWindow } from './visitor.js';

const firstField = `${chatWindow} #cx_webchat_form_firstname`;
const input = `${chatWindow} .cx-input-container:not([hidden]) textarea.cx-message-input`;
const button = '.cx-webchat-chat-button';
const invitation = '.cx-widget.cx-toast';

/**
 * @param {import('./stage.js').Scene} scene
 * @param {{lang?: string}} options  of the window
 * @param {(state: string, page: import('puppeteer-core').Page, selector: string) => Promise<unknown>} look  called in each
 *   state with the element that it is about
 */
export async function walkStates(scene, { lang = 'en' }, look) {
  const show = (state, page, selector = chatWindow) => look(state, page, selector);
  const customer = await scene.visitor();
  const shop = await customer.tab();
  await shop.evaluateOnNewDocument(configure, lang);
  await shop.goto(scene.relay.shop('shop-a'));
  await shop.locator(button).wait();
  await show('button', shop, button);

  await shop.evaluate(() => globalThis.CXBus.command('WebChat.invite'));
  await shop.locator(invitation).wait();
  await show('invitation', shop, invitation);
  await press(shop, `${invitation} .cx-btn-default`);

  await press(shop, button);
  await shop.locator(firstField).wait();
  await show('form', shop);
  await shop.type(firstField, 'Ada');
  await until('the form is told', () => shop.$eval(firstField, (field) => field.value === 'Ada'));
  await press(shop, `${chatWindow} .cx-cancel`);
  await shop.locator(`${chatWindow} [role="alertdialog"]`).wait();
  await show('closing', shop);
  await shop.keyboard.press('Escape');
  await press(shop, `${chatWindow} .cx-submit`);
  await shop.locator(input).wait();
  await show('waiting', shop);

  const desk = await (await scene.agent()).atWork(scene.relay);
  await agent.accept(desk);
  await talk(shop, desk);
  await show('conversation', shop);

  await press(shop, `${chatWindow} .cx-end-chat`);
  await shop.locator(`${chatWindow} [role="alertdialog"]`).wait();
  await show('question', shop);
  await shop.keyboard.press('Escape');
  // Nothing behind the question can be pressed before it is gone.
  await until('the question is gone', async () => (await shop.$(`${chatWindow} [role="alertdialog"]`)) === null);

  await press(shop, `${chatWindow} .cx-button-minimize`);
  await agent.write(desk, ' send it to your door?'); // after what is drafted
  await shop.bringToFront();
  await shop.locator('.cx-unread').wait();
  await show('minimised', shop);
  await press(shop, `${chatWindow} .cx-button-minimize`);

  await shop.evaluate(() => globalThis.CXBus.command('WebChat.showOverlay', { html: '<h2>Back in a minute</h2><p>We call a colleague.</p>' }));
  await shop.locator(`${chatWindow} ::-p-text(Back in a minute)`).wait();
  await show('overlay', shop);
  await shop.evaluate(() => globalThis.CXBus.command('WebChat.hideOverlay'));

  await attachWhatIsRefused(shop);
  await show('file', shop);
  await press(shop, `${chatWindow} .cx-upload .cx-btn-link:last-child`);

  scene.expect(unreachable);
  await scene.relay.kill();
  await shop.bringToFront();
  await shop.locator(`${chatWindow} .cx-reconnecting`).wait();
  await show('reconnecting', shop);
  await scene.relay.start();
  await until('it is back', async () => (await shop.$(`${chatWindow} .cx-reconnecting`)) === null);

  await agent.done(desk);
  await shop.bringToFront();
  await shop.locator(`${chatWindow} .cx-ended`).wait();
  await show('ended', shop);
}

/** Runs in the page before its scripts. */
function configure(lang) {
  const autoInvite = { enabled: false, inviteTimeoutSeconds: 600 }; // one that is shown stays until it was looked at
  const webchat = { emojis: true, markdown: true, uploadsEnabled: true, charCountEnabled: true, chatButton: { enabled: true }, autoInvite };
  const arabic = { Dir: 'rtl', Lang: 'ar', ChatTitle: 'محادثة', ChatEnd: 'إنهاء المحادثة', AriaMessage: 'رسالة' };
  /** A page that puts something of its own beside the input, once: it is there in every state. */
  const onReady = (bus) =>
    bus.subscribe('WebChat.opened', () => {
      const own = Object.assign(document.createElement('button'), { type: 'button', id: 'own', className: 'cx-icon-button', textContent: '★' });
      own.setAttribute('aria-label', 'Of the page');
      document.querySelector('.cx-webchat .cx-menu').append(own);
      document.querySelector('.cx-emoji div').append(Object.assign(document.createElement('span'), { className: 'own-emoji', textContent: '🦊' }));
    });
  Reflect.set(globalThis, '_genesys', { widgets: { onReady, main: { lang, i18n: { ar: { webchat: arabic } } }, webchat } });
}

/** Pastes a file of a type that cannot be sent. */
async function attachWhatIsRefused(shop) {
  await press(shop, input);
  await paste(shop, 'setup.exe');
  await shop.locator(`${chatWindow} .cx-upload-reason`).wait();
}

/** Some of everything that a transcript shows. */
async function talk(shop, desk) {
  const say = async (text) => {
    await press(shop, input);
    await shop.keyboard.type(text);
    await shop.keyboard.press('Enter');
    await until(`${text} is in the transcript`, () => shop.$eval(`${chatWindow} .cx-transcript`, (e, t) => e.textContent.includes(t), text));
  };
  await say('Is the two-person tent in stock?');
  await agent.write(desk, 'Good morning! Yes, three of them.');
  await agent.write(desk, 'Its page is https://shop.example/tent and it weighs **2.1 kg** all in.');
  await shop.bringToFront();
  await say('Then I take one, thank you.');
  await agent.reads(desk, 'Then I take one');
  await shop.evaluate(() =>
    globalThis.CXBus.command('WebChat.injectMessage', { type: 'text', name: 'Fernhill', text: 'Our workshop is open on Saturdays.', custom: false }),
  );
  await agent.draft(desk, 'With pleasure. Shall I');
  await shop.bringToFront();
}
