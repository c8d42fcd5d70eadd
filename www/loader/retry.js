// Patience with a relay that does not answer: it may only be restarting.

/** Pauses before trying again, ms. A page that was opened while the relay restarts still gets its button. */
const pauses = [3000, 15000, 60000];

/**
 * Does it until it succeeds, or has failed four times.
 * @template T
 * @param {Window} win
 * @param {() => Promise<T>} attempt
 * @param {(value: T) => void} then
 * @param {(error: unknown) => void} giveUp
 */
export function retry(win, attempt, then, giveUp) {
  let tries = 0;
  const next = () => {
    attempt().then(then, (error) => {
      if (tries === pauses.length) giveUp(error);
      else win.setTimeout(next, pauses[tries++]);
    });
  };
  next();
}
