// What is never collected, whatever the DSL says: passwords, cards, and the fields that the deployment names.

import { json } from '../data.js';

/** Names of fields for passwords and cards. */
const names =
  /pass(word|wd|code|phrase)|^pwd|card.?(no|num|code|holder|verif|sec|exp)|(credit|debit|bank).?card|^card|^cc.?(no|num|name|exp|csc|cvv|cvc)|cvv|cvc|csc|security.?code/i;
/** The same as autocomplete says it. */
const purposes = /(^|\s)(cc-|current-password|new-password|one-time-code)/i;

/** Shorter values stand in too many texts. */
const shortest = 3;
/** So many fields of a page are looked at. */
const most = 2000;

/** @param {Window} win @param {string[]} never selectors */
export function createSecrets(win, never) {
  const doc = win.document;
  const selectors = never.filter((selector) => {
    try {
      return !doc.querySelector(selector) || true;
    } catch (_) {
      return false;
    }
  });
  /** Fields that were for passwords once: some pages show what was typed. @type {WeakSet<object>} */
  const passwords = new WeakSet();
  /** What stands in fields that nobody may read. @type {string[]} */
  let values = [];

  /** @param {any} field */
  function isSecret(field) {
    if (field.type === 'password') passwords.add(field);
    return (
      passwords.has(field) ||
      purposes.test(field.autocomplete || '') ||
      names.test(field.name || '') ||
      names.test(field.id || '') ||
      selectors.some((selector) => field.closest?.(selector))
    );
  }

  /** Reads what is in those fields now. */
  function look() {
    values = [];
    const fields = /** @type {any[]} */ ([...doc.querySelectorAll('input,textarea,select')].slice(0, most));
    for (const field of fields) {
      if (isSecret(field) && field.value?.length >= shortest && !/^(submit|button|reset|image|checkbox|radio)$/.test(field.type)) values.push(field.value);
    }
  }
  look();

  return {
    look,
    /** Whether the value must not be sent. @param {unknown} value @param {any} event the DOM event that it may come from */
    hold(value, event) {
      const target = event?.target;
      if (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.nodeName) && isSecret(target)) return true;
      const text = typeof value === 'string' ? value : json(value);
      return hasCard(text) || values.some((secret) => standsIn(secret, text));
    },
  };
}

/** A short one must be a word of the text: three digits are part of many numbers. @param {string} secret @param {string} text */
function standsIn(secret, text) {
  if (secret.length >= 6) return text.includes(secret);
  return text === secret || text.split(/[^\p{L}\p{N}]+/u).includes(secret);
}

/** Whether 13 to 19 digits with the check digit of a card stand in it, also in groups. @param {string} text */
export function hasCard(text) {
  for (const [run] of text.matchAll(/\d+(?:[ -]\d+)*/g)) {
    const groups = run.split(/[ -]/);
    for (let i = 0; i < groups.length; i++) {
      let digits = '';
      for (let j = i; j < groups.length && digits.length < 20; j++) {
        digits += groups[j];
        if (digits.length >= 13 && digits.length <= 19 && isCard(digits)) return true;
      }
    }
  }
  return false;
}

/** The sum of Luhn. @param {string} digits */
function isCard(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 ? (digit * 2) % 10 + (digit > 4 ? 1 : 0) : digit;
  }
  return sum > 0 && sum % 10 === 0;
}
