// A relay of paper: serves the bundled loader, frame and view, pages that a test writes, and in place of Go a worker that
// tells everything it hears and does what the test says. For tests of the page's side alone.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const types = { js: 'text/javascript', css: 'text/css', html: 'text/html; charset=utf-8', json: 'application/json' };

/** The worker of paper. `react` is the test's function, as text: (message, post, state) => void */
const workerSource = (react) => `
  const react = ${react};
  const state = { starts: 0 };
  const me = Math.random();
  let told = 0;
  // Requests may overtake each other: each says which one it is.
  const tell = (message) => fetch('/heard', { method: 'POST', body: JSON.stringify({ worker: me, n: told++, message }), keepalive: true });
  function listen(owner) {
    owner.onmessage = ({ data, ports }) => {
      if (data.t === 'ping') owner.postMessage({ t: 'pong' });
      if (data.t !== 'connect') return;
      tell({ t: 'connect', info: data.info, shared: 'onconnect' in self });
      const [port] = ports;
      const hear = (message) => {
        tell(message);
        react(message, (answer) => port.postMessage(answer), state, owner);
      };
      port.onmessage = ({ data: { then = [], ...message } }) => [message, ...then].forEach(hear);
    };
  }
  if ('onconnect' in self) self.onconnect = (event) => listen(event.ports[0]);
  else listen(self);
`;

export class PaperRelay {
  /** Messages of the page protocol that the worker heard, in order. @type {any[]} */
  heard = [];
  /** What has come before something that the worker heard earlier. @type {Map<string, object>} */
  #ahead = new Map();
  /** How much each worker has told. @type {Map<number, number>} */
  #heardOf = new Map();
  /** Events that came by beacon. @type {any[]} */
  beacons = [];
  /** Paths that were asked for. @type {string[]} */
  asked = [];
  /** Scripts of a customer's site, by path. @type {Record<string, string>} */
  scripts = {};
  /** What a page says in head, by path. @type {Record<string, string>} */
  pages = {};
  headers = {};
  /** The query with which the deployment was asked for. */
  hints = '';
  deployment = { name: 'demo', chat: true, monitoring: true, consent: false, lang: 'en', texts: { ChatButton: 'Chat' } };
  react = '(message, post) => { if (message.t === "hello") post({ t: "welcome", v: 1 }); }';
  framed = true;
  /**
   * What happens to requests before they are answered: give "fail", "hang", or what they wait for.
   * @type {(path: string) => 'fail' | 'hang' | Promise<void> | undefined}
   */
  trouble = () => undefined;
  /** The worker of paper, or the real one. */
  worker = '/fake-worker.js';
  /** What is served as the real worker's program, with a wrong content type. @type {Uint8Array} */
  program = null;

  /** @type {import('node:http').Server} */
  server;
  manifest;
  port = 0;

  static async open() {
    const relay = new PaperRelay();
    relay.manifest = JSON.parse(await readFile(dist + 'manifest.json', 'utf8'));
    relay.server = createServer((request, response) => relay.#answer(request, response)).listen(0, '127.0.0.1');
    await once(relay.server, 'listening');
    relay.port = /** @type {import('node:net').AddressInfo} */ (relay.server.address()).port;
    return relay;
  }

  get base() {
    return `http://localhost:${this.port}`;
  }

  /** A page of a customer's site: its head holds the tag unless the test wrote another. */
  page(path, { head = this.tag(), body = '<h1>Shop</h1>', site = 'site' } = {}) {
    this.pages[path] = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${body}</body></html>`;
    return `http://${site}.localhost:${this.port}${path}`;
  }

  tag(attributes = 'async data-deployment="demo"') {
    return `<script ${attributes} src="${this.base}/foyer.js"></script>`;
  }

  /** What was heard of a kind. */
  all(t) {
    return this.heard.filter((message) => message.t === t);
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** Takes up what a worker tells, behind what it told before. @param {{worker: number, n: number, message: object}} told */
  #hear({ worker, n, message }) {
    this.#ahead.set(`${worker} ${n}`, message);
    const next = () => `${worker} ${this.#heardOf.get(worker) ?? 0}`;
    for (let key = next(); this.#ahead.has(key); key = next()) {
      this.heard.push(this.#ahead.get(key));
      this.#ahead.delete(key);
      this.#heardOf.set(worker, (this.#heardOf.get(worker) ?? 0) + 1);
    }
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.base);
    this.asked.push(url.pathname);
    const give = (status, type, body, headers = {}) => {
      response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*', ...headers }).end(body);
    };
    const { pathname } = url;
    const trouble = await this.trouble(pathname);
    if (trouble === 'hang') return;
    if (trouble) return give(503, 'text/plain', 'not now');
    if (pathname === '/heard' || pathname === '/native/v1/events') {
      const body = await textOf(request).catch(() => null); // its page has gone before it was through
      if (body === null) return;
      if (pathname === '/heard') this.#hear(JSON.parse(body));
      else this.beacons.push(...JSON.parse(body));
      return give(204, 'text/plain');
    }
    if (pathname === '/favicon.ico') return give(204, 'image/x-icon');
    if (pathname in this.scripts) return give(200, types.js, this.scripts[pathname]);
    if (pathname in this.pages) return give(200, types.html, this.pages[pathname], this.headers);
    if (pathname === '/deployment.js') this.hints = url.search;
    if (pathname === '/deployment.js') return give(200, types.js, 'export default ' + JSON.stringify(this.deployment));
    if (pathname === '/fake-worker.js') return give(200, types.js, workerSource(this.react));
    if (pathname === '/program.wasm' && this.program) return give(200, 'text/plain', this.program);
    if (pathname === '/chat/') return give(200, types.html, '<!doctype html><title>Hosted chat</title>');
    if (pathname === '/bridge.html' && this.framed) return give(200, types.html, await this.#bridge(url));
    const name = /\/(cxbus|widgets-core|GPE|GTC)\.min\.js$/.test(pathname) ? 'foyer.js' : pathname.slice(1);
    const file = await readFile(dist + name).catch(() => null);
    if (!file || pathname.endsWith('/')) return give(404, 'text/plain', 'not here');
    return give(200, types[pathname.split('.').pop()] ?? 'application/octet-stream', file);
  }

  async #bridge(url) {
    const fields = {
      Deployment: url.searchParams.get('deployment'),
      Origin: url.searchParams.get('origin'),
      Pass: 'a pass',
      Build: 'build',
      BridgeJS: '/' + this.manifest.files['bridge.js'],
      WorkerJS: this.worker,
      Wasm: '/program.wasm',
    };
    const page = await readFile(dist + 'bridge.html', 'utf8');
    return page.replace(/\{\{if .*?\{\{end\}\}/g, '').replace(/\{\{\.(\w+)\}\}/g, (_, name) => fields[name]);
  }
}
