// Services of the page protocol that only a page with a window needs.

import { createServices } from '../services.js';
import { tellUnused } from './options.js';
import { createTitleMark } from './title.js';

/**
 * @param {Window} win
 * @param {{ root: () => HTMLElement, base: string, unpack?: (value: unknown) => unknown }} stage unpack: finds what references
 *   stand for
 * @returns {Pick<AllServices, 'focus' | 'sound' | 'title' | 'unread' | 'announce' | 'json' | 'save' | 'place'>}
 */
export function createViewServices(win, stage) {
  const doc = win.document;
  tellUnused(win);
  return {
    ...createServices(win, stage),
    ...createTitleMark(win),
    /** A JSON file of the page's own. @param {{ url: string }} args */
    async json({ url }) {
      const response = await fetch(new URL(url, doc.baseURI));
      if (!response.ok) throw new Error(url + ': ' + response.status);
      return response.json();
    },
    /** Puts elements of the page's own into the window: all of a jQuery object. @param {{ into: string, el: any }} args */
    place({ into, el: { $el, more = [] } }) {
      const elements = [$el, ...more].map((n) => /** @type {Element} */ (stage.unpack?.({ $el: n })));
      doc.querySelector(into)?.append(...elements);
    },
    /** Offers a download. @param {{ name: string, type: string, text?: string, data?: BlobPart }} args */
    save({ name, type, text, data }) {
      const url = URL.createObjectURL(new Blob([data || text || ''], { type }));
      const link = doc.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      win.setTimeout(() => URL.revokeObjectURL(url), 60000);
    },
  };
}
