// How the chat button comes and goes once Go runs: in the time that a command names, and as the page's configuration says
// now. button.js draws it as it was configured then.

const effects = ['fade', 'slide'];

/**
 * @param {Window} win
 * @param {{
 *   root: () => HTMLElement,
 *   widgets: ReturnType<typeof import('./widgets.js').createWidgets>,
 *   update: (state: { visible?: boolean, unread?: number, asked?: boolean }) => void,
 *   label: () => string | undefined,
 * }} page update: brings the button in line; label: what the page wants it to say now
 */
export function createButtonEffects(win, { root, widgets, update, label }) {
  /** The button is on its way out, or in. @type {Animation | undefined} */
  let moving;

  /** The button as foyer.js has drawn it. @type {HTMLElement | undefined} */
  let first;

  /** Puts the page's own button of now in the place of the one that is there. @param {any} element @param {unknown} template */
  async function rewrite(element, template) {
    if (element.template === template) return;
    element.template = template;
    const before = element.querySelector('.cx-webchat-chat-button');
    first ||= before;
    const words = { ChatButton: (before.querySelector('.i18n') || before).textContent };
    const own = typeof template === 'string' && template ? (await widgets.loadCommon()).chatButton(template, words) : first;
    if (!own || element.template !== template) return; // or it is another one again
    element.querySelector('.cx-webchat-chat-button').replaceWith(own);
  }

  const group = () => /** @type {HTMLElement | null} */ (root().querySelector('.cx-side-button-group'));

  return {
    /** @param {{ visible?: boolean, unread?: number, asked?: boolean, duration?: number }} state duration: ms that it takes */
    update({ duration, ...state }) {
      moving?.cancel();
      moving = undefined;
      const element = group();
      const shown = !!element && !element.hidden;
      const still = !duration || win.matchMedia('(prefers-reduced-motion: reduce)').matches;
      const going = shown && state.visible === false;
      if (still || !going) update(state);
      if (still || !element || element.hidden || shown !== going) return;
      const fade = (moving = element.animate({ opacity: going ? [1, 0] : [0, 1] }, duration));
      if (!going) return;
      // Not where something else was said meanwhile.
      const gone = () => moving === fade && update(state);
      fade.finished.then(gone, gone);
    },
    /** The configuration may be another. */
    follow() {
      update({});
      const { effect, effectDuration, template } = widgets.settings.part('webchat').chatButton || {};
      const element = group();
      if (!element) return;
      const text = label();
      const says = element.querySelector('.cx-button-label');
      if (text !== undefined && says) {
        says.textContent = text;
        says.parentElement?.setAttribute('aria-label', text);
      }
      rewrite(element, template).catch(() => {}); // what is wrong with it, it was wrong with before
      for (const name of effects) element.classList.toggle('cx-effect-' + name, name === effect);
      if (effectDuration >= 0) element.style.setProperty('--foyer-effect', effectDuration + 'ms');
    },
  };
}
