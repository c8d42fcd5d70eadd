// The relay under test: the real binary with --dev, a free port and a data folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './port.js';
import { until } from './until.js';

const binary = fileURLToPath(new URL('../../../bin/relay', import.meta.url));

/** What a browser says of a relay that is away, or about to go. */
export const unreachable =
  /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|status of 503|WebSocket connection to .* failed/;

export class Relay {
  #process = null;
  #log = '';
  /** Path of its relay.yaml, "" for none. */
  #config = '';
  /** The folder of the operator's own files, "" for none. */
  #resources = '';

  constructor(port, data) {
    this.port = port;
    this.data = data;
  }

  /**
   * Starts a new relay with nothing stored.
   * @param {string} [config]  text of a relay.yaml
   * @param {Record<string, string>} [resources]  the operator's own files, by name
   */
  static async fresh(config, resources) {
    await access(binary).catch(() => {
      throw new Error('bin/relay is not there: run `make quick` first');
    });
    for (;;) {
      const relay = new Relay(await freePort(), await mkdtemp(join(tmpdir(), 'foyer-e2e-')));
      if (config) await writeFile((relay.#config = join(relay.data, 'relay.yaml')), config);
      if (resources) await relay.#keep(resources);
      try {
        await relay.start();
        return relay;
      } catch (error) {
        await relay.remove();
        if (!relay.log.includes('address already in use')) throw error; // somebody was faster
      }
    }
  }

  /** Where pages find the relay. */
  get base() {
    return `http://localhost:${this.port}`;
  }

  /** A page of a demo shop. @param {'shop-a' | 'shop-b'} shop @param {string} [path] */
  shop(shop, path = '/') {
    return `http://${shop}.localhost:${this.port}${path}`;
  }

  /** Everything that the relay printed, for the message of a failed test. */
  get log() {
    return this.#log;
  }

  /** Starts the relay, also again after kill or stop: on the same port, with the same data. */
  async start() {
    const args = ['serve', '--dev', '--listen', `127.0.0.1:${this.port}`, '--data', this.data];
    if (this.#config) args.push('--config', this.#config);
    if (this.#resources) args.push('--resources', this.#resources);
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.#log += text));
    }
    try {
      await until('the relay answers', async () => {
        if (child.exitCode !== null) return true;
        return (await fetch(`http://127.0.0.1:${this.port}/readyz`)).ok;
      });
    } catch (error) {
      throw new Error(`the relay does not answer:\n${this.#log}`, { cause: error });
    }
    if (child.exitCode !== null) throw new Error(`the relay stopped:\n${this.#log}`);
  }

  /** kill -9: what it did not make durable is lost. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Asks it to drain. Gives its exit code. */
  async drain() {
    return this.#end('SIGTERM');
  }

  /** Ends it for good and deletes its data. */
  async remove() {
    if (this.#process) await this.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  async #keep(resources) {
    this.#resources = await mkdtemp(join(this.data, 'resources-'));
    for (const [name, text] of Object.entries(resources)) await writeFile(join(this.#resources, name), text);
  }

  async #end(signal) {
    const child = this.#process;
    this.#process = null;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  }
}
