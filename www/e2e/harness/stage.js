// Sets a scene: a relay, a browser, and people who are gone when the test is over.

import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach } from 'node:test';
import { Agent } from './agent.js';
import { launch } from './chromium.js';
import { Front } from './front.js';
import { Relay } from './relay.js';
import { Visitor } from './visitor.js';

/**
 * Call it in a describe block: the block has one browser, each test has a fresh relay. When a test is over, nobody may
 * have complained about anything that was not expected.
 * @param {object} [options]
 * @param {'allow' | 'block'} [options.thirdPartyCookies]
 * @param {boolean} [options.front]  pages of customers' own sites, at scene.front
 * @param {string} [options.config]  the relay's relay.yaml
 * @param {Record<string, string>} [options.resources]  the operator's own files, by name
 */
export function stage({ thirdPartyCookies, front, config, resources } = {}) {
  const scene = new Scene(config, resources);
  let chromium;
  before(async () => {
    if (front) scene.front = await Front.open();
    chromium = await launch({ thirdPartyCookies, args: scene.front?.args });
    scene.browser = chromium.browser;
  });
  after(async () => {
    await chromium?.remove();
    await scene.front?.close();
  });
  beforeEach(() => scene.open());
  afterEach(() => scene.close());
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
