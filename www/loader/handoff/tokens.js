// One-time tokens in store, so that a click need not wait for one.

/** Tokens in store for each origin: a middle click may be followed by another. */
const inStore = 2;
/** Origins for which tokens are kept in store. */
const mostOrigins = 8;
/** What a page needs to load: a token that is good for less is not given out, ms. */
const toLoad = 20000;
/** A pause after a request that failed, ms. */
const afterFailure = 5000;

/** @param {(origins: string[]) => Promise<{ tokens: string[], forMs: number }>} mint */
export function createTokens(mint) {
  /** @type {Map<string, { token: string, until: number }[]>} by origin, the one that was needed last at the end */
  const store = new Map();
  let asking = false;
  let notBefore = 0;
  /** What was asked for before everything was forgotten is not taken. */
  let generation = 0;

  const good = (/** @type {string} */ origin) => {
    const left = (store.get(origin) || []).filter(({ until }) => until > Date.now() + toLoad);
    if (store.has(origin)) store.set(origin, left);
    return left;
  };

  function refresh() {
    if (asking || Date.now() < notBefore) return;
    const missing = [...store.keys()].flatMap((origin) => Array(inStore - Math.min(inStore, good(origin).length)).fill(origin));
    if (!missing.length) return;
    asking = true;
    const mine = generation;
    mint(missing)
      .then(({ tokens, forMs }) => {
        if (mine !== generation) return;
        missing.forEach((origin, i) => {
          if (tokens[i]) store.get(origin)?.push({ token: tokens[i], until: Date.now() + forMs });
          else store.delete(origin); // the relay does not hand chats over to it
        });
      })
      .catch(() => (notBefore = Date.now() + afterFailure))
      .then(() => (asking = false));
  }

  /** @param {string} origin */
  function need(origin) {
    const there = store.get(origin) || [];
    store.delete(origin);
    store.set(origin, there);
    if (store.size > mostOrigins) store.delete([...store.keys()][0]);
  }

  return {
    /** There may be a need for tokens for this origin soon. */
    need,
    /** Asks for what is missing in store. */
    refresh,
    /** Gives a token away. @param {string} origin @returns {string} "" where there is none */
    take(origin) {
      need(origin);
      const token = good(origin).shift()?.token || '';
      refresh();
      return token;
    },
    forget() {
      store.clear();
      generation++;
    },
  };
}
