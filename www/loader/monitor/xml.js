// Reads a domain-model.xml for Go, which has no XML parser.

import { dslPolicy } from './policy.js';

/** Characters of a document. */
const longest = 256 * 1024;
/** Elements of a document. */
const most = 10000;
/** How deep they are nested. */
const deepest = 8;

/** @typedef {{ name: string, attrs: Record<string, string>, children: Tree[] }} Tree */

/**
 * @param {Window} win
 * @param {{ url?: string, text?: string }} from where to get it, or what it says
 * @returns {Promise<Tree>}
 */
export async function readXml(win, { url, text }) {
  const source = text ?? (await get(win, url || ''));
  if (source.length > longest) throw new Error('it is longer than ' + longest + ' characters');
  // Entities may name entities that name entities.
  if (/<!(DOCTYPE|ENTITY)/i.test(source)) throw new Error('a document with a DOCTYPE is not read');
  const doc = new DOMParser().parseFromString(dslPolicy().createHTML(source), 'application/xml');
  const mistake = doc.querySelector('parsererror');
  if (mistake) throw new Error((mistake.textContent || 'not well-formed').slice(0, 300));
  if (doc.getElementsByTagName('*').length > most) throw new Error('it has more than ' + most + ' elements');
  return treeOf(doc.documentElement, deepest);
}

/** @param {Window} win @param {string} url */
async function get(win, url) {
  const response = await win.fetch(url);
  if (!response.ok) throw new Error('status ' + response.status);
  return response.text();
}

/** @param {Element} element @param {number} depth @returns {Tree} */
function treeOf(element, depth) {
  /** @type {Record<string, string>} */
  const attrs = {};
  for (const { name, value } of element.attributes) attrs[name] = value;
  const children = depth > 0 ? [...element.children].map((child) => treeOf(child, depth - 1)) : [];
  return { name: element.localName, attrs, children };
}
