// Parts of Foyer that a page loads later than foyer.js.

/**
 * Gives a function that brings a module, once. A try that failed is not the last: whoever asks next begins another, under
 * another address, because a browser remembers that a module failed.
 * @param {string} address
 * @returns {() => Promise<any>}
 */
export function chunk(address) {
  let failed = 0;
  /** @type {Promise<any> | undefined} */
  let loading;
  return () =>
    (loading ||= import(address + (failed ? (address.includes('?') ? '&' : '?') + 'try=' + failed : '')).catch((error) => {
      failed++;
      loading = undefined;
      throw error;
    }));
}
