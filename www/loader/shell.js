// The shell of the window: it stands there at once on a click, whatever the network does, until Go draws the window.

import { icon, make } from './build.js';

/**
 * @param {{ gate: Gate, texts: (key: string, fallback: string) => string, onClose: () => void, onHosted: () => void }} options
 *   onHosted opens the hosted chat page
 */
export function createShell({ gate, texts, onClose, onHosted }) {
  const title = texts('ChatTitle', 'Chat');
  const note = make('p', { class: 'cx-shell-note', role: 'status' });
  const close = make(
    'button',
    { type: 'button', class: 'cx-icon cx-button-close icon-close cx-icon-button', 'aria-label': texts('AriaClose', 'Close') },
    icon('M6 6l12 12M18 6L6 18'),
  );
  const elsewhere = make('button', { type: 'button', class: 'cx-btn cx-btn-primary' }, texts('ChatOpenWindow', 'Open the chat in a new window'));
  const spinner = make('div', { class: 'cx-spinner', 'aria-hidden': 'true' });
  const element = make(
    'div',
    { class: 'cx-widget cx-common-container cx-webchat cx-shell', role: 'dialog', 'aria-label': title },
    make('div', { class: 'cx-titlebar' }, make('div', { class: 'cx-title' }, title), make('div', { class: 'cx-subtitle' }),
      make('div', { class: 'cx-button-group cx-buttons-window-control cx-window-controls' }, close)),
    make('div', { class: 'cx-body' }, spinner, note, elsewhere),
    make('div', { class: 'cx-footer', hidden: '' }, make('div', { class: 'cx-powered-by' })),
  );
  gate.listen(element, 'keydown', (event) => event.key === 'Escape' && onClose());
  gate.listen(close, 'click', onClose);
  gate.listen(elsewhere, 'click', onHosted);

  return {
    /** @param {HTMLElement} parent */
    show(parent) {
      elsewhere.hidden = true;
      spinner.hidden = false;
      parent.append(element);
      // Text that comes into a live region is read; text that came with it is not.
      note.textContent = '';
      requestAnimationFrame(() => (note.textContent = texts('ChatConnecting', 'Connecting…')));
      close.focus();
    },
    /** The chat cannot run on this page. */
    refuse() {
      spinner.hidden = true;
      elsewhere.hidden = false;
      note.textContent = texts('ChatOnlyInWindow', '');
      if (element.contains(document.activeElement)) elsewhere.focus();
    },
    hide: () => element.remove(),
    shown: () => element.isConnected,
  };
}
