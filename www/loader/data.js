// What of a page's own values can be sent: what JSON can say, within what the relay takes of one event (relay/chat/attached).
//
// Pages give us anything, and some of their libraries have changed the language: Prototype.js and MooTools have an
// Array.from of their own, and a toJSON that makes a text of a list. Nothing of the tracker may rely on these.

/** Levels of lists and objects, the data itself included; what is below them goes as its JSON. */
const deepest = 4;
/** Bytes, as the relay counts them; it takes a little more. */
const largest = 15000;
/** Keys on the first level. */
const manyKeys = 100;
/** Characters of a key. */
const longestKey = 60;

/**
 * As JSON.stringify, also where a library makes lists say something else.
 * @param {unknown} value
 * @returns {string}
 */
export function json(value) {
  return JSON.stringify(
    value,
    /** @this {any} */ function (key, said) {
      return Array.isArray(this[key]) ? this[key] : said;
    },
  );
}

/** A text as a database takes it. @param {unknown} text */
export const clean = (text) => String(text).replace(/\0/g, '');

/** Bytes of a text in UTF-8. @param {string} text */
export const bytesOf = (text) => new TextEncoder().encode(text).length;

/**
 * Copies data as it can be sent. What cannot be, or has no room, is left out, and everything else stays.
 * @param {any} data @param {(key: string) => void} without told of each key whose value, or a part of it, is left out
 * @returns {Record<string, any>}
 */
export function portable(data, without) {
  let room = largest;
  /** @type {unknown[]} what is being copied, the outermost first */
  const path = [];

  /** @param {number} bytes */
  function spend(bytes) {
    if (bytes > room) throw 0;
    room -= bytes;
  }

  /** @param {string} text */
  function take(text) {
    spend(5 + (text.length > room ? text.length : bytesOf(text)));
    return text;
  }

  /** @param {any} value @returns {any} undefined where there is nothing to say */
  function copy(value) {
    if (typeof value === 'object' && value) {
      if (value.nodeType || value === value.window || path.includes(value)) throw 0;
      if (value.toISOString) return take(value.toISOString());
      if (value.toJSON && !Array.isArray(value)) return copy(value.toJSON());
      return path.length < deepest ? copyAll(value) : take(json(value));
    }
    if (typeof value === 'string' || typeof value === 'bigint') return take(clean(value));
    if (!/^[nbo]/.test(typeof value)) return undefined;
    spend(9);
    return value - value === 0 ? value : null; // neither NaN nor infinite
  }

  /** @param {any} value a list or an object */
  function copyAll(value) {
    spend(5);
    path.push(value);
    /** @type {any} */
    const copied = path.length > 1 && Array.isArray(value) ? [] : {};
    const keys = Object.keys(value);
    if (path.length === 1) keys.splice(manyKeys).slice(0, 1).forEach(without);
    for (const key of keys) {
      try {
        const name = take(clean(key).slice(0, longestKey));
        const found = copy(value[key]);
        if (found !== undefined) copied[name] = found;
      } catch (_) {
        without(key);
        if (room < 50) break;
      }
    }
    path.pop();
    return copied;
  }
  return copyAll(data);
}
