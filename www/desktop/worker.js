// The worker in which the desktop's Go program runs, from the page's side: starts it, hands it ports, and starts it anew
// when it dies. What is said stands in ../frame/bridge.js.

/** A worker that is silent for two of these is dead, ms. */
const pingEvery = 20000;
/** The longest pause before another start, ms. */
const longest = 30000;

/**
 * @param {string} address of worker.js, with the program in its query
 * @param {{ onPort: (port: MessagePort) => void, onOutdated: () => void }} options
 *   onPort: a new line to Go; what was said on an older one is lost. onOutdated: the program is no longer served.
 */
export function createWorker(address, { onPort, onOutdated }) {
  /** @type {Worker | undefined} */
  let worker;
  let answered = false;
  let unanswered = 0;
  let failures = 0;

  function start() {
    worker?.terminate();
    answered = false;
    unanswered = 0;
    worker = new Worker(address, { name: 'foyer-desktop' });
    worker.onmessage = receive;
    worker.onerror = () => {
      // The script did not load: the relay is away. Later errors are the worker's own business.
      if (!answered) retry();
    };
    worker.postMessage({ t: 'ping' });
    connect();
  }

  function retry() {
    worker?.terminate();
    worker = undefined;
    window.setTimeout(start, Math.min(longest, 1000 * 2 ** failures++));
  }

  /** @param {MessageEvent} event */
  function receive({ data }) {
    if (data.t === 'pong') {
      answered = true;
      unanswered = 0;
      failures = 0;
    } else if (data.t === 'restarted') connect();
    else if (data.t === 'failed') onOutdated();
  }

  function connect() {
    if (!worker) return;
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ t: 'connect', info: { deployment: '', origin: location.origin, pass: '', build: '', lock: '' } }, [port2]);
    onPort(port1);
  }

  window.setInterval(() => {
    if (!worker) return;
    if (unanswered >= 2) {
      start();
      return;
    }
    unanswered++;
    worker.postMessage({ t: 'ping' });
  }, pingEvery);

  start();
  return { connect };
}
