// Reads how foyer.js was included: under its own name, or under one of the vendor's, by pages that changed nothing but
// the host of their script.

/**
 * @param {Document} doc
 * @returns {Tag | null} null where the script cannot tell where it came from
 */
export function readTag(doc) {
  const script = /** @type {HTMLScriptElement | null} */ (
    doc.currentScript || doc.querySelector('script[src*="/foyer.js"],script[src*="/cxbus."]')
  );
  if (!script?.src) return null;
  const { origin, pathname } = new URL(script.src, doc.baseURI);
  const vendor = !pathname.endsWith('/foyer.js');
  return {
    // A proxy may have the relay below a path. What follows that path is the relay's own.
    base: origin + (/(.*)\/(foyer\.js|widgets\/|\w+\/resources\/js\/)/.exec(pathname)?.[1] || ''),
    deployment: script.dataset.deployment || '',
    hosted: script.dataset.hosted !== undefined,
    waits: /\/cxbus\b/.test(pathname),
    chat: !/\/GTC\b/.test(pathname),
    button: !vendor,
  };
}
