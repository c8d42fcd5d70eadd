// What all copies of these scripts on a page share, under names in window: foyer.js and cookie-provider.min.js may both be there,
// and each twice.

const busy = 'foyer.busy';
const mark = 'foyer.cookies';

/**
 * What providers are doing, or have done, since a chat was last to be restored, which waits for it.
 * @param {any} win @returns {Set<Promise<unknown>>}
 */
export const busyOf = (win) => (win[busy] ||= new Set());

/**
 * made: providers and frames, by what they are for; kept: the sessions that are kept.
 * @param {any} win
 * @returns {{ made: Map<string, any>, kept: Set<{ clear: () => void, refresh: () => void }> }}
 */
export const sharedOf = (win) => (win[mark] ||= { made: new Map(), kept: new Set() });

/**
 * Waits until the page has what other sites have kept, but not for ever, and not twice.
 * @param {Window} win @param {number} most ms
 */
export async function loaded(win, most) {
  const late = new Promise((resolve) => win.setTimeout(resolve, most));
  const all = [...busyOf(win)].map((one) => one.catch(() => {}));
  await Promise.race([Promise.all(all), late]);
  busyOf(win).clear();
}

/** The page's chat is over: its session is forgotten. @param {Window} win */
export function clearAll(win) {
  for (const session of sharedOf(win).kept) session.clear();
}

/** The page may have kept its session anew. @param {Window} win */
export function refreshAll(win) {
  for (const session of sharedOf(win).kept) session.refresh();
}
