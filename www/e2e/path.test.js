// The relay below a path of the customer's own host, behind a proxy that takes the path off.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { configuration, home } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const base = 'https://www.customer.test/help/chat';
const config = `
public_urls: ["${base}"]
deployments:
  - name: customer
    origins: ["https://www.customer.test"]
    features: {chat: true, monitoring: true}
`;

describe('below a path', () => {
  // What asks for anything outside the path gets 404, which the browser complains about.
  const scene = stage({ front: true, config });

  it('a chat goes on over a reload, the desktop works, and the hosted page is there', async () => {
    scene.front.below = '/help/chat';
    scene.front.page(home, { head: '<script async src="/help/chat/foyer.js" data-deployment="customer"></script>' });
    const desk = await (await scene.agent()).tab();
    await desk.goto(`${base}/desktop`);
    assert.equal(desk.url(), `${base}/desktop/`);
    await agent.signIn(desk);
    await agent.beReady(desk);

    const customer = await scene.visitor();
    const page = await customer.visit(home);
    await visitor.startChat(page, { firstname: 'Ada' });
    await agent.accept(desk);
    await visitor.write(page, 'good morning');
    await agent.reads(desk, 'good morning');
    await agent.write(desk, 'good day');
    await visitor.reads(page, 'good morning', 'good day');
    await page.reload();
    await visitor.reads(page, 'good morning', 'good day');
    await desk.reload();
    await agent.reads(desk, 'good morning', 'good day');

    const hosted = await (await scene.visitor()).visit(`${base}/chat/?deployment=customer`);
    await hosted.locator('#cx_webchat_form_firstname').wait();
  });

  it('an old page talks by polls', async () => {
    scene.expect(/WebSocket connection to .* failed/);
    scene.front.below = '/help/chat';
    scene.front.sockets = false;
    const script = '<script src="/help/chat/widgets/9.0/cxbus.min.js"></script><script>CXBus.loadPlugin("widgets-core");</script>';
    scene.front.page(home, { head: configuration('{ chatButton: { enabled: true } }') + script });
    const page = await (await scene.visitor()).visit(home);
    await visitor.startChat(page, { firstname: 'Ada' });
    await visitor.write(page, 'good morning');
    await visitor.reads(page, 'good morning');
    const pass = await until('a frame is there', () => page.frames().find((frame) => frame.url().startsWith(`${base}/bridge.html?`)));
    assert.ok(pass);
  });
});
