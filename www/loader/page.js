// What Go is told about the page. The time zone is left out: asking Intl for it can hold up a slow page's main thread
// for more than 50 ms, and the worker can ask just as well.

/** @param {Window} win @param {Ids} ids */
export function pageOf(win, ids) {
  const { document: doc, navigator, screen, location } = win;
  return {
    id: ids.page,
    url: location.href,
    origin: win.origin,
    title: doc.title,
    referrer: doc.referrer,
    lang: doc.documentElement.lang || navigator.language,
    screen: screen.width + 'x' + screen.height,
    ua: navigator.userAgent,
    visible: doc.visibilityState === 'visible',
  };
}
