// What all copies of these scripts on a page share, under a symbol: foyer.js and cookie-provider.min.js may both be there,
// and each twice.

const mark = Symbol.for('foyer.cookies');

/**
 * made: providers and frames, by what they are for; loading: what loadCookie is doing or has done, which a chat that is
 * to be restored waits for; kept: the sessions that are kept.
 * @param {any} win
 * @returns {{ made: Map<string, any>, loading: Set<Promise<unknown>>, kept: Set<{ clear: () => void, refresh: () => void }> }}
 */
export const sharedOf = (win) => (win[mark] ||= { made: new Map(), loading: new Set(), kept: new Set() });

/**
 * Waits until the page has what other sites have kept, but not for ever.
 * @param {Window} win @param {number} most ms
 */
export async function loaded(win, most) {
  const late = new Promise((resolve) => win.setTimeout(resolve, most));
  const all = [...sharedOf(win).loading].map((one) => one.catch(() => {}));
  await Promise.race([Promise.all(all), late]);
}

/** The page's chat is over: its session is forgotten. @param {Window} win */
export function clearAll(win) {
  for (const session of sharedOf(win).kept) session.clear();
}

/** The page may have kept its session anew. @param {Window} win */
export function refreshAll(win) {
  for (const session of sharedOf(win).kept) session.refresh();
}
