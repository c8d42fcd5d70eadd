// Brings what Go needs on the page, starts Go when it is wanted and may run, and holds the commands that come before.

import { bringer } from './retry.js';
import { inSteps } from './steps.js';

/** A command that cannot be handed to Go for so long, because the relay does not answer, is rejected, ms. */
const patience = 30000;

/** @typedef {ReturnType<typeof import('./go/go.js').createGo>} Go */

/**
 * @template M
 * @param {Window} win
 * @param {{ load: () => Promise<M>, make: (module: M) => Go, may: () => boolean, asks: () => boolean, start: (go: Go | undefined) => void }} page
 *   load brings what Go needs, make makes it; may: Go may run; asks: the visitor has still to consent to it; start: Go is
 *   wanted and may run, also where it runs already
 */
export function createStarter(win, { load, make, may, asks, start }) {
  /** @type {Go | undefined} what foyer-go.js brings, once it is there */
  let go;
  /** Go is wanted: it starts as soon as it may. */
  let wanted = false;
  /** Commands that wait for foyer-go.js. @type {Set<() => void>} */
  const early = new Set();

  const bring = bringer(win, 'the chat could not be loaded', () => load, (module) => {
    go = make(module);
    for (const hand of early) hand();
    early.clear();
    if (wanted) want();
  });

  function want() {
    wanted = true;
    if (!may()) return;
    bring();
    inSteps(() => wanted && start(go));
  }

  return {
    go: () => go,
    bring,
    want,
    wanted: () => wanted,
    stop() {
      wanted = false;
      go?.stop();
    },
    /** @param {string} name @param {unknown} data @param {Deferred} deferred @param {string} commander */
    command(name, data, deferred, commander) {
      const since = Date.now();
      const hand = () => go?.command(name, data, deferred, commander, since);
      if (go) {
        hand();
        return;
      }
      early.add(hand);
      win.setTimeout(() => {
        // Where it waits for the visitor's consent, it waits for a person.
        if (!asks() && early.delete(hand)) deferred.reject('the chat cannot be reached');
      }, patience);
    },
  };
}
