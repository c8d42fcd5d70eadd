// Conditions and values of the DSL: JavaScript, or names of the page's functions.

import { json } from '../data.js';
import { warn } from '../guard.js';
import { dslPolicy } from './policy.js';

/** What the relay's own domain-model.xml says works under every policy. @type {Record<string, (win: Window) => unknown>} */
const known = {
  'document.hasFocus() === true': (win) => win.document.hasFocus(),
  'document.hasFocus()': (win) => win.document.hasFocus(),
  true: () => true,
  false: () => false,
};

/** Texts are cut at so many characters. */
const longest = 4000;
/** Objects and lists may have so many characters as JSON. */
const largest = 8000;

/** @typedef {(this: unknown, $: any, event?: Event) => unknown} Run */

/**
 * @param {Window} win
 * @param {{ named: boolean, functions: string }} options named: expressions are names of functions below the global object
 *   of the name functions
 */
export function createExpressions(win, { named, functions }) {
  /** undefined: it cannot be run. @type {Map<string, Run | undefined>} */
  const compiled = new Map();
  /** @type {Set<string>} */
  const told = new Set();
  /** @type {string[]} */
  const refused = [];
  const evaluate = evaluator();

  /** @param {string} key @param {() => void} say */
  function once(key, say) {
    if (told.has(key)) return;
    told.add(key);
    say();
  }

  /** @param {string} source @returns {Run | undefined} */
  function compile(source) {
    const code = source.trim().replace(/;+$/, '');
    if (Object.prototype.hasOwnProperty.call(known, code)) return () => known[code](win);
    if (named) return byName(code);
    try {
      return evaluate('(function($,event){return (' + code + '\n)})');
    } catch (error) {
      if (!(error instanceof SyntaxError)) {
        refused.push(source);
        return undefined;
      }
    }
    try {
      evaluate('(function(){' + code + '\n})'); // statements: their last value counts
      return evaluate('(function($,event){return eval(' + JSON.stringify(source) + ')})');
    } catch (error) {
      warn('the expression ' + source + ' of the DSL is faulty', error);
      return undefined;
    }
  }

  /** @param {string} code a name, perhaps with () behind it @returns {Run | undefined} */
  function byName(code) {
    const name = code.replace(/\(\s*\)$/, '');
    if (!/^[\w$]+$/.test(name)) {
      refused.push(code);
      return undefined;
    }
    return ($, event) => {
      /** @type {any} */
      let holder = win;
      for (const key of functions.split('.')) holder = holder?.[key];
      if (!holder || !Object.prototype.hasOwnProperty.call(holder, name)) throw new Error(functions + '.' + name + ' is not there');
      return holder[name](event, $);
    };
  }

  /** @param {string} source */
  function get(source) {
    if (!compiled.has(source)) compiled.set(source, compile(source));
    return compiled.get(source);
  }

  /** What the expression comes to, undefined where it throws or cannot be run. @param {string} source @param {any} $ @param {Event} [event] */
  function run(source, $, event) {
    try {
      return get(source)?.call(win, $, event);
    } catch (error) {
      once(source, () => warn('the expression ' + source + ' of the DSL threw', error));
      return undefined;
    }
  }

  return {
    run,
    /** It can be run. @param {string} source */
    check: (source) => !!get(source),
    /** The same as data: undefined for what cannot be sent. @param {string} source @param {any} $ @param {Event} [event] */
    value(source, $, event) {
      const value = run(source, $, event);
      if (typeof value === 'string') return value.slice(0, longest);
      if (typeof value === 'boolean' || Number.isFinite(value)) return value;
      if (!value || typeof value !== 'object' || isLive(value)) return undefined;
      try {
        const text = json(value);
        if (text.length > largest) throw new Error('it has ' + text.length + ' characters');
        return JSON.parse(text);
      } catch (error) {
        once(source, () => warn('the value of ' + source + ' cannot be sent', error));
        return undefined;
      }
    },
    /** @param {import('./monitor.js').Order} event */
    wants$: ({ condition, postcondition, values, triggers }) =>
      !named && /\$|jQuery/.test([condition, postcondition, ...[values, ...triggers.map((t) => t.values)].flat(2)].join()),
    /** Says, in one line, what could not be run. */
    report() {
      if (!refused.length) return;
      const why = named
        ? 'these expressions of the DSL are no names of functions in ' + functions
        : "the page's policy forbids to evaluate these expressions of the DSL (use dsl.expressions: named)";
      warn(why + ': ' + refused.map((source) => source.slice(0, 100)).slice(0, 20).join(' | '));
    },
  };
}

/** Elements, jQuery's objects, windows and promises are no data. @param {any} value */
function isLive(value) {
  return value.nodeType || value.jquery || value === value.window || typeof value.then === 'function' || value instanceof Event;
}

/**
 * Gives a function that evaluates source in the page's global scope; it throws where the page's policy forbids that. After
 * the first refusal it does not try again: each try is a violation that the policy reports.
 * @returns {(source: string) => any}
 */
function evaluator() {
  const globally = eval; // called by another name it runs in the global scope
  /** @type {unknown} */
  let refusal;
  return (source) => {
    if (refusal) throw refusal;
    try {
      const found = globally(dslPolicy().createScript(source));
      // What is no text and not trusted is given back as it is.
      if (typeof found !== 'function') throw new Error('the policy of the page asks for trusted types');
      return found;
    } catch (error) {
      if (!(error instanceof SyntaxError)) refusal = error;
      throw error;
    }
  };
}
