// Services of the page protocol that only a page with a window needs.

import { createServices } from '../services.js';
import { createTitleMark } from './title.js';

/**
 * @param {Window} win
 * @param {{ root: () => HTMLElement, base: string }} stage
 * @returns {Pick<AllServices, 'focus' | 'sound' | 'title' | 'unread' | 'announce' | 'json' | 'save'>}
 */
export function createViewServices(win, stage) {
  const doc = win.document;
  return {
    ...createServices(win, stage),
    ...createTitleMark(win),
    /** A JSON file of the page's own. @param {{ url: string }} args */
    async json({ url }) {
      const response = await fetch(new URL(url, doc.baseURI));
      if (!response.ok) throw new Error(url + ': ' + response.status);
      return response.json();
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
