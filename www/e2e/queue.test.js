// The page's queue _gt, which a page may declare with var and assign anew: the module of the loader, without a browser.

import assert from 'node:assert/strict';
import { beforeEach, describe, it, mock } from 'node:test';
import { takeOverQueue } from '../loader/tracker.js';

/** The ways in which window has the name. @type {Record<string, (win: any, queue: unknown[]) => void>} */
const ways = {
  'as an assigned property': (win, queue) => (win._gt = queue),
  'as a variable': (win, queue) => Object.defineProperty(win, '_gt', { value: queue, writable: true, enumerable: true, configurable: false }),
};

describe('the queue of a page', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));

  for (const [way, declare] of Object.entries(ways)) {
    it(`${way} is taken over as often as it is assigned anew, with what is in it`, (t) => {
      t.after(() => mock.timers.reset());
      const win = /** @type {any} */ ({ setInterval: (fn, ms) => setInterval(fn, ms) });
      const events = [];
      const nothing = () => {};
      declare(win, [['event', 'before']]);
      takeOverQueue(win, {
        ids: () => ({ visit: '', device: '', page: '' }), event: (_, name) => void events.push(name),
        config: nothing, consent: nothing, subscribe: nothing,
      });
      for (const round of ['first', 'second', 'third']) {
        win._gt = [];
        win._gt.push(['event', round]);
        mock.timers.tick(1000);
        win._gt.push(['event', round + ' again']);
      }
      assert.deepEqual(events, ['before', 'first', 'first again', 'second', 'second again', 'third', 'third again']);
    });
  }
});
