// Consent in every order, as the relay's history and the browser's storage show it.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { customersRelay, home } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import { ids, openChat } from './harness/visitor.js';

const tag = '<script src="https://relay.test/foyer.js" data-deployment="customer"></script>';
const say = (...entries) => `<script>var _gt = window._gt || []; ${entries.map((entry) => `_gt.push(${JSON.stringify(entry)});`).join(' ')}</script>`;
const refuse = ['consent', false];
const agree = ['consent', true];

/** @param {'true' | 'false'} asks  the deployment asks for consent */
const relayWith = (asks) => `${customersRelay}    consent: ${asks}\nserver_addresses: ["127.0.0.1"]\n`;

/** Every event that the relay has, in order. @returns {Promise<any[]>} */
async function kept(scene) {
  const response = await fetch(`${scene.relay.base}/server/data/events?page_size=200`);
  return (await response.json()).sort((a, b) => a.timestamp - b.timestamp);
}
const names = (events) => events.map((event) => event.eventName);
const sent = (scene, name) => until(name, async () => names(await kept(scene)).includes(name));

const push = (page, ...entries) => page.evaluate((all) => all.forEach((entry) => globalThis._gt.push(entry)), entries);
/** What the site keeps of the visitor. */
const stored = (page) => page.evaluate(() => [document.cookie, ...Object.keys(localStorage)].filter(Boolean));

async function open(scene, head, prepare = undefined) {
  const visitor = await scene.visitor();
  const page = await visitor.tab({ prepare });
  await page.goto(scene.front.page(home, { head }));
  return page;
}

describe('consent that a site does not ask for', () => {
  const scene = stage({ front: true, config: relayWith('false') });

  it('once refused, and then given, begins a visit that has a beginning', async () => {
    const page = await open(scene, tag + say(refuse, ['event', 'Refused']));
    await push(page, ['event', 'RefusedToo']);
    await page.evaluate(() => history.pushState({}, '', '/refused'));
    assert.deepEqual(await stored(page), []);
    await push(page, agree, ['event', 'Agreed']);
    await sent(scene, 'Agreed');
    const events = await kept(scene);
    assert.deepEqual(names(events), ['VisitStarted', 'PageEntered', 'Agreed']);
    assert.deepEqual(events.map((event) => event.url), Array(3).fill(`${home}refused`));
  });

  it('given again after it was withdrawn, leads to nothing that was before', async () => {
    const page = await open(scene, tag);
    await push(page, ['event', 'Before'], ['sendSignIn', { userID: 'ada' }]);
    await sent(scene, 'SignIn');
    const before = await ids(page);
    await push(page, refuse, ['event', 'Refused']);
    assert.deepEqual(await stored(page), []);
    const between = await ids(page);
    await push(page, agree, ['event', 'After']);
    await sent(scene, 'After');
    const events = await kept(scene);
    assert.deepEqual(names(events), ['VisitStarted', 'PageEntered', 'Before', 'SignIn', 'VisitStarted', 'PageEntered', 'After']);
    const of = (list, field) => [...new Set(list.map((event) => event[field]))];
    for (const field of ['visitID', 'globalVisitID', 'pageID']) {
      assert.deepEqual(of(events.slice(0, 4), field), [before[field]], field);
      assert.deepEqual(of(events.slice(4), field), [between[field]], field);
      assert.notEqual(before[field], between[field], field);
    }
  });

  it('refused, keeps no ids of a visitor who chats, here and on the next page', async () => {
    const page = await open(scene, say(refuse) + tag);
    await openChat(page);
    await page.goto(home);
    await page.locator('.cx-webchat-chat-button').wait();
    assert.equal(await page.evaluate(() => document.cookie), '');
    assert.deepEqual(await kept(scene), []);
  });

  for (const [signal, prepare] of /** @type {[string, () => void][]} */ ([
    ['Global Privacy Control', () => void Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })],
    ['Do Not Track', () => void Object.defineProperty(navigator, 'doNotTrack', { value: '1' })],
  ])) {
    it(`is not there for who sends ${signal}, until they consent`, async () => {
      const page = await open(scene, tag + say(['event', 'Early']), prepare);
      await page.locator('.cx-webchat-chat-button').wait();
      assert.deepEqual([await stored(page), await kept(scene)], [[], []]);
      await push(page, agree);
      await sent(scene, 'Early');
      assert.deepEqual(names(await kept(scene)), ['VisitStarted', 'PageEntered', 'Early']);
    });
  }
});

describe('consent that a site asks for', () => {
  const scene = stage({ front: true, config: relayWith('true') });

  it('lets nothing be kept, framed or sent before, and then everything that waited', async () => {
    const page = await open(scene, tag + say(['event', 'Early']));
    await page.locator('.cx-webchat-chat-button').wait();
    assert.deepEqual([await stored(page), await page.$('iframe'), await kept(scene)], [[], null, []]);
    const before = await ids(page);
    await push(page, agree);
    await sent(scene, 'Early');
    const events = await kept(scene);
    assert.deepEqual(names(events), ['VisitStarted', 'PageEntered', 'Early']);
    for (const event of events) assert.equal(event.visitID, before.visitID);
    assert.equal((await stored(page)).length, 1);
  });

  it('given before the script and withdrawn behind it, leaves nothing', async () => {
    const page = await open(scene, say(agree) + tag);
    await sent(scene, 'PageEntered');
    await push(page, refuse);
    await until('the frame is gone', async () => !(await page.$('iframe')));
    assert.deepEqual(await stored(page), []);
    await page.goto('about:blank');
    assert.deepEqual(names(await kept(scene)), ['VisitStarted', 'PageEntered']);
  });
});
