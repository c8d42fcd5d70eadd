// The hidden frame of the relay's origin, in whose worker Go runs. It hands the page a MessagePort; see
// www/frame/bridge.js for the other side.

import { guard, warn } from '../guard.js';

/** Without a port after so long an attempt has failed, and the first one counts as refused, ms. */
const patience = 8000;
/** A frame that has loaded and brings no port in so long is no frame of ours: its request was refused or broke, ms. */
const grace = 1000;
/** Pauses before the frame is tried again, ms; the last one between all later tries. */
const pauses = [1000, 2000, 4000, 8000, 15000, 30000, 60000];
/** A frame younger than this brought a pass that is as good as another, ms. */
const renewAfter = 600000;
/** A frame that is to forget the visitor is removed after so long, ms, also where it does not say that it has. */
const forgetsWithin = 10000;

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   deployment: string,
 *   onPort: (port: MessagePort, pass: string) => void,
 *   onRefused: () => void,
 *   mayJoin: () => boolean,
 *   reach: () => Promise<unknown>,
 * }} options mayJoin: the visitor agrees that sites are joined; onRefused: the page or something in the browser does not
 *   allow the frame, or it does not answer; reach: asks the relay for something else than the frame
 */
export function createFrame(win, { base, deployment, onPort, onRefused, mayJoin, reach }) {
  const doc = win.document;
  const { origin } = new URL(base);
  /** @type {HTMLIFrameElement | undefined} */
  let element;
  let refused = false;
  /** The visitor has withdrawn their consent: the frame is there only until its cookie is gone. */
  let forgetting = false;
  /** @type {number} */
  let timer;
  /** @type {PageEvent[]} */
  let last = [];

  /** What the frame hears. @type {MessagePort | undefined} */
  let control;
  const post = (/** @type {object} */ message) => control?.postMessage(message);

  function refuse(/** @type {string} */ why) {
    if (refused) return;
    refused = true;
    warn('the chat runs in a window of its own: ' + why);
    onRefused();
  }

  win.addEventListener(
    'message',
    guard('message of the frame', (event) => {
      if (!element || event.source !== element.contentWindow || event.origin !== origin) return;
      const { t, v, pass } = event.data || {};
      const [port, next] = event.ports;
      if (t !== 'port' || v !== 1 || !next) return;
      control = next;
      if (forgetting) {
        forget();
        return;
      }
      settled();
      refused = false;
      post({ t: 'last', events: last, join: mayJoin() });
      onPort(port, pass);
    }),
  );

  doc.addEventListener(
    'securitypolicyviolation',
    guard('securitypolicyviolation', (event) => {
      if (!/^(frame|child|default)-src$/.test(event.effectiveDirective) || !event.blockedURI.startsWith(origin)) return;
      settled(); // it is not tried again
      refuse("the page's policy refuses the frame");
    }),
  );

  let insertedAt = 0;
  /** A port is waited for. */
  let waiting = false;
  /** Attempts that brought none, since the last that did. */
  let failures = 0;
  /** @type {number} */
  let overdue;

  /** There is nothing to wait for any more. */
  function settled() {
    clearTimeout(timer);
    clearTimeout(overdue);
    waiting = false;
    failures = 0;
  }

  function remove() {
    clearTimeout(timer);
    waiting = false;
    element?.remove();
    element = control = undefined;
    forgetting = false;
  }

  /** Only the frame can take its cookie away; it says when it has. */
  function forget() {
    if (!control) return; // it is still loading
    control.onmessage = ({ data }) => forgetting && data?.t === 'forgotten' && remove();
    post({ t: 'forget' });
  }

  /** What has loaded is not ours. A second one tells whether the network broke just then, or somebody refuses the frame. */
  function fail() {
    if (++failures === 1) {
      insert();
      return;
    }
    const failed = element;
    reach().then(
      () => failed === element && waiting && refuse('something in the browser refuses the frame'),
      () => {}, // the network is gone
    );
    timer = win.setTimeout(insert, pauses[Math.min(failures - 2, pauses.length - 1)]);
  }

  win.addEventListener(
    'online',
    guard('online', () => waiting && !forgetting && insert()),
  );

  function insert() {
    const first = !element;
    remove();
    insertedAt = Date.now();
    waiting = true;
    timer = win.setTimeout(fail, patience);
    if (first) overdue = win.setTimeout(() => refuse('the frame does not answer'), patience);
    element = doc.createElement('iframe');
    element.hidden = true;
    element.className = 'foyer-frame';
    element.tabIndex = -1;
    element.setAttribute('aria-hidden', 'true');
    element.onload = () => {
      if (!waiting) return; // it loads itself anew for a new pass
      clearTimeout(timer);
      timer = win.setTimeout(fail, grace);
    };
    element.src =
      base + '/bridge.html?deployment=' + encodeURIComponent(deployment) + '&origin=' + encodeURIComponent(win.origin);
    // Beside body and not in it: sites replace theirs, and the frame would begin anew.
    doc.documentElement.append(element);
  }

  return {
    /** Loads the frame, once. */
    open() {
      if (!element || forgetting) insert();
    },
    /** The page's own scripts threw it out of the document. */
    lost: () => !!element && !forgetting && !element.isConnected,
    /** Puts it back, where it begins anew. */
    put: insert,
    /** Makes a new one, which brings a new pass. */
    renew() {
      if (Date.now() - insertedAt > renewAfter) insert();
    },
    opened: () => !!element && !forgetting,
    refused: () => refused,
    /** Asks for a new port: the old one is dead. */
    again: () => post({ t: 'again' }),
    /** What the frame sends when the page goes. @param {PageEvent[]} events */
    last(events) {
      last = events;
      // One that forgets goes in a moment, and would take that for the page's going.
      if (!forgetting) post({ t: 'last', events, join: mayJoin() });
    },
    /** What an invitation has come to, if the page goes before Go has told it: the query of its address, "" for nothing. */
    result: (/** @type {string} */ query) => post({ t: 'result', query }),
    /** Takes the frame away, and before that what it keeps of the visitor. */
    forget() {
      if (!element || forgetting) return;
      settled();
      timer = win.setTimeout(remove, forgetsWithin);
      forgetting = true;
      forget();
    },
  };
}
