// The hidden frame of the relay's origin, in whose worker Go runs. It hands the page a MessagePort; see
// www/frame/bridge.js for the other side.

import { guard, warn } from '../guard.js';

/** Without a port after so long the frame counts as refused, ms. */
const patience = 8000;
/** A frame younger than this brought a pass that is as good as another, ms. */
const renewAfter = 600000;
/** A frame that timed out is tried again so much later, ms: the relay may only have been away. */
const retryAfter = 60000;
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
 * }} options mayJoin: the visitor agrees that sites are joined; onRefused: the page does not allow the frame, or it does not answer
 */
export function createFrame(win, { base, deployment, onPort, onRefused, mayJoin }) {
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
      clearTimeout(timer);
      refused = false;
      post({ t: 'last', events: last, join: mayJoin() });
      onPort(port, pass);
    }),
  );

  doc.addEventListener(
    'securitypolicyviolation',
    guard('securitypolicyviolation', (event) => {
      if (!/^(frame|child|default)-src$/.test(event.effectiveDirective) || !event.blockedURI.startsWith(origin)) return;
      clearTimeout(timer);
      refuse("the page's policy refuses the frame");
    }),
  );

  let insertedAt = 0;

  function remove() {
    clearTimeout(timer);
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

  function insert() {
    remove();
    insertedAt = Date.now();
    timer = win.setTimeout(() => {
      refuse('the frame does not answer');
      timer = win.setTimeout(insert, retryAfter);
    }, patience);
    element = doc.createElement('iframe');
    element.hidden = true;
    element.className = 'foyer-frame';
    element.tabIndex = -1;
    element.setAttribute('aria-hidden', 'true');
    element.src =
      base + '/bridge.html?deployment=' + encodeURIComponent(deployment) + '&origin=' + encodeURIComponent(win.origin);
    (doc.body || doc.documentElement).append(element);
  }

  return {
    /** Loads the frame, once. */
    open() {
      if (!element || forgetting) insert();
    },
    /** Puts it back where the page's own scripts threw it out of the document. */
    ensure() {
      if (element && !forgetting && !element.isConnected) insert();
    },
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
      clearTimeout(timer);
      timer = win.setTimeout(remove, forgetsWithin);
      forgetting = true;
      forget();
    },
  };
}
