// Parts of Foyer that a page loads later than foyer.js.

/** A try that takes longer has failed, ms. */
const limit = 20000;

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
  const late = () => new Promise((_, reject) => setTimeout(() => reject('no answer: ' + address), limit));
  return () =>
    (loading ||= Promise.race([import(address + (failed ? (address.includes('?') ? '&' : '?') + 'try=' + failed : '')), late()]).catch((error) => {
      failed++;
      loading = undefined;
      throw error;
    }));
}
