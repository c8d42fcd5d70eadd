// Keeps the keyboard focus where it was while elements move or go.

/**
 * Notes where the focus is, and gives the function that puts it back.
 * @param {HTMLElement} container
 */
export function keepFocus(container) {
  const active = document.activeElement;
  if (!(active instanceof HTMLElement) || !container.contains(active)) return () => {};
  /** @type {HTMLElement[]} */
  const path = [];
  for (let e = active.parentElement; e && e !== container.parentElement; e = e.parentElement) path.push(e);
  const selection = selectionOf(active);

  return () => {
    if (document.activeElement === active) return;
    if (active.isConnected) {
      active.focus({ preventScroll: true });
      if (selection) /** @type {HTMLInputElement} */ (active).setSelectionRange(selection[0], selection[1]);
    } else if (document.activeElement === document.body) {
      // It is gone: to the nearest thing around it that can have the focus, not to the top of the page.
      path.find((e) => e.isConnected && e.hasAttribute('tabindex'))?.focus({ preventScroll: true });
    }
  };
}

/** @param {HTMLElement} element @returns {[number, number] | null} */
function selectionOf(element) {
  if (!(element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement)) return null;
  return element.selectionStart === null ? null : [element.selectionStart, element.selectionEnd ?? element.selectionStart];
}
