// One whole conversation, from the form to Done. Several stories have it: over a socket, over long polling, in a
// dedicated worker. Whatever carries it, visitor and agent see the same.

import * as agent from './agent.js';
import { until } from './until.js';
import * as visitor from './visitor.js';

/**
 * Visitor asks, agent accepts.
 * @param {import('./stage.js').Scene} scene
 * @param {object} [options]
 * @param {{proxy?: {address: string}}} [options.network]  how both reach the relay
 * @param {() => void} [options.prepare]  runs in the visitor's frames before any script
 * @param {Parameters<typeof visitor.startChat>[1]} [options.form]
 */
export async function inConversation(scene, { network, prepare, form } = {}) {
  const customer = await scene.visitor(network);
  const clerk = await scene.agent(network);
  const desk = await clerk.atWork(scene.relay);
  const shop = await customer.visit(scene.relay.shop('shop-a'), { prepare });
  await visitor.startChat(shop, form ?? { firstname: 'Ada', lastname: 'Byron' });
  await agent.accept(desk);
  return { customer, clerk, shop, desk };
}

/** Both write, both see typing, both see delivery. */
export async function bothTalk(shop, desk) {
  // Typing is over soon after the last key: who is to see it looks from the first one on.
  await Promise.all([agent.sees(desk, /typing/i), visitor.draft(shop, 'Is the blue tent in stock?')]);
  await shop.keyboard.press('Enter');
  await agent.reads(desk, 'Is the blue tent in stock?');
  await visitor.sees(shop, /delivered/i);

  await Promise.all([visitor.sees(shop, /typing/i), agent.draft(desk, 'Three of them are.')]);
  await desk.keyboard.press('Enter');
  await visitor.reads(shop, 'Is the blue tent in stock?', 'Three of them are.');
  await agent.sees(desk, /delivered/i);
}

/** The agent marks it done: the visitor is told, the agent's list is empty. */
export async function agentFinishes(shop, desk) {
  await agent.done(desk);
  await visitor.sees(shop, /ended|left/i);
  await until('the list of conversations is empty', async () => {
    const list = await desk.$(agent.conversations);
    return (await list.$$('[role="listitem"], li')).length === 0;
  });
}
