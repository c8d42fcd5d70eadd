// Sets a scene: a relay, a browser, and people who are gone when the test is over.

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach } from 'node:test';
import { Agent } from './agent.js';
import { launch } from './chromium.js';
import { Relay } from './relay.js';
import { Visitor } from './visitor.js';

/**
 * Call it in a describe block: the block has one browser, each test has a fresh relay. When a test is over, nobody may
 * have complained about anything that was not expected.
 * @param {{thirdPartyCookies?: 'allow' | 'block'}} [options]
 */
export function stage(options) {
  const scene = new Scene();
  let chromium;
  before(async () => {
    chromium = await launch(options);
    scene.browser = chromium.browser;
  });
  after(() => chromium?.remove());
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
  return scene;
}

export class Scene {
  /** @type {import('puppeteer-core').Browser} */
  browser = null;
  /** @type {Relay} */
  relay = null;
  #people = [];
  #expected = [];

  async open() {
    this.#people = [];
    this.#expected = [];
    this.relay = await Relay.fresh();
  }

  async close() {
    try {
      for (const person of this.#people) assert.deepEqual(person.unexpected(this.#expected), [], 'the browser complained');
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

  #add(person) {
    this.#people.push(person);
    return person;
  }
}
