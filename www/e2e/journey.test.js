// The tracker: walking through a shop is one visit, and the agent sees its pages in order.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { textOf } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

describe('the journey', () => {
  const scene = stage();

  it('shows three pages of one visit in order, and follows when the visitor goes on', async () => {
    const customer = await scene.visitor();
    const clerk = await scene.agent();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    const links = await visitor.linksOf(shop);
    assert.ok(links.length >= 3, `the shop has three more pages: ${links}`);
    const walk = [await shop.title()];
    for (const link of links.slice(0, 2)) {
      // Whoever leaves before the deployment is known has not consented to anything, and is not recorded.
      await shop.locator(visitor.chatButton).wait();
      await shop.goto(link);
      walk.push(await shop.title());
    }
    await visitor.startChat(shop, { firstname: 'Ada' });

    const desk = await clerk.atWork(scene.relay);
    await agent.accept(desk);
    await journeyIs(desk, walk);

    await shop.goto(links[2]);
    walk.push(await shop.title());
    await journeyIs(desk, walk);
  });

  it('keeps the visits of two visitors apart', async () => {
    const first = await scene.visitor();
    const second = await scene.visitor();
    const clerk = await scene.agent();
    await first.visit(scene.relay.shop('shop-b'));
    const shop = await second.visit(scene.relay.shop('shop-a'));
    await visitor.startChat(shop, { firstname: 'Grace' });
    const desk = await clerk.atWork(scene.relay);
    await agent.accept(desk);
    await journeyIs(desk, [await shop.title()]);
  });

  it('is one visit over a navigation and a new one in a new browser session', async () => {
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await shop.locator(visitor.chatButton).wait(); // ids are kept when it is known that they may be
    const before = await visitor.ids(shop);
    await shop.goto((await visitor.linksOf(shop))[0]);
    const after = await visitor.ids(shop);
    assert.equal(after.visitID, before.visitID);
    assert.equal(after.globalVisitID, before.globalVisitID);
    assert.notEqual(after.pageID, before.pageID);
    for (const id of Object.values(after)) assert.match(id, /^[0-9A-F]{32}$/);

    const other = await scene.visitor();
    const elsewhere = await visitor.ids(await other.visit(scene.relay.shop('shop-a')));
    assert.notEqual(elsewhere.visitID, before.visitID);
    assert.notEqual(elsewhere.globalVisitID, before.globalVisitID);
  });
});

/** Waits until the Journey region shows exactly these titles, in order. */
async function journeyIs(desk, titles) {
  let rows = [];
  try {
    await until('the journey', async () => {
      rows = await desk.$eval(agent.journey, (region) =>
        [...region.querySelectorAll('li')].map((row) => /** @type {HTMLElement} */ (row).innerText),
      );
      return rows.length === titles.length && titles.every((title, i) => rows[i].includes(title));
    });
  } catch (error) {
    const shown = await textOf(desk, agent.journey);
    throw new Error(`the journey is not ${JSON.stringify(titles)} but ${JSON.stringify(shown)}`, { cause: error.cause });
  }
}
