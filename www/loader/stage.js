// Where Foyer shows something on the page: one element at the end of body, and the style in head.

/**
 * @param {Document} doc
 * @param {{ base: string, theme: () => string }} options theme: "light" by default
 */
export function createStage(doc, { base, theme }) {
  /** @type {HTMLElement | undefined} */
  let root;
  /** @type {Promise<void> | undefined} */
  let styled;

  return {
    /** Loads the style, first in head so that every rule of the site comes later and wins. Settles in any case. */
    style() {
      styled ||= new Promise((resolve) => {
        const link = doc.createElement('link');
        link.rel = 'stylesheet';
        link.href = base + '/' + FOYER_STYLE;
        link.onload = link.onerror = () => resolve();
        doc.head.prepend(link);
      });
      return styled;
    },
    /** The element that holds everything; made, or put back, when it is asked for. Needs body. */
    root() {
      if (!root) {
        root = doc.createElement('div');
        root.className = 'cx-window-manager cx-theme-' + (theme() || 'light');
        if (theme()) root.dataset.theme = theme();
      }
      if (!root.isConnected) doc.body.append(root);
      return root;
    },
    /** Puts it back where the page's own scripts threw it out of the document. */
    ensure() {
      if (root && !root.isConnected && doc.body) doc.body.append(root);
    },
  };
}
