// Where Foyer shows something on the page: one element, and the style in head. place.js knows where the element stands.

import { guard } from './guard.js';
import { createPlace } from './place.js';

/** The page may throw out what is ours so often within a second; then it waits for the next one. */
const perSecond = 20;

/**
 * @param {Document} doc
 * @param {{ base: string, main: () => any, gate: Gate, hosted: boolean }} options
 *   main: the page's settings theme ("light" by default) and themes; hosted: the page is the hosted chat page, which has
 *   nothing that the chat could stand in the way of
 */
export function createStage(doc, { base, main, gate, hosted }) {
  const root = doc.createElement('div');
  const place = createPlace(doc, root, { gate, plain: hosted, changed: ensure });
  /** @type {HTMLLinkElement | undefined} */
  let link;
  /** @type {Promise<void> | undefined} */
  let styled;
  let asked = false;
  let returns = 0;

  /** What has to be in the document. @type {{ lost: () => unknown, put: () => void }[]} */
  const ours = [
    { lost: () => link && doc.head && !link.isConnected, put: () => link && doc.head.prepend(link) },
    { lost: () => asked && doc.body && !root.isConnected, put: place.put },
  ];

  /** Puts back what the page's own scripts threw out of the document. */
  function ensure() {
    for (const { lost, put } of ours) if (lost() && mayReturn()) put();
  }

  /** A page that throws out at once whatever it does not know would else never come to anything else. */
  function mayReturn() {
    if (!returns) setTimeout(guard('thrown out', () => void ((returns = 0), ensure())), 1000);
    return ++returns <= perSecond;
  }

  return {
    /** The element that holds everything; put into the document, or back, when it is asked for. Needs body. */
    root() {
      if (!asked) {
        asked = true;
        dress(root, main());
        gate.around(root);
      }
      if (!root.isConnected) place.put();
      return root;
    },
    /**
     * Loads the style, first in head so that every rule of the site comes later and wins. Settles in any case; who asks
     * after a failure has it tried again.
     */
    style() {
      styled ||= new Promise((resolve) => {
        const sheet = (link = doc.createElement('link'));
        sheet.rel = 'stylesheet';
        sheet.href = base + '/' + FOYER_STYLE;
        sheet.onload = () => {
          place.rise();
          resolve();
        };
        sheet.onerror = () => {
          sheet.remove();
          if (link === sheet) link = styled = undefined;
          resolve();
        };
        doc.head.prepend(sheet);
      });
      return styled;
    },
    /** Follows the page's settings, where they are other ones now. */
    dress() {
      if (asked) dress(root, main());
    },
    ensure,
    /** Also keeps something in the document that does not stand in the root. @param {{ lost: () => unknown, put: () => void }} part */
    keep: (part) => void ours.push(part),
    gate,
  };
}

/**
 * A theme of the page's own is a class of its style sheet, or a palette: values of our custom properties by their names
 * without --foyer- (accent, on-accent, surface, ink …).
 * @param {HTMLElement} root @param {any} main
 */
function dress(root, { theme, themes }) {
  const own = themes?.[theme];
  root.className = 'cx-window-manager cx-theme-' + (theme || 'light') + (typeof own === 'string' ? ' ' + own : '');
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.removeAttribute('style');
  if (own && typeof own === 'object') for (const name of Object.keys(own)) root.style.setProperty('--foyer-' + name, own[name]);
}
