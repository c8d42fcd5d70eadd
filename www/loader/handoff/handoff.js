// foyer-handoff.js: lets a chat follow its visitor to another site of the deployment. While there is a chat, what leads
// there (links, forms, windows, navigations of scripts) carries a one-time token behind the #, which foyer.js on the other
// side takes out of the address again.
//
// A token is in the document only for the moment in which the browser reads the address. It must never go to an origin that
// the relay has not named, change what a page's own calls return, or throw into the page.

import { guard } from '../guard.js';
import { addressOf, mayLead, withToken } from './address.js';
import { createDresser } from './dresser.js';
import { tellingOrigin, withoutNoReferrer } from './referrer.js';
import { createTokens } from './tokens.js';
import { createWrap } from './wrap.js';

/** Links in HTML, image maps and SVG. */
const links = 'a[*|href],area[href]';
/** Links that are looked at to learn which sites a page leads to; those beyond are noticed under the pointer. */
const looked = 500;
/** A click follows its pointerdown within this time, ms. */
const untilClick = 500;

/**
 * @param {Window} win
 * @param {{
 *   mint: (origins: string[]) => Promise<{ tokens: string[], forMs: number }>,
 *   mayJoin: () => boolean,
 *   gate: Gate,
 * }} page mint: gets a token for each origin, "" for one that gets none; mayJoin: the visitor agrees that two sites are
 *   joined
 */
export function createHandoff(win, { mint, mayJoin, gate }) {
  const { document: doc, location } = win;
  /** @type {string[]} where links may lead with a token */
  let towards = [];
  const tokens = createTokens(mint);
  const dresser = createDresser(dressOf);

  /** The origin that a token is needed for; "" where none is. @param {unknown} address */
  function otherSite(address) {
    const url = mayJoin() && addressOf(address, doc.baseURI);
    return url && url.origin !== win.origin && mayLead(url.origin, towards) ? url.origin : '';
  }

  /** The address with a token; as it is where there is none to be had. @param {any} address @returns {any} */
  function withTokenFor(address) {
    const origin = otherSite(address);
    const token = origin && tokens.take(origin);
    return token ? withToken(String(new URL(address, doc.baseURI)), token) : address;
  }

  /** @param {Element} element @param {string} attribute @returns {import('./dresser.js').Attributes | null} */
  function dressOf(element, attribute) {
    const own = element.getAttribute(attribute) || '';
    const address = withTokenFor(own);
    return address === own ? null : { ...tellingOrigin(element), [attribute]: address };
  }

  /** @param {Event} event @returns {Element | undefined} the link, also inside shadow trees that are open */
  const linkOf = (event) =>
    /** @type {any} */ (event.composedPath().find((at) => at instanceof Element && at.matches(links) && !at.hasAttribute('download')));

  /** @param {Element} link */
  const attributeOf = (link) => (link.hasAttribute('href') ? 'href' : 'xlink:href');

  /** Somebody is there, and may be about to follow a link. @param {Event} event */
  function prepare(event) {
    const link = linkOf(event);
    const form = event.target instanceof Element && event.target.closest('form');
    expect([link?.getAttribute(attributeOf(link)), form && form.getAttribute('action')]);
  }

  /** Gets tokens for where somebody may go. @param {unknown[]} addresses */
  function expect(addresses) {
    if (!mayJoin()) return;
    for (const address of addresses) {
      const origin = otherSite(address);
      if (origin) tokens.need(origin);
    }
    tokens.refresh();
  }

  /** @param {Event} event */
  function press(event) {
    prepare(event);
    const link = linkOf(event);
    if (link) dresser.dress(link, attributeOf(link), untilClick);
  }

  /** The browser reads the address as soon as the event is over. @param {Event} event */
  function follow(event) {
    const link = linkOf(event);
    if (link) dresser.dress(link, attributeOf(link), 0);
  }

  /** @param {any} event a submit event */
  function submit({ target: form, submitter }) {
    if (!(form instanceof Element)) return;
    if (submitter?.hasAttribute('formaction')) dresser.dress(submitter, 'formaction', 0);
    else if (form.hasAttribute('action')) dresser.dress(form, 'action', 0);
  }

  /** Where the browser tells of navigations that scripts begin. @param {any} event a NavigateEvent */
  function navigate(event) {
    const { navigationType: type, destination, cancelable } = event;
    if (!cancelable || event.formData || event.downloadRequest != null || (type !== 'push' && type !== 'replace')) return;
    const address = withTokenFor(destination.url);
    if (address === destination.url) return;
    event.preventDefault();
    if (type === 'replace') location.replace(address);
    else location.assign(address);
  }

  /** @type {[EventTarget | undefined, string, (event: any) => void][]} */
  const listeners = [
    [win, 'pointerover', prepare],
    [win, 'focusin', prepare],
    [win, 'keydown', prepare],
    [win, 'pointerdown', press],
    [win, 'click', follow],
    [win, 'auxclick', follow],
    [win, 'contextmenu', follow],
    [win, 'submit', submit],
    [win.navigation, 'navigate', navigate],
  ].map(([target, type, fn]) => /** @type {any} */ ([target, type, guard('handoff: ' + type, /** @type {any} */ (fn))]));

  const wraps = [
    createWrap(window, 'open', (_, args) => {
      const address = withTokenFor(args[0]);
      if (address === args[0]) return;
      args[0] = address;
      if (args[2]) args[2] = withoutNoReferrer(String(args[2]));
    }),
    // It tells nobody by an event.
    createWrap(HTMLFormElement.prototype, 'submit', (form) => submit({ target: form })),
  ];

  /** For links in the chat, of which only the gate tells. @type {(() => void)[]} */
  let inside = [];

  function begin() {
    for (const wrap of wraps) wrap.begin();
    for (const [target, type, fn] of listeners) target?.addEventListener(type, fn, { capture: true, passive: type !== 'navigate' });
    inside = listeners.filter(([, type]) => gate.stops(type)).map(([, type, fn]) => gate.listen(win, type, fn));
  }

  function end() {
    for (const wrap of wraps) wrap.end();
    for (const end of inside) end();
    for (const [target, type, fn] of listeners) target?.removeEventListener(type, fn, { capture: true });
    dresser.undressAll();
    tokens.forget();
  }

  /** The service: begins, goes on or, with nowhere to go, ends. @param {{ towards: string[] }} order */
  return (order) => {
    const before = towards.length;
    towards = order.towards || [];
    if (before && !towards.length) end();
    if (!before && towards.length) begin();
    if (towards.length) expect([...[...doc.links].slice(0, looked).map((link) => link.href), ...towards.filter((to) => !to.includes('*'))]);
  };
}
