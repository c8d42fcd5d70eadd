// What the page keeps first-party, in localStorage under foyer.<deployment>.<key>: what belongs to the chat and to invitations,
// the events that could not be sent, and the user who is known to the tracker.

/** @type {KeptKey[]} */
const keys = ['handle', 'window', 'draft', 'outbox', 'muted', 'filters', 'seen', 'invite', 'events', 'user'];

/**
 * @param {Window} win
 * @param {string} deployment
 * @param {(key: KeptKey, value: string | null) => void} onChange another tab changed something
 */
export function createKeep(win, deployment, onChange) {
  const prefix = 'foyer.' + deployment + '.';
  const store = localStorageOf(win);
  /** @type {Record<string, string>} what cannot be stored lives as long as the page */
  const memory = {};

  const read = (/** @type {KeptKey} */ key) => (store ? store.getItem(prefix + key) : memory[key]) ?? null;

  win.addEventListener('storage', (event) => {
    if (event.storageArea !== store || !store) return;
    // key is null when everything was cleared.
    for (const key of keys) {
      if (event.key === prefix + key || event.key === null) onChange(key, read(key));
    }
  });

  return {
    read,
    /** @returns {Record<string, string>} what is there */
    all() {
      /** @type {Record<string, string>} */
      const found = {};
      for (const key of keys) {
        const value = read(key);
        if (value !== null) found[key] = value;
      }
      return found;
    },
    /** @param {KeptKey} key @param {string | null} value null removes it */
    write(key, value) {
      if (!keys.includes(key)) return;
      try {
        if (!store) throw 0;
        if (value === null) store.removeItem(prefix + key);
        else store.setItem(prefix + key, value);
      } catch (_) {
        if (value === null) delete memory[key];
        else memory[key] = value;
      }
    },
    forget() {
      for (const key of keys) this.write(key, null);
    },
  };
}

/** @param {Window} win @returns {Storage | null} null where the browser or a sandbox refuses it */
function localStorageOf(win) {
  try {
    win.localStorage.length;
    return win.localStorage;
  } catch (_) {
    return null;
  }
}
