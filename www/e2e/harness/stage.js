// Sets a scene: a relay, a browser, and people who are gone when the test is over.

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach } from 'node:test';
import { Agent } from './agent.js';
import { launch } from './chromium.js';
import { keepEvidence, passed } from './evidence.js';
import { Front } from './front.js';
import { Relay } from './relay.js';
import { Visitor } from './visitor.js';

/** What all blocks of a test file share: browsers by their mode, and the front. Closed in the end, the last one first. */
const open = new Map();
after(async () => {
  for (const { close } of (await Promise.all(open.values())).reverse()) await close();
});

/** @template T @param {string} what @param {() => Promise<{it: T, close: () => Promise<void>}>} opened @returns {Promise<T>} */
async function shared(what, opened) {
  if (!open.has(what)) open.set(what, opened());
  return (await open.get(what)).it;
}

const theFront = () =>
  shared('front', async () => {
    const front = await Front.open();
    return { it: front, close: () => front.close() };
  });

/** @param {'allow' | 'block' | undefined} thirdPartyCookies @param {Front | null} front @returns {Promise<import('puppeteer-core').Browser>} */
const theBrowser = (thirdPartyCookies, front) =>
  shared(`${thirdPartyCookies} ${!!front}`, async () => {
    const { browser, remove } = await launch({ thirdPartyCookies, args: front?.args });
    return { it: browser, close: remove };
  });

/**
 * Call it in a describe block: each test has a fresh relay, and people with browser profiles of their own. When a test is
 * over, nobody may have complained about anything that was not expected.
 * @param {object} [options]
 * @param {'allow' | 'block'} [options.thirdPartyCookies]
 * @param {boolean} [options.front]  pages of customers' own sites, at scene.front
 * @param {string} [options.config]  the relay's relay.yaml
 * @param {Record<string, string>} [options.resources]  the operator's own files, by name
 */
export function stage({ thirdPartyCookies, front, config, resources } = {}) {
  const scene = new Scene(config, resources);
  before(async () => {
    if (front) scene.front = await theFront();
    scene.browser = await theBrowser(thirdPartyCookies, scene.front);
  });
  beforeEach(() => scene.open());
  afterEach((t) => scene.close(/** @type {import('node:test').TestContext} */ (t)));
  return scene;
}

export class Scene {
  /** @type {import('puppeteer-core').Browser} */
  browser = null;
  /** @type {Relay} */
  relay = null;
  /** @type {Front} */
  front = null;
  #config;
  #resources;
  #people = [];
  #expected = [];

  /** @param {string} [config]  the relay's relay.yaml @param {Record<string, string>} [resources]  the operator's own files */
  constructor(config, resources) {
    this.#config = config;
    this.#resources = resources;
  }

  async open() {
    this.#people = [];
    this.#expected = [];
    this.relay = await Relay.fresh(this.#config, this.#resources);
    if (!this.front) return;
    this.front.forget();
    this.front.relay = this.relay;
  }

  /** @param {import('node:test').TestContext} t  of the test that is over */
  async close(t) {
    const complaints = this.#people.flatMap((person) => person.unexpected(this.#expected));
    try {
      if (!passed(t) || complaints.length > 0) await this.#keepEvidence(t);
      assert.deepEqual(complaints, [], 'the browser complained');
    } finally {
      await Promise.all(this.#people.map((person) => person.leave()));
      await this.relay?.remove();
    }
  }

  /** Complaints of the browser that belong to the story (a relay that is down cannot be reached). */
  expect(...patterns) {
    this.#expected.push(...patterns);
  }

  async visitor(options) {
    return this.#add(await Visitor.sitDown(this.browser, options));
  }

  async agent(options) {
    return this.#add(await Agent.sitDown(this.browser, options));
  }

  async #keepEvidence(t) {
    const sights = (await Promise.all(this.#people.map((person) => person.sights()))).flat();
    const said = this.#people.flatMap((person, i) => [`Person ${i + 1}`, ...person.said]);
    await keepEvidence(t.fullName, { sights, said, log: this.relay?.log });
  }

  #add(person) {
    this.#people.push(person);
    return person;
  }
}
