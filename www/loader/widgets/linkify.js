// Addresses in a text as links.

/** @type {Record<string, string>} */
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (c) => entities[c]);
// A dot or a bracket at the end belongs to the sentence.
const address = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]|\bwww\.[^\s<>"']+[^\s<>"'.,;:!?)\]]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;

/**
 * Gives HTML in which the text is escaped and its web and e-mail addresses are links.
 * @param {string} text @param {{ target?: string, className?: string }} [options]
 */
export function linkify(text, { target = '_blank', className = '' } = {}) {
  let html = '';
  let end = 0;
  for (const match of String(text).matchAll(address)) {
    const [found] = match;
    const href = found.includes('://') ? found : found.includes('@') ? 'mailto:' + found : 'https://' + found;
    const kind = className && ' class="' + escape(className) + '"';
    html += escape(text.slice(end, match.index)) + '<a href="' + escape(href) + '" target="' + escape(target) + '" rel="noopener noreferrer"' + kind + '>' + escape(found) + '</a>';
    end = match.index + found.length;
  }
  return html + escape(String(text).slice(end));
}
