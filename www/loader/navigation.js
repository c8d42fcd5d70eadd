// Notices when a single-page application shows another page: the path, the query, or what some write behind #/ and #!
// changed without a load.

/** Where the browser does not tell of new addresses they are looked at so often, ms. */
const lookEvery = 300;

/**
 * Uses the browser's Navigation API where it exists, and never touches the page's history functions.
 * @param {Window} win
 * @param {() => void} onMove
 */
export function watchNavigation(win, onMove) {
  const { navigation, location, history } = win;
  const address = () => location.pathname + location.search + (/^#[!/].*/.exec(location.hash) || '');
  let last = address();
  let entries = history.length;

  /** @param {any} [event] */
  function check(event) {
    const before = last;
    // Replaced addresses are the same page, with a filter or a position noted in it.
    const replaced = event ? event.navigationType === 'replace' : entries === history.length;
    [last, entries] = [address(), history.length];
    if (last !== before && !replaced) onMove();
  }

  if (navigation) navigation.addEventListener('currententrychange', check);
  else {
    win.addEventListener('popstate', check);
    win.setInterval(() => check(), lookEvery);
  }
}
