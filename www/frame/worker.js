// worker.js runs a Go program in a shared or a dedicated worker, and keeps it running. It hands the program the ports of
// pages: Go sets self.foyerOnPort(port, info), and takes what came before from self.foyerPorts.
//
// The program's address comes in the query of this script (?wasm=./foyer.<hash>.wasm), so that a worker is one build.
// What frames say to it and hear from it stands in bridge.js; the agent desktop says the same.

import 'go:wasm_exec';
import './carry.js';
import { compileFrom } from './program.js';

const scope = /** @type {any} */ (self);
const program = new URLSearchParams(location.search).get('wasm') || '';

/** Go that stops sooner than this after its start stops again at once, ms. */
const soon = 60000;
/** The longest pause before another start, ms. */
const longest = 30000;

/** Who started us: frames' ports, or the one page of a dedicated worker. @type {Set<any>} */
const owners = new Set();
/** @type {WebAssembly.Module | undefined} */
let compiled;
let failures = 0;
/** Counts starts: what an older Go still says is not heard. */
let generation = 0;
let startedAt = 0;

scope.foyerPorts = [];

/** @param {MessagePort} port @param {object} info */
function handOver(port, info) {
  if (typeof scope.foyerOnPort === 'function') scope.foyerOnPort(port, info);
  else scope.foyerPorts.push({ port, info });
}

/** @param {any} owner */
function listen(owner) {
  owners.add(owner);
  owner.onmessage = (/** @type {MessageEvent} */ event) => {
    const { t, info } = event.data || {};
    if (t === 'ping') owner.postMessage({ t: 'pong' });
    else if (t === 'connect' && event.ports[0]) handOver(event.ports[0], { ...info, frame: event.ports[1] });
  };
}

function tellOwners(/** @type {object} */ message) {
  for (const owner of owners) owner.postMessage(message);
}

/** Tells the relay why Go broke down; it knows the lines. Go calls it. @param {string} text */
scope.foyerCrashed = (text) => {
  const address = new URL('native/v1/crash', new URL(program, location.href));
  const body = JSON.stringify({ program, text: text.slice(0, 8000) });
  fetch(address, { method: 'POST', body }).catch(() => {}); // without it the console has it
};

/** Compiled once: a second start costs only the start. */
async function compile() {
  return (compiled ||= await compileFrom(program));
}

/** Runs Go until it ends, for whatever reason. */
async function run() {
  const mine = ++generation;
  startedAt = Date.now();
  try {
    const module = await compile();
    const go = new scope.Go();
    const instance = await WebAssembly.instantiate(module, go.importObject);
    await go.run(instance);
    console.error('[foyer] Go ended');
  } catch (error) {
    console.error('[foyer] Go could not run', error);
    if (/** @type {any} */ (error).gone) {
      tellOwners({ t: 'failed', reason: String(error) });
      return;
    }
  }
  again(mine);
}

/** Starts Go anew. Ports of the old one are dead: every frame is told to connect again. @param {number} mine */
function again(mine) {
  if (mine !== generation) return;
  generation++;
  scope.foyerOnPort = undefined;
  scope.foyerPorts = [];
  failures = Date.now() - startedAt < soon ? failures + 1 : 0;
  const pause = failures ? Math.min(longest, 250 * 2 ** failures) : 0;
  const next = () => {
    clearTimeout(timer);
    scope.removeEventListener('online', next);
    tellOwners({ t: 'restarted' });
    void run();
  };
  const timer = setTimeout(next, pause);
  scope.addEventListener('online', next); // it may only have been the network
}

// A trap inside a callback leaves go.run waiting for ever.
scope.addEventListener('error', (/** @type {ErrorEvent} */ event) => {
  if (!(event.error instanceof WebAssembly.RuntimeError)) return;
  scope.foyerCrashed(String(event.error.stack));
  again(generation);
});

if ('onconnect' in scope) scope.onconnect = (/** @type {MessageEvent} */ event) => listen(event.ports[0]);
else listen(scope);
void run();
