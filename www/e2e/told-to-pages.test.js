// What a customer's page gets to see of the window: in its functions, and with the events that it is told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { configuration, customersRelay, home, vendorWidgets } from './harness/customer-page.js';
import { fill, press } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

/** A form whose fields the page judges, each in its own way; what its functions are given goes into window.judged. */
const judgedForm = `{ form: { wrapper: '<table></table>', inputs: [
  { id: 'mail', name: 'email', label: 'E-mail', wrapper: '<tr><th>{label}</th><td>{input}</td></tr>',
    validate: function (event, form, input, label, $, CXBus, Common) {
      judged.push([event.type, form.is('form'), input.attr('id'), label.text(), $.fn.jquery.length > 0, typeof CXBus.command, typeof Common.linkify]);
      event.preventDefault();
      return input.val().match(/^[^@]+@[^@]+$/);
    } },
  { id: 'call.me', name: 'phone', label: 'Phone', validate: function (event, form, input) { input.val(input.val().replace(/[^0-9]/g, '')); return true; } },
  { id: 'nick', name: 'nickname', label: 'Nickname', validate: function (event, form, input) { if (input.val() === 'broken') input.no.such.thing(); } }
] } }`;

/** What the document shows when the page is told: a selector, with "!" in front of what must not be there any more. */
const shown = {
  'WebChat.opened': '.cx-webchat .cx-body',
  'WebChat.submitted': '.cx-webchat .cx-status',
  'WebChat.started': '.cx-transcript',
  'WebChat.minimized': '.cx-webchat.cx-minimized',
  'WebChat.unminimized': '.cx-webchat .cx-body',
  'WebChat.completed': '.cx-webchat .cx-ended',
  'WebChat.closed': '!.cx-webchat',
  'Callback.opened': '.cx-callback form #cx_form_callback_phone_number',
  'Callback.closed': '!.cx-callback',
};

describe('a page sees', () => {
  const scene = stage({ front: true, config: customersRelay });

  it('the fields of its form in the functions that judge them: one that refuses, or fails, stops the sending', async () => {
    scene.expect(/what judges the field "nickname" failed/);
    const customer = await scene.visitor();
    // An element of the page has the id of a field.
    const page = await customer.visit(scene.front.page(home, {
      head: '<script>judged = [], sent = [];</script>' + configuration(judgedForm) + vendorWidgets,
      body: '<form><input id="mail" value="the page’s own"></form>',
    }));
    await page.evaluate(() => {
      globalThis.CXBus.subscribe('WebChat.submitted', (e) => globalThis.sent.push(e.data.form));
      return globalThis.CXBus.command('WebChat.open');
    });
    const wrong = () => page.$$eval('.cx-webchat [aria-invalid="true"]', (fields) => fields.map(({ id }) => id));
    const submit = async (values, refused) => {
      for (const [id, value] of Object.entries(values)) await fill(page, `.cx-webchat [id="${id}"]`, value);
      await press(page, '.cx-webchat .cx-submit');
      await until(`the window marks ${refused}`, async () => (await wrong()).join() === refused);
    };
    await submit({ mail: 'nobody', 'call.me': '030/12 34', nick: 'Ann' }, 'mail');
    assert.deepEqual(await page.evaluate(() => globalThis.judged), [['submit', true, 'mail', 'E-mail', true, 'function', 'function']]);
    assert.equal(await page.$eval('.cx-webchat [id="call.me"]', (field) => field.value), '0301234');
    await submit({ mail: 'ann@example.com', nick: 'broken' }, 'nick');
    assert.deepEqual(await page.evaluate(() => globalThis.sent), [], 'something was sent');
    await submit({ mail: 'ann@exam;ple.com', nick: 'Ann' }, 'mail'); // which only the relay refuses
    await submit({ mail: 'ann@example.com' }, '');
    await page.locator('.cx-webchat .cx-input-container:not([hidden]) textarea').wait();
    const form = { email: 'ann@example.com', phone: '0301234', nickname: 'Ann' };
    assert.deepEqual(await page.evaluate(() => globalThis.sent), [{ ...form, email: 'ann@exam;ple.com' }, form]);
  });

  it('its fields as it described them, and none that it has hidden', async () => {
    const customer = await scene.visitor();
    const described = `{ form: { wrapper: '<table></table>', inputs: [
      { id: 'terms', name: 'terms', type: 'checkbox', label: 'The <a href="#t">terms</a>', 'data-kind': 'legal', style: 'outline: 3px solid rgb(1, 2, 3)', class: 'own' },
      { id: 'helper', name: 'helper', type: 'text', label: 'Helper', style: 'display:none', value: 'x' },
      { id: 'other', name: 'other', type: 'text', label: 'Other', hidden: true, wrapper: '<tr><td colspan="2">{label}<br>{input}</td></tr>' },
      { id: 'plain', name: 'plain', label: 'Plain', onclick: 'globalThis.ran = true', 'aria-describedby': 'x' } ] } }`;
    const page = await customer.visit(scene.front.page(home, { head: configuration(described) + vendorWidgets }));
    await page.evaluate(() => globalThis.CXBus.command('WebChat.open'));
    const rows = () => page.$$eval('.cx-webchat table tr', (all) => all.filter((row) => row.checkVisibility()).map((row) => row.innerText.trim()));
    await until('the form is styled', async () => (await rows()).length === 2);
    assert.deepEqual(await rows(), ['The terms', 'Plain']);
    await page.click('#plain');
    const seen = await page.evaluate(() => {
      const [terms, plain] = ['terms', 'plain'].map((id) => document.getElementById(id));
      return [terms.dataset.kind, terms.className, getComputedStyle(terms).outlineColor, document.querySelector('label[for=terms] a').getAttribute('href'), plain.getAttribute('aria-describedby'), plain.closest('td, th').localName, 'ran' in globalThis];
    });
    assert.deepEqual(seen, ['legal', 'cx-input own', 'rgb(1, 2, 3)', '#t', 'x', 'td', false]);
    await page.evaluate(() => (document.getElementById('helper').style.display = ''));
    assert.deepEqual(await rows(), ['The terms', 'Helper', 'Plain']);
  });

  it('on the page what it is told of', async () => {
    const customer = await scene.visitor();
    const page = await customer.visit(scene.front.page(home, {
      head: configuration('{}', '{ plugins: ["cx-callback"] }') + vendorWidgets,
    }));
    await page.evaluate((wanted) => {
      const { CXBus } = globalThis;
      const notes = (globalThis.notes = { seen: [], missing: [], lines: [] });
      for (const [name, selector] of Object.entries(wanted)) {
        CXBus.subscribe(name, () => {
          notes.seen.push(name);
          const there = !!document.querySelector(selector.replace('!', ''));
          if (there === selector.startsWith('!')) notes.missing.push(name);
        });
      }
      CXBus.subscribe('WebChat.messageAdded', ({ data: { data, html } }) => {
        const element = html?.nodeType ? html : html?.[0];
        notes.lines.push([data.text, !!element?.isConnected && element.textContent.includes(data.text)]);
      });
      const settled = (name, data) => new Promise((resolve) => CXBus.command(name, data).always((value) => resolve(value)));
      globalThis.settled = settled;
      return settled('WebChatService.registerPreProcessor', { preprocessor: (m) => ({ ...m, text: m.text && m.text + ' indeed' }) });
    }, shown);
    const run = (name, data) => page.evaluate((n, d) => globalThis.settled(n, d).then(() => {}), name, data);
    const notes = () => page.evaluate(() => globalThis.notes);
    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await run('WebChat.open', { form: { autoSubmit: true, firstname: 'Ann' } });
    await agent.accept(desk);
    await agent.write(desk, 'How can I help?');
    await until('the message is told', async () => (await notes()).lines.some(([text]) => text === 'How can I help? indeed'));
    const injected = await page.evaluate(() =>
      globalThis.CXBus.command('WebChat.injectMessage', { type: 'text', name: 'Shop', text: 'By the way' }).then((element) => element.isConnected && element.textContent.includes('By the way')),
    );
    assert.equal(injected, true);
    await run('WebChat.minimize', { minimized: true });
    await run('WebChat.minimize', { minimized: false });
    await agent.done(desk);
    await until('the end', async () => (await notes()).seen.includes('WebChat.completed'));
    await run('WebChat.close');
    await run('Callback.open');
    await run('Callback.close');
    const { seen, missing, lines } = await until('all events', async () => {
      const now = await notes();
      return now.seen.length === Object.keys(shown).length && now;
    });
    assert.deepEqual([seen, missing], [Object.keys(shown), []]);
    assert.ok(lines.length >= 5, `told of ${JSON.stringify(lines)}`);
    assert.deepEqual(lines.filter(([, there]) => !there), []);
  });
});
