// Sets a scene of the page's side alone: a relay of paper for each test, and somebody in a browser of their own.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { launch } from './chromium.js';
import { keepEvidence, passed } from './evidence.js';
import { PaperRelay } from './paper-relay.js';
import { Person } from './person.js';

/**
 * Call it in a describe block. When a test is over, the browser may not have complained about anything that was not
 * expected.
 * @param {object} options
 * @param {(scene: {relay: PaperRelay, person: Person}) => void} options.each  before each test
 * @param {RegExp[]} [options.expected]  complaints of the browser that belong to the tests
 */
export function paperStage({ each, expected = [] }) {
  let chromium, relay, person;
  before(async () => (chromium = await launch()));
  after(() => chromium?.remove());
  beforeEach(async () => {
    relay = await PaperRelay.open();
    person = await Person.sitDown(chromium.browser);
    each({ relay, person });
  });
  afterEach(async (t) => {
    const test = /** @type {import('node:test').TestContext} */ (t);
    const complaints = person.unexpected(expected);
    if (!passed(test) || complaints.length > 0) {
      const said = [...person.said, 'The worker of paper heard:', ...relay.heard.map((message) => JSON.stringify(message).slice(0, 500))];
      await keepEvidence(test.fullName, { sights: await person.sights(), said, log: relay.asked.join('\n') });
    }
    await person.leave();
    await relay.close();
    assert.deepEqual(complaints, [], 'the browser complained');
  });
}
