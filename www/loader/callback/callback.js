// foyer-callback.js: the form with which a visitor asks to be called back. It is drawn here and not by Go, because few
// visitors ever see it and all of them would have to load it. What becomes of a request is Go's business (wasm/callback).

import { icon, make } from '../build.js';
import { guard } from '../guard.js';
import { isOpen, possibleTimes } from './hours.js';

const cross = 'M6 6l12 12M18 6L6 18';
/** How far ahead a time may be, ms: what the relay allows. */
const furthest = 92 * 24 * 60 * 60 * 1000;

const phone = /^\+?[\d ()./-]*$/;
const email = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;

/** Fields by their names, with what pages written for the vendor's form have in their ids, the key of the label, and what browsers fill in. */
const fields = [
  ['phonenumber', 'phone_number', 'CallbackPhone', 'tel', 'tel'],
  ['firstname', 'firstname', 'CallbackFirstName', 'text', 'given-name'],
  ['lastname', 'lastname', 'CallbackLastName', 'text', 'family-name'],
  ['email', 'email', 'CallbackEmail', 'email', 'email'],
  ['subject', 'subject', 'CallbackSubject', 'text', 'off'],
];

/**
 * @param {Window} win
 * @param {{ root: () => HTMLElement, gate: Gate, ask: (name: string, data: unknown) => Promise<any>, hours?: Hours }} page ask: runs a
 *   command in Go
 * @returns {Pick<AllServices, 'callbackForm' | 'callbackOver'>} the services of the page protocol
 */
export function createCallback(win, { root, gate, ask, hours }) {
  /** @type {HTMLElement | undefined} */
  let container;

  function over() {
    container?.remove();
    container = undefined;
  }

  /** The visitor closes it. */
  function close() {
    over();
    const button = root().querySelector('.cx-side-button');
    if (button instanceof HTMLElement) button.focus();
    void ask('Callback.close', {});
  }

  /** @param {{ texts: Record<string, string>, values: Record<string, string> }} form values: what the page knows of its visitor */
  function open({ texts, values }) {
    over();
    const t = (/** @type {string} */ key) => texts[key] || key;
    const shut = make('button', { type: 'button', class: 'cx-icon-button cx-icon cx-button-close icon-close cx-close', 'aria-label': t('AriaClose') }, icon(cross));
    const title = make('h2', { class: 'cx-title', id: 'cx-callback-title' }, t('CallbackTitle'));
    const body = make('div', { class: 'cx-body' });
    const names = { role: 'dialog', 'aria-modal': 'false', 'aria-labelledby': title.id, lang: t('Lang'), dir: t('Dir') };
    const bar = make('div', { class: 'cx-titlebar' }, title, make('div', { class: 'cx-subtitle' }),
      make('div', { class: 'cx-button-group cx-buttons-window-control cx-window-controls' }, shut));
    container = make('div', { class: 'cx-common-container' }, make('div', { class: 'cx-widget cx-common-container cx-callback cx-callback-container', ...names }, bar, body,
      make('div', { class: 'cx-footer' }, make('div', { class: 'cx-powered-by' }))));
    gate.listen(shut, 'click', close);
    gate.listen(container, 'keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      close();
    });
    const times = hours && possibleTimes(hours, Date.now());
    /** What as soon as possible means while it is closed. */
    const opens = hours && !isOpen(hours, Date.now()) && times?.[0] || 0;
    const form = draw(t, { values, times, opens }, guard('callback', submit));
    body.append(form);
    root().append(container);
    form.querySelector('input')?.focus();

    /** What is said instead of the form. @param {{ title: string, text: string, more?: HTMLElement }} last more: beside the button that closes it */
    function end({ title, text, more }) {
      const button = make('button', { type: 'button', class: 'cx-btn cx-btn-primary' }, t('CallbackClose'));
      gate.listen(button, 'click', close);
      const buttons = more ? [make('div', { class: 'cx-button-group cx-buttons-binary' }, more, button)] : [button];
      body.replaceChildren(
        make('div', { class: 'cx-form' },
          make('div', { class: 'cx-callback-done', role: 'status' }, make('h3', {}, title), make('p', {}, text)),
          make('div', { class: 'cx-form-problem', role: 'alert' }),
          make('div', { class: 'cx-button-container' }, ...buttons)),
      );
      button.focus();
    }

    /** The visitor wants no call any more. @param {HTMLButtonElement} button */
    async function cancel(button) {
      if (button.getAttribute('aria-disabled') === 'true') return;
      button.setAttribute('aria-disabled', 'true');
      const problem = body.querySelector('.cx-form-problem');
      problem?.replaceChildren();
      try {
        await ask('Callback.cancel', {});
        end({ title: t('CallbackTitle'), text: t('CallbackCancelled') });
      } catch (/** @type {any} */ why) {
        button.setAttribute('aria-disabled', 'false');
        problem?.replaceChildren(make('p', {}, t(why)));
      }
    }

    /** @param {Record<string, any>} request */
    async function submit(request) {
      try {
        await ask('Callback.request', request);
        end(thanks(t, request.desired || opens, guard('callback', cancel)));
      } catch (/** @type {any} */ why) {
        form.complain(t('CallbackFailed').replace('<%Reason%>', t(why.text)), why.field);
      }
    }
  }

  /** @param {(key: string) => string} t @param {number} at @param {(button: HTMLButtonElement) => void} cancel */
  function thanks(t, at, cancel) {
    const when = () => t('CallbackDoneLater').replace('<%Time%>', said(t('Lang'), at, { ...onDay, ...atTime }));
    const more = make('button', { type: 'button', class: 'cx-btn cx-btn-default' }, t('CallbackCancelCall'));
    gate.listen(more, 'click', () => cancel(more));
    return { title: t('CallbackDone'), text: at ? when() : t('CallbackDoneNow'), more };
  }

  /**
   * @param {(key: string) => string} t
   * @param {{ values: Record<string, string>, times?: number[], opens: number }} about times: those that may be chosen, any
   *   where it is not there; opens: when a call as soon as possible would be made, 0 for at once
   * @param {(request: object) => void} submit
   * @returns {HTMLFormElement & { complain: (text: string, field?: string) => void }}
   */
  function draw(t, { values, times, opens }, submit) {
    const problem = make('div', { class: 'cx-form-problem', role: 'alert', id: 'cx-callback-problem' });
    const rows = fields.map(([name, id, label, type, autocomplete]) => field(name, id, t(label), { type, autocomplete, maxlength: '100' }, values[name]));
    const choice = (/** @type {string} */ value, /** @type {string} */ label, /** @type {boolean} */ checked) => {
      const id = 'cx_form_callback_' + value;
      const input = make('input', { class: 'cx-input', id, type: 'radio', name: 'desiredtime', value });
      input.checked = checked;
      return make('div', { class: 'cx-form-group cx-form-check' }, input, make('label', { for: id }, label));
    };
    const time = times ? timesOf(t, times) : field('time', 'time', t('CallbackTime'), { type: 'datetime-local' });
    time.hidden = true;
    const now = opens ? t('CallbackNowClosed').replace('<%Time%>', said(t('Lang'), opens, { ...onDay, ...atTime })) : t('CallbackNow');
    const legend = make('legend', { class: 'cx-form-label' }, t('CallbackWhen'));
    const when = make('fieldset', { class: 'cx-callback-when' }, legend, choice('now', now, true), choice('later', t('CallbackLater'), false), time);
    const cancel = make('button', { type: 'button', class: 'cx-btn cx-btn-default' }, t('CallbackCancel'));
    const send = make('button', { type: 'submit', class: 'cx-submit cx-btn cx-btn-primary' }, t('CallbackSubmit'));
    const form = make('form', { class: 'cx-form cx-form-horizontal', novalidate: '' },
      make('p', { class: 'cx-form-intro' }, t('CallbackIntro')), problem, make('div', { class: 'cx-form-inputs' }, ...rows, when),
      make('div', { class: 'cx-button-container' }, make('div', { class: 'cx-button-group cx-buttons-binary' }, cancel, send)));
    const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.querySelector('[name=' + name + ']'));
    input('phonenumber').required = true;

    /** @param {boolean} busy */
    function wait(busy) {
      send.setAttribute('aria-disabled', String(busy));
      send.textContent = t(busy ? 'CallbackSending' : 'CallbackSubmit');
    }

    /** @param {string} text @param {string} [name] of the field that is wrong */
    function complain(text, name) {
      wait(false);
      problem.replaceChildren(make('p', {}, text));
      const wrong = name && input(name);
      if (!wrong) return;
      wrong.setAttribute('aria-invalid', 'true');
      wrong.setAttribute('aria-describedby', problem.id);
      wrong.classList.add('cx-error');
      wrong.focus();
    }

    function calm() {
      problem.replaceChildren();
      for (const one of form.querySelectorAll('.cx-error')) {
        one.classList.remove('cx-error');
        one.removeAttribute('aria-invalid');
        one.removeAttribute('aria-describedby');
      }
    }

    gate.listen(cancel, 'click', close);
    form.onchange = () => (time.hidden = new FormData(form).get('desiredtime') !== 'later');
    form.onsubmit = (event) => {
      event.preventDefault();
      if (send.getAttribute('aria-disabled') === 'true') return;
      calm();
      const written = /** @type {Record<string, string>} */ (Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()])));
      const wrong = mistake(written);
      if (wrong) {
        complain(t(wrong[1]), wrong[0]);
        return;
      }
      wait(true);
      submit({ ...written, desired: desired(written) });
    };
    return Object.assign(form, { complain });
  }

  return { callbackForm: guard('callback', open), callbackOver: over };
}

/** @param {string} name @param {string} id @param {string} label @param {Record<string, string>} attrs @param {string} [value] */
function field(name, id, label, attrs, value = '') {
  const input = make('input', { class: 'cx-input cx-form-control', id: 'cx_form_callback_' + id, name, ...attrs });
  input.value = value;
  return make('div', { class: 'cx-form-group' }, make('label', { class: 'cx-form-label', for: input.id }, label), input);
}

const onDay = /** @type {const} */ ({ weekday: 'long', day: 'numeric', month: 'long' });
const atTime = /** @type {const} */ ({ hour: 'numeric', minute: '2-digit' });

/** @param {string} lang @param {number} ms @param {Intl.DateTimeFormatOptions} how */
const said = (lang, ms, how) => new Intl.DateTimeFormat(lang, how).format(ms);

/** A choice of days, and of the times of the chosen one. @param {(key: string) => string} t @param {number[]} times Unix ms */
function timesOf(t, times) {
  const days = [...new Set(times.map((ms) => new Date(ms).toDateString()))];
  const on = (/** @type {string} */ day) => times.filter((ms) => new Date(ms).toDateString() === day);
  const option = (/** @type {string | number} */ value, /** @type {string} */ text) => make('option', { value: String(value) }, text);
  const select = (/** @type {string} */ name, /** @type {HTMLElement[]} */ options) =>
    make('select', { class: 'cx-input cx-form-control', id: 'cx_form_callback_' + name, name }, ...options);
  const group = (/** @type {HTMLElement} */ input, /** @type {string} */ label) =>
    make('div', { class: 'cx-form-group' }, make('label', { class: 'cx-form-label', for: input.id }, label), input);
  const ofDay = (/** @type {string} */ day) => on(day).map((ms) => option(ms, said(t('Lang'), ms, atTime)));
  const day = select('day', days.map((day) => option(day, said(t('Lang'), on(day)[0], { weekday: 'short', day: 'numeric', month: 'short' }))));
  const time = select('time', days.length ? ofDay(days[0]) : []);
  day.onchange = () => time.replaceChildren(...ofDay(/** @type {HTMLSelectElement} */ (day).value));
  return make('div', { class: 'cx-callback-times' }, group(day, t('CallbackDay')), group(time, t('CallbackClock')));
}

/** The time that is asked for, in the visitor's own zone; 0 for as soon as possible. @param {Record<string, string>} written */
function desired({ desiredtime, time }) {
  return desiredtime === 'later' ? Number(time) || new Date(time).getTime() : 0;
}

/** The field that may not hold what it holds, and the key of the text that says why. @param {Record<string, string>} written */
function mistake(written) {
  const digits = written.phonenumber.replace(/\D/g, '').length;
  if (!phone.test(written.phonenumber) || digits < 3 || digits > 15) return ['phonenumber', 'CallbackNoPhone'];
  if (written.email && !email.test(written.email)) return ['email', 'CallbackNoEmail'];
  const ahead = desired(written) - Date.now();
  if (written.desiredtime === 'later' && !(ahead > 0 && ahead < furthest)) return ['time', 'CallbackNoTime'];
  return undefined;
}
