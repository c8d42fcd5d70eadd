// foyer-monitor.js: watches the page for business events on Go's order (the services "xml" and "watch" of
// wasm/page/protocol.go), evaluates what the operator wrote about them, and mints them. foyer-go.js brings it where the
// deployment or the page names a domain-model.xml, when the page is idle.
//
// It runs an operator's expressions and selectors on a page of theirs: whatever these do, the page goes on.

import { warn } from '../guard.js';
import { createExpressions } from './expressions.js';
import { createSecrets } from './secrets.js';
import { createTriggers } from './triggers.js';
import { readXml } from './xml.js';

/** Characters of the name of a value; the relay takes 200 bytes. */
const longestKey = 60;

/** @typedef {{ name: string, condition: string, postcondition: string, values: [string, string][], triggers: Trigger[] }} Order */
/** @typedef {{ element: string, action: string, wait: number, idle: boolean, count: number, values: [string, string][] }} Trigger */

/** As Go hands it on. @typedef {{ attrs: Record<string, string>, values: Tree[] | null, triggers: Tree[] }} Written */
/** @typedef {import('./xml.js').Tree} Tree */

/**
 * @param {Window} win
 * @param {{
 *   tracker: Tracker,
 *   jQuery: (wanted: boolean) => Promise<any>,
 * }} page jQuery: that of the page, or ours where it is wanted
 */
export function createMonitor(win, { tracker, jQuery }) {
  /** @type {{ stop: () => void } | undefined} */
  let running;
  let orders = 0;
  /** Timers that have run on a page, by their keys, run no more, also when Go was started anew. @type {Set<string>} */
  const ran = new Set();

  /** @param {{ page: string, events: Written[], expressions: string, functions: string, never: string[] | null }} order */
  async function watch({ page, events: written, expressions, functions, never }) {
    const order = ++orders;
    stop();
    if (!written.length) return;
    const events = written.map(orderOf);
    const runner = createExpressions(win, { named: expressions === 'named', functions });
    const $ = await jQuery(events.some((event) => runner.wants$(event) || event.triggers.some((trigger) => !isCss(win, trigger.element))));
    if (order !== orders || page !== tracker.page()) return;
    running = install(events, page, { runner, $, never: never || [] });
    runner.report();
  }

  function stop() {
    running?.stop();
    running = undefined;
  }

  /** @param {Order[]} events @param {string} page @param {{ runner: ReturnType<typeof createExpressions>, $: any, never: string[] }} means */
  function install(events, page, { runner, $, never }) {
    const secrets = createSecrets(win, never);
    /** The last DOM event of each trigger, by event. @type {(Event | undefined)[][]} */
    const met = events.map(() => []);
    const keyOf = (/** @type {number} */ i, /** @type {number} */ j) => page + '/' + i + '/' + j;
    /** A timer runs once on a page, and stays met. Everything else begins anew when the event was sent. @param {number} i */
    const begin = (i) => events[i].triggers.map((_, j) => ran.has(keyOf(i, j)));
    /** Which triggers of each event have been met. */
    const happened = events.map((_, i) => begin(i));
    const triggers = createTriggers(win, { $, since: tracker.entered(), ran });

    /** Sends the event now, unless its postcondition is false. @param {number} i @param {Event} [last] the DOM event by which it happened */
    function mint(i, last) {
      const { name, postcondition, values, triggers: all } = events[i];
      if (!tracker.allowed() || page !== tracker.page()) return;
      if (postcondition && !runner.run(postcondition, $, last)) return;
      /** @type {Record<string, unknown>} */
      const data = {};
      const take = (/** @type {[string, string][]} */ list, /** @type {Event | undefined} */ event) => {
        for (const [key, source] of list) {
          const value = runner.value(source, $, event);
          if (value === undefined) continue;
          if (secrets.hold(value, event)) warn(name + ': ' + key + ' may be a password or a card number, and is left out');
          else data[key] = value;
        }
      };
      secrets.look();
      take(values, last);
      all.forEach((trigger, j) => take(trigger.values, met[i][j] || last));
      tracker.add('BUSINESS', name, data);
    }

    events.forEach((event, i) => {
      if (event.condition && !runner.run(event.condition, $)) return;
      // What cannot be asked afterwards is not watched for.
      if (event.postcondition && !runner.check(event.postcondition)) return;
      for (const [, source] of event.values) runner.check(source);
      event.triggers.forEach((trigger, j) => {
        triggers.add(trigger, keyOf(i, j), (domEvent) => {
          met[i][j] = domEvent;
          happened[i][j] = true;
          if (!happened[i].every(Boolean)) return;
          happened[i] = begin(i);
          mint(i, domEvent || met[i].filter(Boolean).pop());
        });
      });
    });
    return { stop: triggers.stop };
  }

  return {
    stop,
    services: {
      xml: (/** @type {{ url?: string, text?: string }} */ from) => readXml(win, from),
      watch,
    },
  };
}

/** Whether the browser knows the selector; jQuery knows more. @param {Window} win @param {string} selector */
function isCss(win, selector) {
  try {
    return !selector || !win.document.querySelector(selector) || true;
  } catch (_) {
    return false;
  }
}

/** @param {Written} written @returns {Order} */
function orderOf({ attrs, values, triggers }) {
  const { name = '', condition = '', postcondition = '' } = attrs;
  return { name: name.trim(), condition, postcondition, values: valuesOf(values || []), triggers: triggers.map(triggerOf) };
}

/** Go has checked what is in it. @param {Tree} element @returns {Trigger} */
function triggerOf({ attrs, children }) {
  const action = (attrs.action || '').trim();
  const [, wait] = /^timer:(\d+)/.exec(action) || [];
  return {
    element: (attrs.element || '').trim(),
    action: wait ? '' : action,
    wait: Number(wait || 0),
    idle: attrs.type === 'nomove',
    count: Number(attrs.count || 1),
    values: valuesOf(children),
  };
}

/** @param {Tree[]} list @returns {[string, string][]} */
function valuesOf(list) {
  return list.filter(({ name, attrs }) => name === 'val' && attrs.name && attrs.name.length <= longestKey).map(({ attrs }) => [attrs.name, attrs.value || '']);
}
