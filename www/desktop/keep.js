// What this tab keeps over a reload: sessionStorage, under one prefix.

const prefix = 'foyer.desktop.';

/** @returns {Record<string, string>} */
export function kept() {
  /** @type {Record<string, string>} */
  const all = {};
  for (let i = 0; i < sessionStorage.length; i++) {
    const key = sessionStorage.key(i);
    if (key?.startsWith(prefix)) all[key.slice(prefix.length)] = sessionStorage.getItem(key) || '';
  }
  return all;
}

/** @param {string} key @param {string | null} value null forgets it */
export function keep(key, value) {
  if (value === null) sessionStorage.removeItem(prefix + key);
  else sessionStorage.setItem(prefix + key, value);
}
