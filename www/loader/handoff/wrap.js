// Functions of the page's own that are watched for a while.

import { guard } from '../guard.js';

/**
 * Has prepare see the calls of a function between begin and end. What the function does and gives stays as it is.
 * @param {any} owner @param {string} name of the function
 * @param {(self: any, args: any[]) => void} prepare may change args
 */
export function createWrap(owner, name, prepare) {
  const guarded = guard('handoff: ' + name, prepare);
  /** The wrapper of now. @type {Function | undefined} */
  let current;
  /** What it hides. @type {Function} */
  let hidden;

  return {
    begin() {
      const own = (hidden = owner[name]);
      // One for each begin: whoever has wrapped an older one meanwhile still calls that, which from now on only passes on.
      /** @this {any} @param {...any} args */
      const wrapper = function (...args) {
        if (wrapper === current) guarded(this, args);
        return Reflect.apply(own, this ?? owner, args);
      };
      owner[name] = current = wrapper;
    },
    end() {
      if (owner[name] === current) owner[name] = hidden;
      current = undefined;
    },
  };
}
