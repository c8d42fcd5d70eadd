// The demo's page of commands: every command of the list runs from its form and gets an answer.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import { commands } from '../demo/shop-a/command-list.js';

describe('the page of commands', () => {
  const scene = stage();

  it('runs each command and shows what it came to', async () => {
    const customer = await scene.visitor();
    scene.expect(/always throws/);
    const page = await customer.visit(scene.relay.shop('shop-a', '/commands.html'));
    const desk = await (await scene.agent()).atWork(scene.relay);
    await page.bringToFront();

    await run(page, 'WebChatService.startChat');
    await agent.accept(desk);
    await page.bringToFront();
    const atTheEnd = ['App.closeAll', 'WebChatService.endChat', 'WebChat.endChat', 'WebChat.close'];
    const rest = Object.keys(commands).filter((name) => name !== 'WebChatService.startChat' && !atTheEnd.includes(name));
    for (const name of rest) await run(page, name);
    for (const name of atTheEnd) await run(page, name);

    const unanswered = await page.$$eval('#results li', (lines) =>
      lines.filter((line) => !line.dataset.state).map((line) => line.dataset.command),
    );
    assert.deepEqual(unanswered, []);
    await until('events are listed', () => page.$eval('#events', (list) => list.textContent.includes('WebChatService.messageReceived')));
  });
});

/** Chooses the command, submits the form, and waits for the answer. */
async function run(page, name) {
  await page.select('#command', name);
  await page.$eval('#run', (form) => /** @type {HTMLFormElement} */ (form).requestSubmit());
  await until(`${name} is answered`, () =>
    page.$$eval('#results li', (lines, wanted) => lines.some((line) => line.dataset.command === wanted && line.dataset.state), name),
  );
}
