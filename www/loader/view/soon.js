// The next frame, or a moment later where the page draws none (a tab in the background).

const noFrame = 100;

/**
 * Gives a function that runs fn once, soon, however often it is called until then.
 * @param {() => void} fn
 */
export function soon(fn) {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    const run = () => {
      if (!planned) return;
      planned = false;
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      fn();
    };
    const frame = requestAnimationFrame(run);
    const timer = setTimeout(run, noFrame);
  };
}
