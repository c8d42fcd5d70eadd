// What Go is told about the page.

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
    tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: screen.width + 'x' + screen.height,
    ua: navigator.userAgent,
    visible: doc.visibilityState === 'visible',
  };
}
