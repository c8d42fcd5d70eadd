// A page's clock in the hands of a test: what the page puts off by a second or more happens when the test says so.

/** Give it to Person.tab as prepare. */
export function ownClock() {
  const { setTimeout, clearTimeout } = globalThis;
  /** @type {Map<number, {at: number, after: number, run: () => void}>} */
  const held = new Map();
  let now = 0;
  let last = 1e9; // far from the browser's own
  Reflect.set(globalThis, 'setTimeout', (/** @type {any} */ fn, ms = 0, ...args) => {
    if (ms < 1000) return setTimeout(fn, ms, ...args);
    held.set(++last, { at: now + ms, after: ms, run: () => fn(...args) });
    return last;
  });
  Reflect.set(globalThis, 'clearTimeout', (/** @type {number} */ id) => void (held.delete(id) || clearTimeout(id)));
  globalThis.ownClock = {
    /** How long after it was put off each thing is due, ms, that has not happened yet. */
    held: () => [...held.values()].map(({ after }) => after),
    /** Lets time pass. What comes of one thing is done before the next one happens. @param {number} ms */
    async pass(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...held].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
        if (!due) break;
        const [id, { at, run }] = due;
        now = at;
        held.delete(id);
        run();
        await new Promise((resolve) => setTimeout(resolve));
      }
      now = end;
    },
  };
}
