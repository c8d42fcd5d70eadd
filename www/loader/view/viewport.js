// What of the page is left to see. A phone's on-screen keyboard covers the lower part of a page, and the browser moves
// what is left over the page, without changing the page's size: only the visual viewport tells.

import { soon } from './soon.js';

/** More than this between page and viewport is a keyboard, less is the browser's own bars; px. */
const keyboard = 150;

/**
 * Keeps what is to be seen in custom properties of an element (see foyer.css): --foyer-seen-top and --foyer-seen-height,
 * and --foyer-kept is 0 while a keyboard is open. Who has zoomed in looks around by themselves: there are none then.
 * @param {HTMLElement} element
 * @returns {() => void} ends it
 */
export function followViewport(element) {
  const viewport = window.visualViewport;
  if (!viewport) return () => {};
  let covered = false;

  const set = (/** @type {string} */ name, /** @type {number | undefined} */ px) => {
    if (px === undefined) element.style.removeProperty(name);
    else element.style.setProperty(name, px + 'px');
  };
  const follow = soon(() => {
    const zoomed = viewport.scale > 1.01;
    const before = covered;
    covered = !zoomed && document.documentElement.clientHeight - viewport.height > keyboard;
    set('--foyer-seen-top', covered ? viewport.offsetTop : undefined);
    set('--foyer-seen-height', covered ? viewport.height : undefined);
    set('--foyer-kept', covered ? 0 : undefined);
    // The browser has brought the field into view before there was less room around it.
    const active = document.activeElement;
    if (covered && !before && active && element.contains(active)) active.scrollIntoView({ block: 'nearest' });
  });
  viewport.addEventListener('resize', follow);
  viewport.addEventListener('scroll', follow);
  follow();
  return () => {
    viewport.removeEventListener('resize', follow);
    viewport.removeEventListener('scroll', follow);
  };
}
