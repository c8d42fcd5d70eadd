// A visitor asks to be rung; an agent takes the call, sees who it is and where they have been, and says how it went.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { violations } from './harness/axe.js';
import { NativeVisitor } from './harness/native.js';
import { aria, click, fill, picture, shows } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';

const ids = { visit: 'A'.repeat(32), device: 'B'.repeat(32), page: 'C'.repeat(32) };
const call = aria('region', 'Callback');

async function asks(scene, clientID = 'call-1') {
  const visitor = new NativeVisitor(scene.relay);
  await visitor.hello(ids);
  const userData = { webengagement: '', visitID: ids.visit, pageID: ids.page };
  await visitor.askForCall({ cid: clientID, name: 'Ada Byron', phone: '+49 30 123456', subject: 'A tent', userData });
}

describe('a callback', () => {
  const scene = stage();

  it('is offered, taken and done', async () => {
    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await shows(desk, agent.conversation, 'You are ready');
    await shows(desk, agent.conversation, 'Nobody is waiting.');
    await picture(desk, 'desktop-empty');

    await asks(scene);
    await agent.pageShows(desk, 'A tent');
    await desk.locator('.fd-offer a[href="tel:+4930123456"]').wait();
    assert.deepEqual(await violations(desk, 'html'), []);
    await picture(desk, 'callback-offer');

    await click(desk, 'button', 'Accept');
    await shows(desk, call, 'How did the call go?');
    for (const fact of ['webengagement', 'accepted an invitation', 'visitID', ids.visit, ids.page]) await shows(desk, agent.attachedData, fact);
    for (const width of [1440, 390]) {
      for (const scheme of ['light', 'dark']) {
        await desk.setViewport({ width, height: 900 });
        await desk.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
        assert.deepEqual(await violations(desk, 'html'), [], `${width} ${scheme}`);
        await picture(desk, `callback-${width}-${scheme}`);
      }
    }
    await desk.setViewport({ width: 1440, height: 900 });

    await fill(desk, aria('textbox', 'Note (optional)'), 'fine');
    await click(desk, 'button', 'Reached');
    await agent.pageShows(desk, 'The callback of Ada Byron is done.');
    await shows(desk, agent.conversation, 'You are ready');
  });

  it('waits for an agent over a restart of the relay, and is taken by keyboard', async () => {
    await asks(scene);
    await scene.relay.kill();
    await scene.relay.start();
    const clerk = await scene.agent();
    const desk = await clerk.atWork(scene.relay);
    await agent.pageShows(desk, 'Ada Byron');
    await desk.keyboard.down('Alt');
    await desk.keyboard.press('Enter');
    await desk.keyboard.up('Alt');
    await shows(desk, call, 'How did the call go?');
    await desk.reload();
    await shows(desk, call, 'How did the call go?');
    await desk.locator(aria('button', 'Wrong number')).wait();
    await desk.focus('.fd-call-answers button:nth-of-type(2)');
    await desk.keyboard.press('Enter');
    await until('the call is done', async () => (await desk.$(call)) === null);
  });
});
