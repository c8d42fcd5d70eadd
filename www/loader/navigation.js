// Notices when a single-page application shows another page: the path or the query changed without a load.

/**
 * Uses the browser's Navigation API where it exists, and never touches the page's history functions.
 * @param {Window} win
 * @param {() => void} onMove
 */
export function watchNavigation(win, onMove) {
  const address = () => win.location.pathname + win.location.search;
  let last = address();
  const check = (/** @type {any} */ event) => {
    const now = address();
    // Replaced addresses are the same page, with a filter or a position noted in it.
    if (now !== last && event.navigationType !== 'replace') onMove();
    last = now;
  };
  if (win.navigation) win.navigation.addEventListener('currententrychange', check);
  else win.addEventListener('popstate', check);
}
