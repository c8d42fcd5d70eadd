// The chat button.

import { icon, make } from './build.js';
import { guard } from './guard.js';

const bubble = 'M4 5h16v11H10l-4.5 4v-4H4z';

/**
 * @param {{ gate: Gate, label: string, unread: string, own?: HTMLElement, look: any, onIntent: () => void, onClick: () => void }} options
 *   unread names what the badge counts, for screen readers; own: the page's own button; look: the page's settings
 *   effect ("fade" or "slide") and effectDuration (ms); template: what the page's own button was made of
 */
export function createButton({ gate, label, unread, own, look: { template, effect, effectDuration }, onIntent, onClick }) {
  const badge = make('span', { class: 'cx-unread-badge', 'aria-hidden': 'true' });
  const count = make('span', { class: 'cx-sr-only', id: 'cx-chat-button-unread' });
  const element =
    own ||
    make(
      'button',
      // The name is exactly the label; what is unread is the description.
      { type: 'button', class: 'cx-webchat-chat-button cx-side-button', 'aria-label': label, 'aria-describedby': count.id },
      icon(bubble),
      make('span', { class: 'cx-button-label' }, label),
      badge,
    );
  const wrapper = make('div', { class: 'cx-widget cx-side-button-group' + (effect ? ' cx-effect-' + effect : '') }, element, count);
  if (effectDuration >= 0) wrapper.style.setProperty('--foyer-effect', effectDuration + 'ms');
  /** @type {any} */ (wrapper).template = template; // for who follows it, see button-effects.js
  wrapper.hidden = true;
  badge.hidden = true;

  // Whichever button is in it: the page may come to want another.
  const isIt = (/** @type {any} */ target) => target.closest('.cx-webchat-chat-button');
  wrapper.addEventListener('pointerenter', guard('intent', onIntent));
  gate.listen(wrapper, 'focusin', onIntent);
  gate.listen(wrapper, 'click', ({ target }) => isIt(target) && onClick());
  // What is no button takes keys like one.
  gate.listen(wrapper, 'keydown', (event) => {
    const { target, key } = event;
    if (target instanceof HTMLButtonElement || target !== isIt(target) || (key !== 'Enter' && key !== ' ')) return;
    event.preventDefault();
    target.click();
  });

  return {
    element: wrapper,
    focus: () => element.focus(),
    /** @param {{ visible?: boolean, unread?: number }} state what is left out stays as it is */
    update(state) {
      if (state.visible !== undefined) wrapper.hidden = !state.visible;
      if (state.unread === undefined) return;
      badge.hidden = !state.unread;
      badge.textContent = state.unread > 99 ? '99+' : String(state.unread);
      count.textContent = state.unread ? unread + ': ' + state.unread : '';
    },
  };
}
