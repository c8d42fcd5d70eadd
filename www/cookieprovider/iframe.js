// iframe.min.js: starts the Go program that keeps cookies for pages (cookieprovider/), which lies beside this file, and
// notes what pages say until it runs. It decides nothing, and answers nobody.

import 'go:wasm_exec';

const scope = /** @type {any} */ (window);
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
/** So many messages wait for the program; a page sends one. */
const most = 16;

/** @type {{ early: MessageEvent[] | null, domains: () => unknown }} what cookieprovider/main.go finds */
const handover = {
  early: [],
  // The page may declare it with const, which makes no property of window, and behind this script.
  domains: () => (typeof TRUSTED_DOMAINS === 'undefined' ? undefined : TRUSTED_DOMAINS),
};

const type = 'application/wasm';

/** Compiled while it comes. A static host may call it anything, which browsers refuse: then we say what it is. */
async function compile(/** @type {URL} */ address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(address + ': ' + response.status);
  const named = response.headers.get('content-type') === type;
  return WebAssembly.compileStreaming(named ? response : new Response(response.body, { headers: { 'content-type': type } }));
}

async function start() {
  addEventListener('message', (event) => {
    // Only who framed us can be answered at all; others shall not fill the queue.
    if (event.source === parent && handover.early && handover.early.length < most) handover.early.push(event);
  });
  try {
    const module = await compile(new URL('cookieprovider.wasm', script.src));
    if (document.readyState === 'loading') await new Promise((resolve) => addEventListener('DOMContentLoaded', resolve));
    const go = new scope.Go();
    void go.run(await WebAssembly.instantiate(module, go.importObject));
  } catch (error) {
    console.error('[foyer] iframe.html: cookies cannot be kept, because cookieprovider.wasm does not run', error);
    // To whoever framed us: it says nothing but that this page is of no use.
    parent.postMessage({ foyer: 'cookies', v: 1, t: 'broken' }, '*');
  }
}

// Included twice, it is one.
if (!scope.foyerCookies) {
  scope.foyerCookies = handover;
  void start();
}
