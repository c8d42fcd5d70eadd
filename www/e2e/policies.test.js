// Pages with policies of their own: strict Content-Security-Policy with Trusted Types, no referrer, COEP, plain http. The
// chat works, and the browser reports no violation.

import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { customersRelay } from './harness/customer-page.js';
import { stage } from './harness/stage.js';
import * as visitor from './harness/visitor.js';

/** @param {string} relay  origin */
const strict = (relay) =>
  [
    "default-src 'self'",
    `script-src 'self' ${relay}`,
    `style-src 'self' ${relay}`,
    `frame-src ${relay}`,
    `img-src 'self' ${relay} data:`,
    "require-trusted-types-for 'script'",
  ].join('; ');

/** @type {{name: string, site: string, relay: string, headers?: Record<string, string>}[]} */
const cases = [
  {
    name: 'a strict Content-Security-Policy with Trusted Types',
    site: 'https://www.customer.test/',
    relay: 'https://relay.test',
    headers: { 'content-security-policy': strict('https://relay.test') },
  },
  {
    name: 'the same with Referrer-Policy: no-referrer',
    site: 'https://www.customer.test/',
    relay: 'https://relay.test',
    headers: { 'content-security-policy': strict('https://relay.test'), 'referrer-policy': 'no-referrer' },
  },
  {
    name: 'the same under COEP and COOP',
    site: 'https://www.customer.test/',
    relay: 'https://relay.test',
    headers: {
      'content-security-policy': strict('https://relay.test'),
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-opener-policy': 'same-origin',
    },
  },
  { name: 'plain http', site: 'http://www.customer.test/', relay: 'http://relay.test' },
];

describe('a page with', () => {
  const scene = stage({ front: true, config: customersRelay });

  for (const { name, site, relay, headers } of cases) {
    it(name, async () => {
      // Under COEP a script of another origin has to be asked for with CORS.
      const head = `<script src="${relay}/foyer.js" crossorigin></script><script src="/page.js"></script>`;
      const scripts = { '/page.js': noteViolations };
      const customer = await scene.visitor();
      const shop = await customer.visit(scene.front.page(site, { head, headers, scripts }));
      const desk = await (await scene.agent()).atWork(scene.relay);
      await visitor.startChat(shop, { firstname: 'Ada' });
      await agent.accept(desk);
      await visitor.write(shop, 'good morning');
      await agent.write(desk, 'nice to meet you');
      await visitor.reads(shop, 'good morning', 'nice to meet you');
      await shop.reload();
      await visitor.windowIs(shop, 'open');
      await visitor.reads(shop, 'good morning', 'nice to meet you');
      await shop.evaluate(() => globalThis.CXBus.command('WebChat.injectMessage', { type: 'html', text: '<b>Bold</b> words' }));
      await visitor.sees(shop, 'Bold words');
      await shop.evaluate(() => {
        if (globalThis.violations.length > 0) throw new Error(globalThis.violations.join('\n'));
      });
    });
  }
});

const noteViolations = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample));
`;
