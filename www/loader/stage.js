// Where Foyer shows something on the page: one element at the end of body, and the style in head.

/**
 * @param {Document} doc
 * @param {{ base: string, main: () => any }} options main: the page's settings theme ("light" by default) and themes
 */
export function createStage(doc, { base, main }) {
  /** @type {HTMLElement | undefined} */
  let root;
  /** @type {Promise<void> | undefined} */
  let styled;

  /** The element that holds everything; made, or put back, when it is asked for. Needs body. */
  function there() {
    if (!root) {
      root = doc.createElement('div');
      dress(root, main());
    }
    if (!root.isConnected) doc.body.append(root);
    return root;
  }

  return {
    root: there,
    /**
     * Loads the style, first in head so that every rule of the site comes later and wins. Settles in any case; who asks
     * after a failure has it tried again.
     */
    style() {
      styled ||= new Promise((resolve) => {
        const link = doc.createElement('link');
        link.rel = 'stylesheet';
        link.href = base + '/' + FOYER_STYLE;
        link.onload = () => resolve();
        link.onerror = () => {
          link.remove();
          styled = undefined;
          resolve();
        };
        doc.head.prepend(link);
      });
      return styled;
    },
    /** Follows the page's settings, where they are other ones now. */
    dress() {
      if (root) dress(root, main());
    },
    /** Puts it back where the page's own scripts threw it out of the document. */
    ensure() {
      if (root && doc.body) there();
    },
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
