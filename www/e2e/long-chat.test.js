// A long chat: the transcript shows a page of it, and one more message costs the page next to nothing. What is judged is
// counted; `make bench` measures what it comes to in time.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { longChat, say } from './harness/long-chat.js';
import { workOf } from './harness/main-thread.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const many = 1000;
const mostElements = 1000;
/** Nodes that come or go with one message: the message itself, its states, and one that leaves the page of the transcript. */
const mostNodes = 30;
/** Layouts with one message: it is drawn, acknowledged and scrolled to. Far from one for each line that is shown. */
const mostLayouts = 8;

describe('a long chat', () => {
  const scene = stage();

  it('leaves the document small, and one more message changes little', async () => {
    const shop = await longChat(await scene.visitor(), scene.relay, many);
    const elements = () => shop.$$eval(`${visitor.chatWindow} *`, (all) => all.length);
    await until('the window is small', async () => (await elements()) < mostElements);

    const done = await workOf(shop);
    const before = await done();
    const more = 20;
    await say(shop, 'further', more);
    await visitor.sees(shop, `further ${more}.`);
    const after = await done();
    const [nodes, layouts] = [(after.nodes - before.nodes) / more, (after.layouts - before.layouts) / more];
    assert.ok(nodes <= mostNodes, `${nodes} nodes changed with each message`);
    assert.ok(layouts <= mostLayouts, `${layouts} layouts with each message`);

    await shop.reload();
    await visitor.sees(shop, `further ${more}.`);
    await until('the window is still small', async () => (await elements()) < mostElements);
  });
});
