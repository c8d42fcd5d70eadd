// What a customer's page gets to see of the window: in its functions, and with the events that it is told.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
    await submit({ nick: 'Ann' }, '');
    await page.locator('.cx-webchat textarea.cx-message-input').wait();
    assert.deepEqual(await page.evaluate(() => globalThis.sent), [{ email: 'ann@example.com', phone: '0301234', nickname: 'Ann' }]);
  });
});
