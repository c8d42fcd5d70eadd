// What only a page can do, on Go's order. One function for each service of the page protocol.

import { make } from './build.js';

/**
 * @param {Window} win
 * @param {{ root: () => HTMLElement }} stage
 * @returns {Pick<AllServices, 'focus' | 'sound' | 'title' | 'announce'>}
 */
export function createServices(win, { root }) {
  const doc = win.document;
  /** @type {Record<string, HTMLElement>} */
  const regions = {};
  /** @type {AudioContext | undefined} */
  let audio;
  let title = '';

  return {
    focus({ selector }) {
      const found = doc.querySelector(selector);
      if (found instanceof HTMLElement) found.focus();
      return found === doc.activeElement;
    },
    sound() {
      audio ||= new AudioContext();
      // Before the visitor has touched the page a browser lets nothing sound: silence, not an error.
      if (audio.state === 'running') chime(audio);
      else audio.resume().catch(() => {});
    },
    /** An empty text gives the page its own title back. */
    title({ text }) {
      title ||= doc.title;
      doc.title = text || title;
      if (!text) title = '';
    },
    announce({ text, assertive }) {
      const kind = assertive ? 'assertive' : 'polite';
      regions[kind] ||= make('div', { class: 'cx-sr-only', 'aria-live': kind });
      if (!regions[kind].isConnected) root().append(regions[kind]);
      // The region has to be there before its text, and the same text again has to be a change.
      regions[kind].textContent = '';
      win.setTimeout(() => (regions[kind].textContent = text), 50);
    },
  };
}

/** Two soft notes. @param {AudioContext} audio */
function chime(audio) {
  [660, 880].forEach((frequency, i) => {
    const start = audio.currentTime + i * 0.12;
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0.08, start);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.3);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.3);
  });
}
