// The page's title while something waits to be read in a tab that is not in front: "(2) Unread messages – Home".

/** So often the mark is put in front of a title that the page itself changes, until the page is left alone. */
const patience = 50;

/** @param {Window} win */
export function createTitleMark(win) {
  const doc = win.document;
  /** The page's own. */
  let own = '';
  let mark = '';
  let shown = '';
  let left = 0;
  const observer = new MutationObserver(follow);

  function watch() {
    observer.disconnect();
    observer.observe(doc.documentElement, { childList: true });
    if (doc.head) observer.observe(doc.head, { childList: true, subtree: true, characterData: true });
  }

  function show() {
    doc.title = mark + (own && ' – ' + own);
    shown = doc.title; // without the spaces that a browser leaves out
    watch();
  }

  /** The page has changed its title meanwhile: that one it gets back. */
  function follow() {
    if (doc.title === shown) {
      watch(); // head may be another one
      return;
    }
    own = doc.title;
    if (left-- > 0) show();
    else end();
  }

  function end() {
    observer.disconnect();
    if (mark && doc.title === shown) doc.title = own;
    mark = '';
  }

  // Whatever has become of Go: who sees the page has seen it.
  doc.addEventListener('visibilitychange', () => doc.hidden || end());

  return {
    /** @param {{ text: string }} args "" gives the page its own title back */
    unread({ text }) {
      end();
      if (!text || !doc.hidden) return;
      own = doc.title;
      mark = text;
      left = patience;
      show();
    },
  };
}
