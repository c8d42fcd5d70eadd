// Where the root stands, as a function of the page: in the top modal dialog, else in the element that fills the screen if
// there is more to show than the button, else in body. As a popover it is in the browser's top layer, where no transform,
// filter or overlay of the page reaches it. It takes no room, and stands where it changes as little as can be of what the
// page's rules say about its own elements (:last-child). foyer.css holds against rules like body>*.
//
// Browsers without popover have it in body, fixed: what the page puts over everything is over the chat as well.

import { guard } from './guard.js';

/** Elements that nobody sees. */
const unseen = /^(script|style|template|link|meta|noscript)$/;
/** Libraries set these on everything but their dialog. */
const banned = ['inert', 'aria-hidden'];
/** Elements that fill the screen and show no children. */
const childless = /^(video|audio|img|canvas|iframe|embed|object)$/;

/**
 * @param {Document} doc
 * @param {HTMLElement} root
 * @param {{ gate: Gate, plain: boolean, changed: () => void }} options
 *   plain: it is an ordinary element at the end of body; changed: the page has changed what stands in html, head or body
 */
export function createPlace(doc, root, { gate, plain, changed }) {
  const win = /** @type {Window & typeof globalThis} */ (doc.defaultView);
  const popover = !plain && 'showPopover' in root;
  /** Modal dialogs of the page, as they were opened. @type {HTMLDialogElement[]} */
  let modals = [];
  /** The style is there, without which a popover has the browser's own looks. */
  let risen = false;
  /** What the root was raised above. @type {Element | null | undefined} */
  let above;

  /** What is above the whole page. */
  const top = () => (popover && modals.filter(isOpen).pop()) || doc.fullscreenElement;

  /** @returns {Element} */
  function parent() {
    const over = top();
    const takes = over && over !== doc.documentElement && !childless.test(over.localName);
    return takes && (modals.some((each) => each === over) || showsMore(root)) ? over : doc.body;
  }

  function put() {
    if (!doc.body) return;
    const to = parent();
    const over = top();
    const before = plain || doc.readyState === 'loading' ? null : spot(to, root);
    if (root.parentNode !== to) keep(() => move(to, before));
    if (above !== over || (risen && popover && !root.matches(':popover-open'))) keep(raise);
    above = over;
    watch();
  }

  /** @param {Element} to @param {Element | null} before */
  function move(to, before) {
    // It keeps the focus, the scrolling and the frames inside.
    if (root.isConnected && 'moveBefore' in to) /** @type {any} */ (to).moveBefore(root, before);
    else to.insertBefore(root, before);
  }

  /** Above everything that is there. */
  function raise() {
    if (!popover || !risen) return;
    root.popover = 'manual';
    if (root.matches(':popover-open')) root.hidePopover();
    root.showPopover();
  }

  // What moving loses.
  /** @type {WeakMap<Element, [number, number]>} */
  const scrolled = new WeakMap();
  /** @type {HTMLElement | undefined} */
  let focused;
  root.addEventListener('scroll', ({ target: at }) => at instanceof Element && scrolled.set(at, [at.scrollTop, at.scrollLeft]), true);
  gate.listen(root, 'focusin', ({ target }) => void (focused = target));
  // Not where it is lost because the root is thrown out.
  gate.listen(root, 'focusout', () => queueMicrotask(() => root.isConnected && doc.activeElement !== focused && (focused = undefined)));

  /** Runs it, and gives back focus, selection and scroll places. @param {() => void} run */
  function keep(run) {
    const field = /** @type {any} */ (focused);
    const selection = field && 'selectionStart' in field && [field.selectionStart, field.selectionEnd];
    gate.quietly(() => {
      run();
      for (const element of root.querySelectorAll('*')) {
        const at = scrolled.get(element);
        if (at) [element.scrollTop, element.scrollLeft] = at;
      }
      if (!field || !root.contains(field) || doc.activeElement !== doc.body) return;
      field.focus({ preventScroll: true });
      if (selection && selection[0] !== null) field.setSelectionRange(...selection);
    });
  }

  // What the page does.
  const losses = new MutationObserver(
    guard('place', () => {
      if (root.parentNode !== doc.body && root.isConnected) put();
      changed();
      watch();
    }),
  );
  /** @type {unknown[]} */
  let watched = [];

  /** Only where the root could be lost with something deeper, it looks deeper. */
  function watch() {
    const inBody = root.parentNode === doc.body;
    const now = [doc, doc.documentElement, doc.head, inBody ? doc.body : doc];
    if (plain || now.every((node, i) => node === watched[i])) return;
    watched = now;
    losses.disconnect();
    for (const node of new Set(now)) node && losses.observe(node, { childList: true, subtree: !inBody && node === doc });
  }

  const openings = new MutationObserver(
    guard('place', (records) => {
      const opened = records.map(({ target }) => /** @type {any} */ (target)).filter((element) => element.localName === 'dialog');
      if (!opened.length) return;
      modals = [...new Set([...modals.filter((each) => !opened.includes(each)), ...opened])].filter(isOpen);
      if (root.isConnected) put();
    }),
  );
  const bans = new MutationObserver(
    guard('place', () => {
      for (const name of banned) root.removeAttribute(name);
    }),
  );

  function follow() {
    if (plain) return;
    bans.observe(root, { attributeFilter: banned });
    // The parser has the last word about what comes last.
    if (doc.readyState === 'loading') doc.addEventListener('DOMContentLoaded', guard('place', sink));
    if (!popover) return;
    modals = [...doc.querySelectorAll('dialog')].filter(isOpen);
    openings.observe(doc, { attributeFilter: ['open'], subtree: true });
    doc.addEventListener('fullscreenchange', guard('place', put));
    // What opens while something fills the screen.
    new MutationObserver(guard('place', () => doc.fullscreenElement && put())).observe(root, { childList: true });
    // Many dialogs close on a click that is not within their edges.
    root.addEventListener('click', (event) => root.parentNode !== doc.body && event.stopPropagation());
  }

  function sink() {
    const before = spot(doc.body, root);
    if (root.parentNode === doc.body && root.nextElementSibling !== before) keep(() => move(doc.body, before));
    put();
  }

  let following = false;
  return {
    put() {
      if (!following) follow();
      following = true;
      put();
    },
    /** The style is there. */
    rise() {
      risen = true;
      if (root.isConnected) put();
    },
  };
}

const isOpen = (/** @type {Element} */ dialog) => dialog.isConnected && dialog.matches(':modal');

/** More than the button, or a window that is only a bar. @param {Element} root */
const showsMore = (root) => root.querySelector('.cx-widget:not(.cx-side-button-group, .cx-minimized)');

/**
 * The child before which a new one changes least: one that nobody sees, else the last, which then goes on being the last.
 * @param {Element} parent @param {Element} root
 */
function spot(parent, root) {
  const rest = [...parent.children].filter((child) => child !== root);
  const hidden = rest.filter((child) => unseen.test(child.localName)).pop();
  if (hidden) return hidden === rest[0] ? rest[1] || null : hidden;
  return (rest.length > 1 && rest.pop()) || null;
}
