// Small makers of elements.

const svgSpace = 'http://www.w3.org/2000/svg';

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, string>} attrs @param {...(Node | string)} children
 */
export function make(tag, attrs, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A decorative icon of strokes. @param {string} path in a box of 24 by 24 */
export function icon(path) {
  const svg = document.createElementNS(svgSpace, 'svg');
  const line = document.createElementNS(svgSpace, 'path');
  line.setAttribute('d', path);
  for (const [name, value] of Object.entries({ viewBox: '0 0 24 24', class: 'cx-icon', 'aria-hidden': 'true', focusable: 'false' })) {
    svg.setAttribute(name, value);
  }
  svg.append(line);
  return svg;
}
