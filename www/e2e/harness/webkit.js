// Debian's WebKitGTK: MiniBrowser on a screen of its own (Xvfb), over the classic WebDriver protocol. Names of hosts lead
// to the front, its proxy. It shows what the engine does; Safari's own tracking prevention is not in it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { freePort } from './port.js';
import { patience, until } from './until.js';

const driver = process.env.WEBKIT_DRIVER ?? 'WebKitWebDriver';
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'; // W3C WebDriver, 12.2

/** @param {{proxy: {host: string, port: number}}} options */
export async function launch({ proxy }) {
  const screen = await startScreen();
  const port = await freePort();
  const service = spawn(driver, [`--port=${port}`], {
    stdio: 'ignore',
    detached: true, // a process group, so that the browser goes with it
    env: {
      ...process.env,
      DISPLAY: screen.display,
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
  });
  const address = `http://127.0.0.1:${port}`;
  await until('WebKitWebDriver answers', async () => (await fetch(`${address}/status`)).ok);
  // As the browser's own switch: the driver's capability would speak TLS to the proxy.
  const args = ['--automation', `--proxy=http://${proxy.host}:${proxy.port}`];
  const { sessionId } = await call(address, 'POST', '/session', {
    capabilities: { alwaysMatch: { acceptInsecureCerts: true, 'webkitgtk:browserOptions': { binary: browser(), args } } },
  });
  const session = new Session(`${address}/session/${sessionId}`);
  await session.command('POST', '/timeouts', { script: patience, pageLoad: patience });
  return {
    session,
    async remove() {
      await session.command('DELETE', '').catch(() => {}); // it may have gone by itself
      for (const child of [service, screen.process]) await end(child);
    },
  };
}

/** One browser. It looks at one tab, and at one frame of it, at a time. */
class Session {
  /** The tab's handle that commands are for. */
  #current = '';

  constructor(address) {
    this.address = address;
  }

  command(method, path, body) {
    return call(this.address, method, path, body);
  }

  /** Makes commands be for this tab, its top frame. @param {string} handle */
  async turnTo(handle) {
    if (this.#current !== handle) await this.command('POST', '/window', { handle });
    this.#current = handle;
    await this.command('POST', '/frame', { id: null });
  }

  /** @returns {Promise<string>} its handle */
  async newTab() {
    return (await this.command('POST', '/window/new', { type: 'tab' })).handle;
  }

  /** Handles of all tabs. @returns {Promise<string[]>} */
  handles() {
    return this.command('GET', '/window/handles');
  }

  /** @returns {Promise<object>} the reference of an element */
  find(selector) {
    return this.command('POST', '/element', { using: 'css selector', value: selector });
  }

  async click(selector) {
    const element = await this.find(selector);
    await this.command('POST', `/element/${element[elementKey]}/click`, {});
  }

  async enterFrame(selector) {
    await this.command('POST', '/frame', { id: await this.find(selector) });
  }

  /** Runs a function in the page and waits for what it promises. */
  async run(fn, args) {
    const script = `const done = arguments[arguments.length - 1];
      (async () => (${fn})(...arguments[0]))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await this.command('POST', '/execute/async', { script, args: [args] });
    if (error !== undefined) throw new Error(error);
    return value ?? undefined;
  }
}

/** Where Debian has MiniBrowser: beside the library, in a folder that is named after its version. */
function browser() {
  const libraries = `/usr/lib/${{ x64: 'x86_64', arm64: 'aarch64' }[process.arch] ?? process.arch}-linux-gnu`;
  const folder = readdirSync(libraries).find((name) => existsSync(`${libraries}/${name}/MiniBrowser`));
  if (!folder) throw new Error('MiniBrowser is not there: run .ci/needs');
  return `${libraries}/${folder}/MiniBrowser`;
}

async function call(address, method, path, body) {
  const answer = await fetch(address + path, { method, body: body && JSON.stringify(body) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

/** A screen that nobody sees. Xvfb finds a number that is free and writes it to its third stream. */
async function startScreen() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const [number] = await once(server.stdio[3], 'data');
  return { process: server, display: `:${String(number).trim()}` };
}

/** Ends a process with the group that it leads. */
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, 'SIGTERM');
  await gone;
}
