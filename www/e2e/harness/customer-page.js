// Pages of a customer's own site, as people wrote them for Genesys Widgets 9, behind harness/front.js.

import { until } from './until.js';

/** A relay.yaml under which the sites of the front may use the relay. */
export const customersRelay = `
deployments:
  - name: customer
    origins: ["https://*.customer.test", "http://*.customer.test"]
    languages: [en, de, fr, es, ja, ar]
    features: {chat: true, monitoring: true, typing_preview: true}
`;

export const home = 'https://www.customer.test/';

/** The vendor's script. It does nothing before the page loads a plugin. */
export const vendorScript = '<script src="https://apps.mypurecloud.de/widgets/9.0/cxbus.min.js"></script>';
/** The same, and the widgets start. */
export const vendorWidgets = vendorScript + "<script>CXBus.loadPlugin('widgets-core');</script>";

/** A script that gives the page its configuration, before the vendor's. @param {string} webchat  source of the object */
export function configuration(webchat, main = '{}') {
  return `<script>window._genesys = { widgets: { main: ${main}, webchat: ${webchat} } };</script>`;
}

/** A configuration as the samples leave it, with nothing filled in, and a chat button. @param {boolean} async */
export function emptyTransport(async = false) {
  const transport = `{ type: '', dataURL: '', endpoint: '', headers: { 'x-api-key': '' }${async ? ', async: { enabled: true }' : ''} }`;
  return `{ chatButton: { enabled: true }, transport: ${transport} }`;
}

/** Waits until the bus knows that the service takes commands. */
export async function serviceReady(page) {
  await page.evaluate(() => new Promise((resolve) => globalThis.CXBus.subscribe('WebChatService.ready', resolve)));
}

/**
 * Runs a command of the bus.
 * @returns {Promise<{state: 'resolved' | 'rejected', value: any}>}  value: as far as it can leave the page
 */
export function command(page, name, data) {
  return page.evaluate(runCommand, name, data);
}

function runCommand(name, data) {
  return new Promise((resolve) => {
    const settled = globalThis.CXBus.command(name, data);
    settled.always((value) => resolve({ state: settled.state(), value: globalThis.portable?.(value) ?? value }));
  });
}

/** Give it to Person.tab as prepare: notes every event of these names, in order, in window.noted. */
export function noteEvents() {
  const names = {
    WebChat: 'ready opened started submitted rejected completed cancelled closed minimized unminimized messageAdded',
    WebChatService:
      'ready started Started restored restoreTimeout restoreFailed reconnected messageReceived error ended disconnected ' +
      'clientTypingStopped clientTypingStarted clientDisconnected clientConnected agentTypingTimeout agentTypingStopped ' +
      'agentTypingStarted agentDisconnected agentConnected',
  };
  globalThis.noted = [];
  /** What of a value survives the way out of the page. */
  globalThis.portable = (value) => {
    try {
      return value === undefined ? undefined : JSON.parse(JSON.stringify(value, (_, v) => (v instanceof Node ? v.nodeName : v)));
    } catch {
      return String(value);
    }
  };
  addEventListener('DOMContentLoaded', () => {
    for (const [namespace, list] of Object.entries(names)) {
      for (const name of list.split(' ')) {
        globalThis.CXBus.subscribe(`${namespace}.${name}`, (e) => {
          globalThis.noted.push({ name: `${namespace}.${name}`, data: globalThis.portable(e.data) });
        });
      }
    }
  });
}

/** Waits for an event that noteEvents has noted. @returns {Promise<any>} its data, of the last one */
export async function noted(page, name, matches = (_data) => true) {
  const found = await until(`the event ${name}`, async () => {
    const all = await page.evaluate((wanted) => globalThis.noted.filter((event) => event.name === wanted), name);
    const fitting = all.filter((event) => matches(event.data));
    return fitting.length > 0 && fitting;
  });
  return found.at(-1).data;
}

/** Names of the events so far, in order. @returns {Promise<string[]>} */
export function eventNames(page) {
  return page.evaluate(() => globalThis.noted.map((event) => event.name));
}
