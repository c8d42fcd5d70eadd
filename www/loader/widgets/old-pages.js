// foyer-common.js: what only pages written for Genesys Widgets ask for. Common, jQuery, extensions, functions of the page
// that Go wants called, files that the page wants loaded. foyer.js brings it when one of these is needed.

import { chunk } from '../chunk.js';
import { clearAll, loaded, refreshAll } from '../../cookieprovider/shared.js';
import { createDeferred } from '../deferred.js';
import { callForeign, warn } from '../guard.js';
import { registerApp } from './app.js';
import { createCommon } from './catalogue.js';
import { chatButton } from './chat-button.js';
import { cookieOptions, cookies } from './cookies.js';
import { describeBuiltIn } from './registry.js';
import { watchField } from './field.js';
import { valuesOf } from '../view/fields.js';

/** jQuery 3, which old pages are written for, makes HTML of texts when it starts. */
const keptOut =
  "this page's policy (require-trusted-types-for) keeps our jQuery from starting: extensions run without $, unless the page brings a jQuery that obeys it, such as version 4";

/** A field that its page has not judged after so long is refused, ms. */
const judging = 10000;
/** So long a chat waits for the session that another site may have kept, ms. */
const crossing = 4000;
/** Arguments of functions in which pages keep a session's data themselves. */
const withCookie = /"\$page":"Cookie"/;
/** Arguments that are jQuery, or that pages know as objects of it. */
const withJQuery = /"\$page":"\$"|"\$select"/;

/** @typedef {ReturnType<typeof import('../go/references.js').createReferences>} References */

/**
 * @param {Window} win
 * @param {{
 *   base: string,
 *   bus: ReturnType<typeof import('../bus.js').createBus>,
 *   settings: ReturnType<typeof import('../settings.js').createSettings>,
 *   changed: () => void,
 * }} page base: the relay's address; changed: the configuration is another one
 */
export function createOldWays(win, { base, bus, settings, changed }) {
  /** @type {any} our jQuery, once it is there */
  let ours;
  /** @type {Promise<any> | undefined} */
  let loading;
  const present = () => [win.jQuery, win.$].find((own) => own?.fn?.jquery) || ours;
  const common = createCommon(win, settings, present);
  registerApp(win, bus, settings, changed);
  describeBuiltIn(bus);
  bus.registerPlugin('CookieProvider').subscribe('WebChatService.ended', () => clearAll(win));

  /** jQuery: the page's own, else ours. Undefined where there is none. */
  async function jQuery() {
    if (present()) return present();
    loading ||= bring();
    ours = await loading;
    return ours;
  }

  /** @type {() => Promise<{ default: any }>} */
  const jQueryModule = chunk(base + '/' + FOYER_JQUERY);

  async function bring() {
    if (!FOYER_JQUERY) {
      console.error('[foyer] this page needs jQuery ($), which is not in this build of the relay: include it in the page, or run `npm ci` in www/e2e before `make build`');
      return undefined;
    }
    try {
      return (await jQueryModule()).default;
    } catch (error) {
      const policy = /Trusted/.test(String(error));
      warn(policy ? keptOut : 'jQuery could not be loaded', error);
      if (!policy) loading = undefined;
    }
  }

  /** What Go may name in the arguments of a function, as {"$page":name}. @type {Record<string, () => unknown>} */
  const names = {
    $: present,
    CXBus: () => win.CXBus,
    Common: () => common,
    Cookie: () => cookies(win.document),
    CookieOptions: () => cookieOptions(win, settings.part('main').cookieOptions),
  };

  /** @type {Promise<void>} extensions run in the order in which they came */
  let before = Promise.resolve();

  return {
    common,
    jQuery: present,
    bringJQuery: jQuery,
    chatButton: (/** @type {string} */ html, /** @type {Record<string, string>} */ words) => chatButton(html, words, common),
    /** @param {References} references @returns {Pick<AllServices, 'fn' | 'judge' | 'test' | 'field'>} what Go may order */
    services: (references) => ({
      /** Calls a function of the page. @param {{ fn: number, args?: unknown[], data?: boolean }} call data: so is what it gives */
      async fn({ fn, args = [], data = false }) {
        const text = JSON.stringify(args);
        if (withJQuery.test(text)) await jQuery();
        if (withCookie.test(text)) await loaded(win, crossing);
        const run = references.unpack({ $fn: fn });
        const value = await run(...references.unpack(args, (name) => names[name]?.()));
        if (withCookie.test(text)) refreshAll(win);
        return references.pack(value, () => null, data);
      },
      /**
       * Has a function of the page judge what a field of the form holds: refused is what it answers with anything like
       * false, but not with nothing at all, and what it does not answer. It may have put something else into the fields.
       * @param {{ fn: number, name: string, event: string, form: unknown, input: unknown, label: unknown }} call
       */
      async judge({ fn, name, event, ...found }) {
        await jQuery();
        const [form, input, label] = [found.form, found.input, found.label].map((each) => references.unpack(each));
        let answer;
        try {
          const given = references.unpack({ $fn: fn })(new Event(event, { cancelable: true }), form, input, label, present(), win.CXBus, common);
          answer = await Promise.race([given, new Promise((_, reject) => win.setTimeout(reject, judging, 'it has not answered in time'))]);
        } catch (error) {
          console.error('[foyer] what judges the field "' + name + '" failed, so the field is refused', error);
          answer = false;
        }
        return { ok: answer === undefined || !!answer, fields: valuesOf(form?.jquery ? form[0] : form) };
      },
      /** Which of the expressions match, by the browser's own RegExp. A faulty one matches nothing. */
      test: (/** @type {{ filters: { source: string, flags?: string }[], text: string }} */ { filters, text }) =>
        filters.map(({ source, flags }) => matches(source, flags, text)),
      /** Tells of typing in a field of the page's own; false where it is none. @param {{ el: number }} args */
      field: ({ el }) => watchField(references.unpack({ $el: el }), bus),
    }),
    /** Runs an extension; settles when it has run, and all before it. @param {Function} extension */
    extend(extension) {
      // jQuery is 30 kB: only for who takes it.
      const taken = extension.length ? jQuery() : undefined;
      return (before = Promise.all([taken, before]).then(([$]) => void callForeign('an extension', extension, $, win.CXBus, common)));
    },
    /** Loads a script or a style. @param {string} url */
    loadFile(url) {
      const deferred = createDeferred();
      try {
        const { href, pathname } = new URL(url, win.document.baseURI);
        const element = win.document.createElement(/\.css$/.test(pathname) ? 'link' : 'script');
        if (element instanceof HTMLLinkElement) Object.assign(element, { rel: 'stylesheet', href });
        else Object.assign(element, { src: href, async: false });
        element.onload = () => deferred.resolve();
        element.onerror = () => deferred.reject(href + ' could not be loaded');
        win.document.head.append(element);
      } catch (error) {
        deferred.reject(String(error)); // no address, or the page's policy
      }
      return deferred;
    },
  };
}

/** @param {string} source @param {string | undefined} flags @param {string} text */
function matches(source, flags, text) {
  try {
    return new RegExp(source, flags).test(text);
  } catch (_) {
    return false;
  }
}
