// Typing in a field of the page's own, which the agent may see as it does that in the chat window.

import { guard } from '../guard.js';

/** Typing is told at most so often, ms; Go says when it ends. */
const every = 1000;
/** @type {WeakSet<Element>} */
const watched = new WeakSet();

/**
 * @param {any} field
 * @param {ReturnType<typeof import('../bus.js').createBus>} bus
 * @returns {boolean} it is a field that text is typed into
 */
export function watchField(field, bus) {
  const texts = field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && /^(text|search|email|url|tel)$/.test(field.type));
  if (!texts || watched.has(field)) return texts;
  watched.add(field);
  /** @type {number | undefined} */
  let timer;
  let told = 0;
  const tell = () => {
    timer = undefined;
    told = Date.now();
    bus.command('WebChatService', 'WebChatService.sendTyping', { message: field.value });
  };
  field.addEventListener(
    'input',
    guard('typing', () => {
      timer ??= Number(setTimeout(tell, Math.max(0, told + every - Date.now())));
    }),
  );
  return true;
}
