// The right moment.

import { guard } from './guard.js';

/** Runs it when body is there and the document is parsed. @param {Document} doc @param {() => void} fn */
export function whenParsed(doc, fn) {
  if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', guard('parsed', fn), { once: true });
  else fn();
}

/** Runs it as soon as body exists, also while the document is still coming. @param {Document} doc @param {() => void} fn */
export function whenBody(doc, fn) {
  if (doc.body) {
    fn();
    return;
  }
  const watcher = new MutationObserver(() => {
    if (!doc.body) return;
    watcher.disconnect();
    guard('body', fn)();
  });
  watcher.observe(doc.documentElement, { childList: true });
}

/** Runs it when the page has loaded and has nothing to do. @param {Window} win @param {() => void} fn */
export function whenIdle(win, fn) {
  const idle = () =>
    'requestIdleCallback' in win ? win.requestIdleCallback(guard('idle', () => fn()), { timeout: 5000 }) : setTimeout(guard('idle', fn), 500);
  if (win.document.readyState === 'complete') idle();
  else win.addEventListener('load', guard('load', idle), { once: true });
}
