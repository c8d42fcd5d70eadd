// The names that the scripts of invite.html and its copies find on the page, and the dialog's buttons, which call the
// copy's own functions. What the names do, beyond opening a window, is Go's business.

import { callForeign, warn } from '../guard.js';
import { openWindow } from './window.js';

const type = { CHAT: 'chat', CALLBACK: 'callback' };
const result = { ACCEPT_CHAT: 'accept', ACCEPT_CALLBACK: 'accept', REJECT: 'reject', TIMEOUT: 'timeout' };

/** Settings of an invitation that Go reads, see wasm/invite. */
const settings = ['type', 'subject', 'message', 'greeting', 'acceptBtnCaption', 'cancelBtnCaption', 'inviteTimeout', 'engagementID', 'engagementId'];

const dialog = '[data-root="invite"] .gpe-dialog:not(.cx-engage)';

/**
 * @param {Window} window
 * @param {{
 *   gate: Gate,
 *   tell: (command: string, data: object) => void,
 *   bus: ReturnType<typeof import('../bus.js').createBus>,
 *   unreported: (query: string) => void,
 * }} options tell: says something to Go; unreported: hears of a result, which the relay does not know yet
 */
export function createNames(window, { gate, tell, bus, unreported }) {
  const win = /** @type {any} */ (window);
  const doc = window.document;
  /** What the page had under our names. @type {Map<string, unknown>} */
  const pages = new Map();
  /** What was put there. @type {Record<string, any>} */
  let ours = {};
  /** The content whose scripts run, or whose dialog is shown. */
  let current = 0;
  let asked = false;
  /** The dialog that the visitor sees belongs to it. */
  let visible = 0;
  /** What had the focus before the dialog. @type {EventTarget | null} */
  let cameFrom = null;
  let ids = { visitID: '', pageID: '' };
  let listening = false;

  /** @param {{ n: number, config?: object, visit: string, page: string }} order */
  function names({ config, visit, page }) {
    const both = { visitID: visit, visitId: visit, pageID: page, pageId: page };
    return {
      ...both,
      _config: { type: type.CHAT, ...config, ...both },
      INVITE_TYPE: type,
      INVITE_RESULT: result,
      onAccept: accept,
      onReject: reject,
      startChat,
      startCallback,
      sendInviteResult: (/** @type {unknown} */ code) => answered(String(code)),
      showInviteDialogWindow: show,
      closeInviteDialogWindow: close,
      openWindow: (/** @type {string} */ url, /** @type {string} */ title, /** @type {string} */ scenario) =>
        openWindow(window, url, title, { gmsScenario: scenario, ...both }),
      log: (/** @type {unknown[]} */ ...text) => console.debug('[foyer] invitation:', ...text),
      error: (/** @type {unknown[]} */ ...text) => console.error('[foyer] invitation:', ...text),
    };
  }

  /** What invite.html does, for a copy without an onAccept of its own. */
  function accept() {
    close();
    if (win._config.type === type.CALLBACK) {
      win.startCallback();
      win.sendInviteResult(result.ACCEPT_CALLBACK);
    } else {
      win.startChat();
      win.sendInviteResult(result.ACCEPT_CHAT);
    }
  }

  function reject() {
    close();
    win.sendInviteResult(result.REJECT);
  }

  /** Go reports it; the frame does so where the visitor leaves before that. @param {string} code */
  function answered(code) {
    tell('Invitation.result', { n: current, code });
    const engagement = String(win._config?.engagementID ?? '');
    unreported(new URLSearchParams({ visitID: ids.visitID, pageID: ids.pageID, engagementID: engagement, code }).toString());
  }

  /** Attached to what begins with an invitation. The key webengagement counts by being there. */
  const attached = () => ({ userData: { visitID: ids.visitID, pageID: ids.pageID, webengagement: '' } });
  const command = (/** @type {string} */ name) =>
    bus.command('Engage', name, attached()).fail((/** @type {unknown} */ why) => warn(name + ' was rejected', why));
  const startChat = () => void command('WebChat.open');
  const startCallback = () => void command('Callback.open');

  /** Asks for the dialog. @param {any} [config] */
  function show(config = win._config) {
    asked = true;
    /** @type {Record<string, unknown>} */
    const plain = {};
    for (const key of settings) if (/string|number/.test(typeof config?.[key])) plain[key] = config[key];
    tell('Invitation.show', { n: current, config: plain });
  }

  /** Closes the dialog at once; Go takes it off the page. */
  function close() {
    if (!visible) return;
    visible = 0;
    const element = doc.querySelector(dialog);
    const focused = element?.contains(doc.activeElement);
    if (element instanceof HTMLElement) element.hidden = true;
    if (focused && cameFrom instanceof HTMLElement) cameFrom.focus();
    tell('Invitation.close', {});
  }

  /** The copy's own functions, in the click itself: what they open is not a pop-up. @param {MouseEvent} event */
  function onClick(event) {
    const button = event.target instanceof Element && event.target.closest(dialog + ' button');
    const kinds = ((button && button.getAttribute('type')) || '').split(' ');
    if (kinds.includes('accept')) callForeign('onAccept', win.onAccept);
    else if (kinds.includes('cancel') || kinds.includes('close')) callForeign('onReject', win.onReject);
  }

  /** Escape means the dialog where the focus is in it, or nowhere. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== 'Escape' || event.defaultPrevented || !visible) return;
    const at = doc.activeElement;
    if (at && at !== doc.body && !at.closest(dialog)) return;
    event.preventDefault();
    callForeign('onReject', win.onReject);
  }

  /** @param {FocusEvent} event */
  function onFocus({ target, relatedTarget }) {
    if (!(target instanceof Element) || !target.closest(dialog)) cameFrom = target;
    else if (relatedTarget instanceof Element && !relatedTarget.closest(dialog)) cameFrom = relatedTarget;
  }

  function listen() {
    if (listening) return;
    listening = true;
    gate.listen(window, 'click', onClick);
    // Of what is elsewhere the document tells.
    for (const [type, fn] of /** @type {[string, (event: any) => void][]} */ ([['keydown', onKey], ['focusin', onFocus]])) {
      gate.listen(window, type, fn);
      doc.addEventListener(type, fn);
    }
    // A visitor who opens the chat by another way needs no invitation.
    bus.registerPlugin('Foyer').subscribe('WebChat.opened', close);
  }

  /** Gives the page back what was its own. */
  function restore() {
    for (const [name, value] of pages) win[name] = value;
    pages.clear();
  }

  return {
    /** Puts the names on the page, before the scripts that use them run. @param {{ n: number, config?: object, visit: string, page: string }} order */
    publish(order) {
      restore();
      current = order.n;
      asked = false;
      ids = { visitID: order.visit, pageID: order.page };
      const all = /** @type {Record<string, unknown>} */ (names(order));
      for (const name of Object.keys(all)) {
        const own = win[name];
        // A page's own log is as good; its own ids stay what the page thinks they are.
        if (/^(log|error|visit|page)/.test(name) && own !== undefined && own !== ours[name]) continue;
        if (own !== undefined && own !== ours[name]) pages.set(name, own);
        try {
          win[name] = all[name];
        } catch (_) {
          warn('the page does not let ' + name + ' be set: an invitation may not work');
        }
      }
      ours = all;
    },
    /** The content's scripts have run: one that brings an onAccept is an invitation, whether or not it says so. */
    ran() {
      if (!asked && win.onAccept !== ours.onAccept) show();
      if (!asked) restore();
    },
    /** The dialog is on the page. @param {number} n */
    shown(n) {
      visible = n;
      listen();
    },
    /** It is gone. What its functions still do runs first. */
    over() {
      visible = 0;
      setTimeout(restore);
    },
  };
}
