// A call from its beginning to its end: the visitor fills in the form on the shop's page, the agent rings and says how it
// went.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { violations } from './harness/axe.js';
import { aria, click, fill, shows } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const form = '.cx-widget.cx-callback';
const call = aria('region', 'Callback');

describe('a call that a visitor asks for', () => {
  const scene = stage();

  it('goes from the form to the agent, who rings and is done', async () => {
    const desk = await (await scene.agent()).atWork(scene.relay);
    await shows(desk, agent.conversation, 'You are ready');
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    await shop.evaluate(() => globalThis.CXBus.command('Callback.open', { form: { firstname: 'Ada', lastname: 'Byron' } }));
    await fill(shop, `${form} #cx_form_callback_phone_number`, '+44 20 7946 0018');
    await fill(shop, `${form} #cx_form_callback_subject`, 'A tent for two');
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'Thank you');

    await agent.pageShows(desk, 'A tent for two');
    await desk.locator('.fd-offer a[href="tel:+442079460018"]').wait();
    await click(desk, 'button', 'Accept');
    for (const fact of ['Ada Byron', 'A tent for two', '+44 20 7946 0018']) await shows(desk, call, fact);
    await click(desk, 'button', 'Reached');
    await agent.pageShows(desk, 'The callback of Ada Byron is done.');
    await shows(desk, agent.conversation, 'You are ready');
  });

  it('is taken back by the visitor while nobody has taken it over', async () => {
    const desk = await (await scene.agent()).atWork(scene.relay);
    await shows(desk, agent.conversation, 'You are ready');
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    await shop.evaluate(() => globalThis.CXBus.command('Callback.open', { form: { firstname: 'Ada', phonenumber: '+44 20 7946 0018' } }));
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'Thank you');
    await agent.pageShows(desk, 'Ada');
    await click(shop, 'button', 'Cancel this call');
    await shows(shop, form, 'Your call is cancelled.');
    assert.deepEqual(await violations(shop, form), []);
    await until('the offer is gone', async () => (await desk.$('.fd-offer')) === null);
    await shop.keyboard.press('Escape');
    await until('the form is gone', async () => (await shop.$(form)) === null);
  });
});
