// foyer-front.js: what a page shows of Foyer before Go draws anything, which is the chat button and the shell of the window.
// foyer.js brings it together with what the relay says of the deployment.

import { createButton } from './button.js';
import { createButtonEffects } from './button-effects.js';
import { warn } from './guard.js';
import { createShell } from './shell.js';
import { createStage } from './stage.js';
import { whenBody, whenParsed } from './when.js';

/**
 * @param {Window} win
 * @param {{
 *   tag: Tag,
 *   gate: Gate,
 *   deployment: Deployment,
 *   widgets: ReturnType<typeof import('./widgets.js').createWidgets>,
 *   go: () => ReturnType<typeof import('./go/go.js').createGo> | undefined,
 *   consent: ReturnType<typeof import('./consent.js').createConsent>,
 *   returning: boolean,
 *   intend: () => void,
 *   visit: () => string,
 * }} page returning: a window is about to come back; intend: the visitor may be about to open the chat; visit: names the
 *   visit that the hosted chat page belongs to, behind the #, "" where it may not be named
 */
export function createFront(win, { tag, gate, deployment, widgets, go, consent, returning, intend, visit }) {
  const doc = win.document;
  const { bus, settings } = widgets;
  /** The page's own words, by language: main.i18n, or what is at that address. @type {any} */
  let words;
  /** @param {string} key @returns {string | undefined} */
  function ownText(key) {
    const { lang = deployment.lang || '', i18n } = settings.part('main');
    const all = typeof i18n === 'string' ? words : i18n;
    const text = (all?.[lang] || all?.[lang.split('-')[0]])?.webchat?.[key];
    return typeof text === 'string' ? text : undefined;
  }
  const texts = (/** @type {string} */ key, /** @type {string} */ fallback) => ownText(key) ?? deployment.texts?.[key] ?? fallback;
  async function fetchWords() {
    const { i18n } = settings.part('main');
    if (typeof i18n !== 'string' || words) return;
    try {
      words = await (await fetch(new URL(i18n, doc.baseURI))).json();
    } catch (_) {
      words = {}; // the shipped ones then; Go says so
    }
  }
  const stage = createStage(doc, { base: tag.base, main: () => settings.part('main'), gate, hosted: tag.hosted });
  const look = () => settings.part('webchat').chatButton || {};

  /** @type {ReturnType<typeof createButton> | undefined} */
  let button;
  let drawing = false;
  /** What the button shows as soon as it is drawn and styled. @type {{ visible?: boolean, unread?: number }} */
  const state = { visible: !tag.hosted && !returning };
  /** The page itself has asked for the button. */
  let insisted = false;

  /** Pages of the vendor's widgets have a button where they ask for it. */
  function mayHaveButton() {
    const { enabled } = look();
    return !tag.hosted && (tag.button ? enabled !== false : enabled === true);
  }

  /** @param {{ visible?: boolean, unread?: number, asked?: boolean }} next asked: the page itself wants it now */
  function update({ asked, ...next }) {
    Object.assign(state, next);
    insisted = asked ?? insisted;
    button?.update({ ...state, visible: state.visible && (insisted || mayHaveButton()) });
  }

  /** The button that the page itself has written, where it has. */
  async function ownButton(/** @type {any} */ template) {
    try {
      return typeof template === 'string' && template ? (await widgets.loadCommon()).chatButton(template, { ...deployment.texts, ChatButton: texts('ChatButton', 'Chat') }) : undefined;
    } catch (error) {
      warn('chatButton.template', error);
    }
  }

  async function drawButton() {
    const now = look();
    await fetchWords();
    const drawn = createButton({
      gate,
      own: await ownButton(now.template),
      look: now,
      label: texts('ChatButton', 'Chat'),
      unread: texts('UnreadMessagesTitle', 'Unread messages'),
      onIntent: intend,
      onClick,
    });
    stage.root().append(drawn.element);
    await stage.style();
    win.setTimeout(() => {
      button = drawn;
      update({});
    }, now.openDelay || 0);
  }

  // The window, until Go draws it.
  const shell = createShell({
    gate,
    texts,
    onClose() {
      shell.hide();
      update({ visible: true });
      button?.focus();
      void bus.command('Foyer', 'WebChat.close', {});
    },
    onHosted: openHosted,
  });

  function openHosted() {
    if (tag.hosted) return false;
    const url = (deployment.base || tag.base) + '/chat/?deployment=' + encodeURIComponent(deployment.name) + visit();
    const opened = win.open(url, 'foyer-' + deployment.name, 'popup,width=440,height=680');
    if (opened) shell.hide();
    return !!opened;
  }

  /** The visitor opens the chat. */
  function onClick() {
    if (go()?.refused() && openHosted()) return;
    if (!go()?.ready()) shell.show(stage.root());
    void bus.command('Foyer', 'WebChat.open', {});
  }

  if (tag.hosted) whenParsed(doc, onClick);

  const effects = { ...createButtonEffects(win, { root: stage.root, widgets, update, label: () => ownText('ChatButton') }), none: () => !mayHaveButton() };

  return {
    stage,
    update,
    /** How the button comes and goes on Go's order. */
    effects,
    /** Draws the button, once. */
    draw() {
      if (drawing) return;
      drawing = true;
      whenBody(doc, () => void drawButton().catch((error) => warn('chat button', error)));
    },
    /** The shell goes: there is a window, or nothing to wait for. */
    uncover: () => shell.hide(),
    /** The page does not allow the frame, or it does not answer. */
    onRefused() {
      update({ visible: true });
      // The click may still be fresh enough for a window; else the shell offers it.
      if (shell.shown() && !openHosted()) shell.refuse();
    },
  };
}
