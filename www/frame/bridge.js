// bridge.js runs in the hidden frame, in the relay's origin, inside a customer's page. It starts the worker in which Go
// runs and hands the page a MessagePort to it.
//
// It speaks with exactly one page: the parent, of the origin for which the relay made this frame. To anybody else it
// must never say or do anything. It says one thing to the window, addressed to that origin, and hears nothing from any
// window: what the page says comes through the second of the ports that it was given.
//
//	to the page:     {t:"port", v:1, pass} with two MessagePorts: say hello to Go on the first; later ones replace them
//	from the page, on the second:
//	                 {t:"again"}         the first port is dead, new ones please
//	                 {t:"last", events, join}  what to send when the page goes, the PageExited event last; and whether the
//	                                     visitor agrees that sites are joined: before, the cookie is neither set nor read
//	                 {t:"forget"}        the visitor agrees no longer: the cookie goes, and leads nowhere any more; answered by
//	                                     {t:"forgotten"}
//	                 {t:"result", query} what an invitation has come to, for the relay if the page goes before Go has told
//	                                     it; "" once it has
//	to the worker:   {t:"connect", info} with two MessagePorts, the page's and the frame's own; {t:"ping"}
//	from the worker: {t:"pong"}; {t:"restarted"} Go was started anew: connect again; {t:"failed", reason}
//	from Go, on the frame's own port, each answered by {n, …}:
//	                 {n, t:"keep", handle}  the cookie leads to this chat from now on
//	                 {n, t:"drop", handle}  that chat is over
//	                 {n, t:"take", rung}    {handle} of the chat that the cookie leads to, by "cookie" or "activate"
//	                 {n, t:"access"}        {access}, see cookie.js

import { access, activate, createCookie } from './cookie.js';

const me = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const deployment = me.deployment || '';
const origin = me.origin || '';
const pass = me.pass || '';
const build = me.build || '';
/** The browser has sent a chat's cookie when it loaded this document. */
const hadCookie = me.cookie !== undefined;
/** The browser has given access because the relay asked for it in a header. */
let activated = me.activated !== undefined;
const cookie = createCookie({ deployment, origin, pass });
const worker = me.worker + '?wasm=' + encodeURIComponent(me.wasm || '');

/** A worker that is silent for two of these is dead, ms. */
const pingEvery = 20000;
/** A shared worker that does not answer its first ping in this time is given up for a dedicated one, ms. */
const firstPong = 8000;
/** A worker of this page's own that does not answer its first ping in this time is started anew, ms. */
const ownPong = 20000;
/** A page that is open for longer needs a new pass before it connects again, ms. */
const passAge = 3600e3;

const loadedAt = Date.now();
/** @type {{ post: (message: object, transfer?: Transferable[]) => void, stop: () => void } | null} */
let running = null;
/** @type {number} */
let firstTimer;
/** The worker that runs has answered a ping. */
let answered = false;
/** Pings since its last answer. */
let unanswered = 0;
let mayShare = typeof SharedWorker === 'function';
let failures = 0;
/** @type {PageEvent[]} */
let last = [];
/** What an invitation has come to, as the query of its address; "" for nothing. */
let result = '';
/** The visitor agrees that sites are joined. */
let mayJoin = false;
/** The page has said whether they do. @type {() => void} */
let told = () => {};
const toldOf = new Promise((resolve) => (told = () => resolve(undefined)));
/** The chat that the cookie is to lead to once they do. */
let unkept = '';
/** The chat that it leads to. */
let kept = '';
/** What the relay is being asked to keep: it must not arrive behind what takes it away. @type {Promise<unknown>} */
let keeping = Promise.resolve();

/** Starts the worker: the shared one where there is such a thing, else one of this page's own. */
function start() {
  clearTimeout(retrying);
  running?.stop();
  running = null;
  answered = false;
  unanswered = 0;
  if (mayShare) {
    try {
      startShared();
    } catch (_) {
      mayShare = false; // refused, as with blocked third-party storage
    }
  }
  if (!running) startDedicated();
  connect();
}

function startShared() {
  const name = 'foyer:' + deployment + ':' + build;
  // extendedLifetime lets the worker live over a navigation; browsers that do not know it ignore it.
  const options = /** @type {WorkerOptions} */ ({ name, extendedLifetime: true });
  const shared = new SharedWorker(worker, options);
  const { port } = shared;
  shared.onerror = giveUpShared;
  port.onmessage = (event) => receive(event.data);
  running = {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    stop() {
      shared.onerror = null;
      port.close();
    },
  };
  clearTimeout(firstTimer);
  firstTimer = window.setTimeout(giveUpShared, firstPong);
  running.post({ t: 'ping' });
}

function giveUpShared() {
  clearTimeout(firstTimer);
  mayShare = false;
  start();
}

function startDedicated() {
  const own = new Worker(worker, { name: 'foyer:' + deployment });
  own.onmessage = (event) => receive(event.data);
  own.onerror = () => {
    // The script did not load: the relay is away. Later errors are the worker's own business.
    if (!answered) retry();
  };
  running = {
    post: (message, transfer = []) => own.postMessage(message, transfer),
    stop: () => own.terminate(),
  };
  clearTimeout(firstTimer);
  firstTimer = window.setTimeout(retry, ownPong);
  running.post({ t: 'ping' });
}

/** @type {number} */
let retrying;

function retry() {
  running?.stop();
  running = null;
  clearTimeout(firstTimer);
  retrying = window.setTimeout(start, Math.min(30000, 1000 * 2 ** failures++));
}

window.addEventListener('online', () => {
  if (!running) start();
});

/** @param {any} message */
function receive(message) {
  if (message.t === 'pong') {
    clearTimeout(firstTimer);
    answered = true;
    unanswered = 0;
    failures = 0;
  } else if (message.t === 'restarted') connect();
  else if (message.t === 'failed') window.setTimeout(() => location.reload(), 30000); // perhaps a new build
}

window.setInterval(() => {
  if (!running) return;
  if (unanswered >= 2) {
    start();
    return;
  }
  unanswered++;
  running.post({ t: 'ping' });
}, pingEvery);

/** Lets go of the lock by which the worker sees that this page is there. */
let unlock = () => {};

/**
 * Holds a lock for as long as the page is there. Where there are no locks (plain http) the worker hears it from silence.
 * @returns {Promise<string>} the lock's name, or ""
 */
function lock() {
  unlock();
  if (!navigator.locks) return Promise.resolve('');
  const name = 'foyer:' + Array.from(crypto.getRandomValues(new Uint32Array(4))).join('-');
  return new Promise((resolve) => {
    navigator.locks
      .request(name, () => {
        resolve(name);
        return new Promise((release) => (unlock = () => release(undefined)));
      })
      .catch(() => resolve(''));
  });
}

/** Connects worker and page by a new channel. */
async function connect() {
  const held = await lock();
  if (!running) return;
  const page = new MessageChannel();
  const mine = new MessageChannel();
  const control = new MessageChannel();
  mine.port1.onmessage = (event) => void serve(mine.port1, event.data || {});
  control.port1.onmessage = (event) => hear(control.port1, event.data || {});
  running.post({ t: 'connect', info: { deployment, origin, pass, build, lock: held } }, [page.port2, mine.port2]);
  parent.postMessage({ t: 'port', v: 1, pass }, origin, [page.port1, control.port2]);
}

/** The page says something. @param {MessagePort} port @param {any} message */
function hear(port, { t, events, join, query }) {
  if (t === 'last' && Array.isArray(events)) {
    last = events;
    mayJoin = join === true;
    told();
    if (mayJoin && unkept) void keep(unkept);
  } else if (t === 'result') result = String(query);
  else if (t === 'forget') void forget().then(() => port.postMessage({ t: 'forgotten' }));
  else if (t === 'again' && Date.now() - loadedAt > passAge) {
    last = []; // the page stays
    location.reload();
  } else if (t === 'again' && running) connect();
}

/** Go asks. @param {MessagePort} port @param {any} question */
async function serve(port, { n, t, ...asked }) {
  const answer = await answerTo(t, asked).catch(() => ({}));
  port.postMessage({ ...answer, n });
}

/** @param {string} t @param {any} asked @returns {Promise<object>} */
async function answerTo(t, { handle, rung }) {
  await toldOf;
  if (t === 'keep') {
    unkept = handle;
    return mayJoin ? keep(handle) : {};
  }
  if (t === 'drop') {
    unkept = '';
    return cookie.drop(handle);
  }
  if (!mayJoin) return {};
  if (t === 'access') return { access: await access() };
  if (t !== 'take') return {};
  // By "cookie" is what the browser shares of its own accord.
  if (rung === 'cookie') return hadCookie && !activated ? cookie.take(rung) : {};
  activated = (await activate()) || activated;
  return activated ? cookie.take(rung) : {};
}

/** @param {string} handle */
function keep(handle) {
  unkept = '';
  kept = handle;
  const asked = keeping.then(async () => {
    activated = (await activate()) || activated; // else the cookie would be this site's alone
    return cookie.keep(handle);
  });
  keeping = asked.catch(() => {});
  return asked;
}

/** The visitor agrees no longer. Where the relay cannot be reached the cookie stays, for as long as it is good. */
async function forget() {
  mayJoin = false;
  unkept = '';
  await keeping;
  activated = (await activate()) || activated; // the cookie is where keep has put it
  await cookie.drop(kept).catch(() => {});
  kept = '';
}

// What is left goes from here: a page's own connect-src may drop a beacon without a word.
window.addEventListener('pagehide', () => {
  const exit = last[last.length - 1];
  if (exit) {
    exit.timestamp = Date.now();
    navigator.sendBeacon('native/v1/events?deployment=' + encodeURIComponent(deployment), JSON.stringify(last));
  }
  if (result) {
    const address = 'server/data/notification/disposition?' + result + '&deployment=' + encodeURIComponent(deployment);
    fetch(address, { keepalive: true }).catch(() => {});
    result = '';
  }
  // A page that holds a lock cannot be kept for the way back.
  unlock();
});

window.addEventListener('pageshow', (event) => {
  if (event.persisted) start();
});

if (parent !== window && origin) start();
