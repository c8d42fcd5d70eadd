// The names that pages are written for. Samples and customers' pages name a vendor's host and their own over https; the
// front answers for all of them on this machine: a vendor's hosts lead to the relay, as if its operator had changed one
// DNS record, and customers' hosts show the pages that a test wrote. TLS ends here, as at an operator's proxy.
//
// Chromium is told on its command line where the names lead. Browsers that cannot be told so have the front for a proxy.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createPlainServer, request } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Hosts that lead to the relay: those that samples name, and one of an operator's own. */
export const vendorHosts = ['apps.mypurecloud.de', 'apps.mypurecloud.com', 'relay.test'];
/**
 * Hosts of customers' sites: two of one customer's on one site, the sites of the documentation's samples (of which one
 * is on a port of its own), a host for iframe.html alone, and somebody whom nobody trusts.
 */
export const customerHosts = [
  'www.customer.test', 'shop.customer.test', 'domain-a.test', 'domain-b.test', 'domain-a', 'frame.test', '127.0.0.1:5500',
  'stranger.test', 'evil.frame.test', 'sub.domain-a.test', 'domain-a.test.', 'domain-a.test:8443',
];

export class Front {
  /** Where a vendor's hosts lead. @type {import('./relay.js').Relay} */
  relay = null;
  /** The path of customers' sites below which they have the relay, which does not hear of it; "" for none. */
  below = '';
  /** Whether WebSockets are passed on. */
  sockets = true;
  #pages = new Map();
  #secure;
  #plain;
  #proxy;
  #sockets = new Set();
  /** Where the network is to break. @type {{path: RegExp, bytes: number, refuses: number}[]} */
  #breaks = [];
  /** Requests that are still to be refused, as the network is gone. */
  #down = 0;

  static async open() {
    const front = new Front();
    const answer = (incoming, outgoing) => front.#answer(incoming, outgoing);
    front.#secure = createServer(await certificate([...vendorHosts, ...customerHosts]), answer);
    front.#plain = createPlainServer(answer);
    front.#proxy = createPlainServer(answer);
    front.#proxy.on('connect', (incoming, socket, head) => front.#tunnel(incoming.url, socket, head));
    for (const server of [front.#secure, front.#plain, front.#proxy]) {
      server.on('upgrade', (incoming, socket, head) => front.#upgrade(incoming, socket, head));
      server.on('connection', (socket) => front.#keep(socket));
      await once(server.listen(0, '127.0.0.1'), 'listening');
    }
    return front;
  }

  /** What Chromium is started with: names on the ports of https and http lead here. */
  get args() {
    const hosts = [...vendorHosts, ...customerHosts];
    const secure = `127.0.0.1:${this.#secure.address().port}`;
    const plain = `127.0.0.1:${this.#plain.address().port}`;
    const rules = hosts.flatMap((host) => {
      if (!host.includes(':')) return [`MAP ${host}:443 ${secure}`, `MAP ${host}:80 ${plain}`];
      return `MAP ${host} ${isSecure(host) ? secure : plain}`;
    });
    return [
      `--host-resolver-rules=${rules.join(', ')}`,
      '--ignore-certificate-errors', // the test's own certificate, for workers and frames too
      '--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable', // plain http is what some tests are about
    ];
  }

  /** The front as a proxy, for browsers that cannot be told where names lead: host:port on loopback. */
  get proxy() {
    return { host: '127.0.0.1', port: this.#proxy.address().port };
  }

  /**
   * A page of a customer's site, until forget.
   * @param {string} url  absolute
   * @param {{head?: string, body?: string, headers?: Record<string, string>, scripts?: Record<string, string>}} page
   *   scripts: files beside the page, by path
   * @returns {string} the url
   */
  page(url, { head = '', body = '<h1>Shop</h1>', headers = {}, scripts = {} }) {
    const { host, pathname } = new URL(url);
    const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${body}</body></html>`;
    this.#pages.set(host + pathname, { type: 'text/html; charset=utf-8', text, headers });
    for (const [path, source] of Object.entries(scripts)) {
      this.#pages.set(host + path, { type: 'text/javascript; charset=utf-8', text: source, headers });
    }
    return url;
  }

  /**
   * A file of a customer's site as a static host has it, until forget.
   * @param {string} url @param {Buffer | string} content @param {string} [type] of MIME @param {Record<string, string>} [headers]
   */
  file(url, content, type = 'application/octet-stream', headers = {}) {
    const { host, pathname } = new URL(url);
    this.#pages.set(host + pathname, { type, text: content, headers });
    return url;
  }

  forget() {
    this.below = '';
    this.sockets = true;
    this.#pages.clear();
    this.#breaks = [];
    this.#down = 0;
  }

  /**
   * The network breaks, once, when a request to the relay has got so far: everything that is open ends, and so many
   * requests are refused before it is back.
   * @param {RegExp} path  of the request @param {number} [bytes]  of the answer that still come @param {number} [refuses]
   */
  breakAt(path, bytes = 0, refuses = 1) {
    this.#breaks.push({ path, bytes, refuses });
  }

  /** The network is back, however much it was to refuse. */
  mend() {
    this.#down = 0;
  }

  /** Breaks that have not happened, as they were ordered. */
  get unbroken() {
    return this.#breaks.map(({ path, bytes }) => `${path} after ${bytes} bytes`);
  }

  /** Has the network break in the middle of an answer, where it is to. @param {string} path @param {import('node:stream').Readable} answer */
  #watch(path, answer) {
    const broken = this.#breaks.find((one) => one.path.test(path));
    if (!broken) return;
    let bytes = 0;
    const count = (chunk = '') => {
      bytes += chunk.length;
      if (bytes < broken.bytes || !this.#breaks.includes(broken)) return;
      this.#breaks.splice(this.#breaks.indexOf(broken), 1);
      this.#down = broken.refuses;
      for (const socket of this.#sockets) socket.destroy();
    };
    answer.on('data', count);
    if (broken.bytes === 0) count();
  }

  #isDown() {
    return this.#down > 0 && this.#down-- > 0;
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([this.#secure, this.#plain, this.#proxy].map((server) => once(server.close(), 'close')));
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {}); // browsers leave as they like
  }

  #answer(incoming, outgoing) {
    const { host } = incoming.headers;
    if (vendorHosts.includes(host) || this.#strip(incoming)) return this.#pass(incoming, outgoing);
    const page = this.#pages.get(host + new URL(incoming.url, 'http://any').pathname); // a proxy gets the whole address
    if (!page && /^([\w-]+\.)*localhost:\d+$/.test(host)) return this.#pass(incoming, outgoing);
    if (!page) return outgoing.writeHead(incoming.url === '/favicon.ico' ? 204 : 404).end();
    return outgoing.writeHead(200, { 'content-type': page.type, ...page.headers }).end(page.text);
  }

  /** Takes the path below which the relay is off a request. @returns {boolean} it is for the relay */
  #strip(incoming) {
    if (!this.below || !incoming.url.startsWith(this.below + '/')) return false;
    incoming.url = incoming.url.slice(this.below.length);
    return true;
  }

  #pass(incoming, outgoing) {
    if (this.#isDown()) return void outgoing.destroy();
    const { method, headers } = incoming;
    const { pathname, search } = new URL(incoming.url, 'http://any');
    const onward = request({ host: '127.0.0.1', port: this.relay.port, path: pathname + search, method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode, reply.headers);
      reply.pipe(outgoing);
      this.#watch(pathname, reply);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  /** A browser wants to speak to a host itself. @param {string} to  host:port */
  #tunnel(to, socket, head) {
    const own = [...vendorHosts, ...customerHosts].includes(to.replace(/:(80|443)$/, ''));
    if (!own && !/^([\w-]+\.)*localhost:\d+$/.test(to)) return socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const port = own ? (isSecure(to) ? this.#secure : this.#plain).address().port : Number(to.split(':').pop());
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    this.#keep(onward);
    for (const [one, other] of [[socket, onward], [onward, socket]]) one.on('close', () => other.destroy());
    return undefined;
  }

  /** A WebSocket: the request is passed on as it came, then the bytes of both sides. */
  #upgrade(incoming, socket, head) {
    if (this.#isDown()) return void socket.destroy();
    if (!this.sockets) return socket.end('HTTP/1.1 501 Not Implemented\r\n\r\n');
    this.#strip(incoming);
    const onward = connect(this.relay.port, '127.0.0.1');
    this.#keep(onward);
    const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
    onward.write(lines.join('\r\n') + '\r\n\r\n');
    onward.write(head);
    onward.pipe(socket).pipe(onward);
    for (const [one, other] of [[socket, onward], [onward, socket]]) one.on('close', () => other.destroy());
    socket.on('error', () => {});
    this.#watch(new URL(incoming.url, 'http://any').pathname, onward);
    return undefined;
  }
}

/** Hosts without ports and final dots, each once. @param {string[]} hosts */
function names(hosts) {
  return [...new Set(hosts.map((host) => host.replace(/:\d+$|\.$/, '')))];
}

/** Ports that TLS is spoken on. @param {string} address  host:port */
function isSecure(address) {
  return /:(443|8443)$/.test(address);
}

/** A certificate for these hosts that nobody but the test has signed. */
async function certificate(hosts) {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=Foyer tests', '-addext', `subjectAltName=${names(hosts).map((name) => `DNS:${name}`).join(',')}`],
      ...['-keyout', key, '-out', cert],
    ]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
