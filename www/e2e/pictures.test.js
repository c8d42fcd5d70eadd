// Pictures of shop and desktop in one conversation, wide and narrow, in out/ for people to look at. `make screenshots`
// puts two of them into the README.

import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { aria, picture } from './harness/person.js';
import { stage } from './harness/stage.js';
import * as visitor from './harness/visitor.js';

const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

describe('pictures', () => {
  const scene = stage();

  /** One picture for each size. */
  async function show(page, name) {
    await page.bringToFront();
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewport(viewport);
      await picture(page, `${name}-${size}`);
    }
    await page.setViewport(sizes.wide);
  }

  it('of a shop with its chat and of the desktop', async () => {
    const customer = await scene.visitor();
    const clerk = await scene.agent();
    const desk = await clerk.desktop(scene.relay);
    await desk.locator(aria('textbox', 'Username')).wait();
    await show(desk, 'desktop-sign-in');
    await agent.signIn(desk);
    await agent.beReady(desk);

    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await shop.locator(visitor.chatButton).wait();
    await show(shop, 'shop');
    for (const link of (await visitor.linksOf(shop)).slice(0, 2)) await shop.goto(link);
    await visitor.openChat(shop);
    await show(shop, 'chat-form');
    await visitor.submitForm(shop, {
      firstname: 'Ada',
      lastname: 'Byron',
      email: 'ada@example.com',
      subject: 'A tent for two',
    });
    await desk.locator(aria('button', 'Accept')).wait();
    await show(desk, 'desktop-offer');
    await show(shop, 'chat-queue');
    await agent.accept(desk);
    await visitor.write(shop, 'Hello! Is the two-person tent in stock, and would it stand a storm in October?');
    await agent.write(desk, 'Good morning! Yes, we have three of them.');
    await agent.write(desk, 'It is rated for 80 km/h of wind. Pitch it with all its guy lines and you will sleep well.');
    await visitor.write(shop, 'Then I take one, thank you.');
    await agent.reads(desk, 'Then I take one');
    await Promise.all([visitor.sees(shop, /typing/i), agent.draft(desk, 'With pleasure. Shall I put')]);
    await show(shop, 'chat');
    await show(desk, 'desktop');
    for (const page of [shop, desk]) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    }
    await show(shop, 'chat-dark');
    await show(desk, 'desktop-dark');
  });
});
