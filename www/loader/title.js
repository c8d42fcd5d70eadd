// The title of a page that a single-page application shows: the address changes first, the title when the page is drawn.

/** A title that has changed may change again: "Loading…" first. So long it must stay, ms. */
const rest = 150;
/** A title that does not change for so long is the page's own, ms. */
const longest = 2000;

/**
 * Calls then once the title is another than before, and stays, or will not be another any more.
 * @param {Window & { MutationObserver?: typeof MutationObserver }} win
 * @param {string} before the title of the page before
 * @param {() => void} then
 * @returns {() => void} ends the waiting
 */
export function whenTitled(win, before, then) {
  const { document: doc } = win;
  /** @type {number | undefined} */
  let resting;
  let title = before;
  const end = () => {
    observer?.disconnect();
    win.clearTimeout(resting);
    win.clearTimeout(late);
  };
  const done = () => {
    end();
    then();
  };
  const look = () => {
    if (doc.title === title) return;
    title = doc.title;
    win.clearTimeout(resting);
    resting = win.setTimeout(done, rest);
  };
  const observer = win.MutationObserver && new win.MutationObserver(look);
  observer?.observe(doc.head || doc.documentElement, { childList: true, subtree: true, characterData: true });
  const late = win.setTimeout(done, longest);
  look();
  return end;
}
