// The frame's cookie, by which other sites of the deployment find the chat. Documents of the relay use it, the worker
// cannot: browsers decide for each document whether it may have the cookie that it has elsewhere.

/**
 * @param {{ deployment: string, origin: string, pass: string }} me  what the relay wrote into this document
 */
export function createCookie(me) {
  /** @param {string} what @param {object} more @returns {Promise<any>} the answer; {} where there is none */
  async function ask(what, more) {
    const body = JSON.stringify({ ...me, ...more });
    // The end of a chat shall arrive even when the page goes. Firefox sends such a request without the access that was given,
    // so the others are none.
    const keepalive = what === 'drop';
    const response = await fetch('native/v1/frame/' + what, { method: 'POST', body, keepalive });
    return response.status === 200 ? response.json() : {};
  }

  return {
    /**
     * The cookie leads to the handle's chat from now on.
     * @param {string} handle @returns {Promise<{ kept?: boolean }>} kept: the browser has it from an earlier time
     */
    keep: (handle) => ask('keep', { handle }),
    /** The chat is over. @param {string} handle */
    drop: (handle) => ask('drop', { handle }),
    /** @param {string} rung how the browser has come to send the cookie @returns {Promise<{ handle?: string }>} */
    take: (rung) => ask('take', { rung }),
  };
}

/**
 * How this document stands with cookies that it shares with others of the relay, inside other sites.
 * @returns {Promise<'has' | 'granted' | 'ask' | 'never'>} has: the browser says that it has them; granted: it would, for
 *   the asking; ask: it may, if a person clicks; never: also where the browser cannot say
 */
export async function access() {
  if (!document.requestStorageAccess || !document.hasStorageAccess || !window.isSecureContext) return 'never';
  if (await document.hasStorageAccess()) return 'has';
  const state = await permission();
  return state === 'granted' ? 'granted' : state === 'denied' ? 'never' : 'ask';
}

/** @returns {Promise<string>} */
async function permission() {
  try {
    const found = await navigator.permissions.query({ name: /** @type {any} */ ('storage-access') });
    return found.state;
  } catch (_) {
    return 'prompt'; // a browser that asks, and does not tell before
  }
}

/** Takes what was granted on an earlier page. @returns {Promise<boolean>} this document has access now, and had not */
export async function activate() {
  if ((await access()) !== 'granted') return false;
  return document.requestStorageAccess().then(
    () => true,
    () => false,
  );
}
