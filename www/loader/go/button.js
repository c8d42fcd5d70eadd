// How the chat button comes and goes once Go runs: in the time that a command names, and as the page's configuration says
// now. foyer.js draws the button (www/loader/button.js) as it was configured then.

const effects = ['fade', 'slide'];

/**
 * @param {Window} win
 * @param {{
 *   root: () => HTMLElement,
 *   settings: ReturnType<typeof import('../settings.js').createSettings>,
 *   update: (state: { visible?: boolean, unread?: number, asked?: boolean }) => void,
 *   again: () => void,
 * }} page update: brings the button in line; again: draws it anew if the page has written another one
 */
export function createButtonEffects(win, { root, settings, update, again }) {
  /** The button is on its way out, or in. @type {Animation | undefined} */
  let moving;

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
      again();
      const { effect, effectDuration } = settings.part('webchat').chatButton || {};
      const element = group();
      if (!element) return;
      for (const name of effects) element.classList.toggle('cx-effect-' + name, name === effect);
      if (effectDuration >= 0) element.style.setProperty('--foyer-effect', effectDuration + 'ms');
    },
  };
}
