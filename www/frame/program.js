// Brings the program that a worker runs, and notices when it stops coming.

/** A program of which nothing more comes for so long does not come at all, ms: the connection broke without a word. */
const stalled = 15000;

/**
 * Fetches and compiles a program. An error says with gone that the relay does not have it.
 * @param {string} address
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compileFrom(address) {
  const breaker = new AbortController();
  const comes = watch(() => breaker.abort());
  try {
    const response = await fetch(address, { signal: breaker.signal });
    if (!response.ok) throw Object.assign(new Error(address + ': ' + response.status), { gone: response.status === 404 });
    // Streaming refuses a wrong content type, which a proxy in between may have made.
    const copy = collect(response.clone(), comes);
    return await WebAssembly.compileStreaming(response).catch(async () => WebAssembly.compile(await copy));
  } finally {
    comes(true);
  }
}

/**
 * Gives a function that is to be called whenever something comes, and with true at the end.
 * @param {() => void} late called when nothing has come for too long
 */
function watch(late) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const comes = (over = false) => {
    clearTimeout(timer);
    if (!over) timer = setTimeout(late, stalled);
  };
  comes();
  return comes;
}

/** Reads a body as it comes. @param {Response} response @param {() => void} comes @returns {Promise<ArrayBuffer>} */
function collect(response, comes) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  /** @type {BlobPart[]} */
  const parts = [];
  const read = async () => {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      parts.push(/** @type {BlobPart} */ (chunk.value));
      comes();
    }
    return new Blob(parts).arrayBuffer();
  };
  const all = read();
  all.catch(() => {}); // whoever needs it hears of it
  return all;
}
