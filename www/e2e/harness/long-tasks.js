// What holds up the page's main thread, as the browser itself reports it.

/** Give it to Person.tab as prepare: counts from the first script on. */
export function watchLongTasks() {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) globalThis.longTasks.push(Math.round(task.duration));
  }).observe({ type: 'longtask', buffered: true });
}

/**
 * Milliseconds of each task over 50 ms on the tab's main thread so far. What the observer has not been told yet is
 * delivered before its next task, so one task is awaited.
 * @returns {Promise<number[]>}
 */
export function longTasks(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => requestIdleCallback(() => resolve(globalThis.longTasks));
        port2.postMessage(null);
      }),
  );
}
