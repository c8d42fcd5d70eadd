// Addresses in a text as links.

/** @type {Record<string, string>} */
const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (c) => entities[c]);
/** A sign that an address may hold: no bracket and no punctuation of other scripts, nothing that nobody sees. */
const sign = '(?:[^\\s<>`\\p{P}\\p{C}]|[!#%&()*,\\-./:;?@\\[\\]_{}])';
const address = new RegExp('\\bhttps?://' + sign + '+|\\bwww\\.' + sign + '+|[\\w.+\\-]+@[\\w\\-]+(?:\\.[\\w\\-]+)+', 'giu');

/** Without the dot of the sentence, and brackets that are not opened and closed in it. @param {string} found */
function trim(found) {
  /** @type {string[]} */
  const open = [];
  for (let i = 0; i < found.length; i++) {
    const at = ')]}'.indexOf(found[i]);
    if ('([{'.includes(found[i])) open.push(found[i]);
    else if (at >= 0 && open.pop() !== '([{'[at]) {
      found = found.slice(0, i);
      break;
    }
  }
  return found.replace(/[.,;:!?*_([{]+$/, '');
}

/**
 * Gives HTML in which the text is escaped and its web and e-mail addresses are links.
 * @param {string} text @param {{ target?: string, className?: string }} [options]
 */
export function linkify(text, { target = '_blank', className = '' } = {}) {
  let html = '';
  let end = 0;
  for (const match of String(text).matchAll(address)) {
    const found = trim(match[0]);
    if (/:\/\/$|^www$/i.test(found)) continue;
    const href = found.includes('://') ? found : found.includes('@') ? 'mailto:' + found : 'https://' + found;
    const kind = className && ' class="' + escape(className) + '"';
    html += escape(text.slice(end, match.index)) + '<a href="' + escape(href) + '" target="' + escape(target) + '" rel="noopener noreferrer"' + kind + '>' + escape(found) + '</a>';
    end = match.index + found.length;
  }
  return html + escape(String(text).slice(end));
}
