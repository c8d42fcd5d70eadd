// Functions, regular expressions and elements of the page, as Go sees them: numbers that it hands back where they are
// meant. They never leave the page.

/** What structured clone takes as one piece. */
const whole = /^\[object (Date|Blob|File|FileList|ArrayBuffer|DataView|\w+\dArray|Uint8ClampedArray)]$/;

/**
 * The references are those of wasm/page/protocol.json.
 * @param {() => any} jQuery gives it where the page or we have it
 * @param {(selector: string) => Element | null} find in what Go draws, else on the page
 */
export function createReferences(jQuery, find) {
  /** @type {unknown[]} */
  const known = [];
  /** @type {Map<unknown, number>} the same function is the same number */
  const numbers = new Map();

  /** @param {unknown} value */
  function refer(value) {
    if (!numbers.has(value)) numbers.set(value, known.push(value) - 1);
    return numbers.get(value);
  }

  /**
   * Gives the value in a form that can be posted to Go. What the page may not be asked for (a window of another origin,
   * what a getter throws at) is null; a field that is undefined is not there. What is attached to a chat, under the key
   * userData or all of it, is data, and goes as JSON has it; where JSON would refuse all of it, as everything else.
   * @param {any} value
   * @param {(path: string[]) => unknown} onCircle what stands for a value that holds itself, or throws
   * @param {boolean} [data] the value is data
   * @param {string[]} [path] keys that lead to it
   * @param {unknown[]} [around] the objects that hold it
   * @returns {any}
   */
  function pack(value, onCircle, data, path = [], around = []) {
    if (typeof value === 'function') return { $fn: refer(value) };
    if (typeof value === 'symbol') return null;
    if (typeof value === 'bigint') return String(value);
    if (!value || typeof value !== 'object') return value;
    // First: a window of another origin lets nothing else be asked.
    if (value === value.window || typeof value.then === 'function') return null;
    if (value.jquery && typeof value.get === 'function') {
      if (!value[0]) return null;
      const [first, ...more] = Array.from(value);
      return { ...pack(first, onCircle), ...(more.length && { more: more.map(refer) }) };
    }
    if (value.nodeType) return { $el: refer(value), ...(value.files && { files: [...value.files] }) };
    if (data) {
      try {
        return JSON.parse(JSON.stringify(value, said));
      } catch (_) {
        // As far as it goes, then.
      }
    }
    const kind = Object.prototype.toString.call(value);
    if (kind === '[object RegExp]') return { $re: { source: value.source, flags: value.flags } };
    if (whole.test(kind)) return value;
    if (around.includes(value)) return onCircle(path);
    const inside = (/** @type {any} */ item, /** @type {string} */ key) =>
      pack(item, onCircle, key === 'userData', [...path, key], [...around, value]);
    if (Array.isArray(value)) return value.map((item, i) => inside(item, String(i)));
    /** @type {Record<string, unknown>} */
    const packed = {};
    for (const key of Object.keys(value)) {
      const item = inside(read(value, key), key);
      if (item !== undefined) packed[key] = item;
    }
    return packed;
  }

  /**
   * Gives what Go said with everything that it refers to in its place.
   * @param {any} value
   * @param {(name: string) => unknown} [named] finds what {"$page":name} stands for
   * @returns {any}
   */
  function unpack(value, named) {
    if (Array.isArray(value)) return value.map((item) => unpack(item, named));
    if (Object.prototype.toString.call(value) !== '[object Object]') return value;
    const number = value.$fn ?? value.$el;
    if (number >= 0) return known[number];
    if ('$re' in value) return new RegExp(value.$re.source, value.$re.flags);
    if ('$select' in value) {
      const element = find(value.$select);
      return jQuery()?.(element || []) || element;
    }
    if ('$page' in value) return named?.(value.$page);
    /** @type {Record<string, unknown>} */
    const plain = {};
    for (const key of Object.keys(value)) plain[key] = unpack(value[key], named);
    return plain;
  }

  return { pack, unpack };
}

/** For JSON.stringify: lists are lists, whatever a library has taught them. @this {any} @param {string} key @param {unknown} value */
function said(key, value) {
  return Array.isArray(this[key]) ? this[key] : value;
}

/** @param {any} object @param {string} key */
function read(object, key) {
  try {
    return object[key];
  } catch (_) {
    return null;
  }
}
