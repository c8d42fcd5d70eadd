// Reads how foyer.js was included.

/**
 * @param {Document} doc
 * @returns {Tag | null} null where the script cannot tell where it came from
 */
export function readTag(doc) {
  const running = doc.currentScript;
  const script = running instanceof HTMLScriptElement ? running : doc.querySelector('script[src*="/foyer.js"]');
  if (!(script instanceof HTMLScriptElement) || !script.src) return null;
  return {
    base: new URL(script.src, doc.baseURI).origin,
    deployment: script.dataset.deployment || '',
    hosted: script.dataset.hosted !== undefined,
  };
}
