// Debian's Firefox ESR as it is shipped, headless, over WebDriver BiDi. Names of hosts lead to the front, its proxy.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { patience } from './until.js';

const executable = process.env.FIREFOX ?? '/usr/bin/firefox-esr';

/**
 * @param {{proxy?: {host: string, port: number}}} [options]  without a proxy only localhost can be reached by name
 * @returns {Promise<{browser: import('puppeteer-core').Browser, remove: () => Promise<void>}>}
 */
export async function launch({ proxy } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'foyer-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: executable,
    userDataDir: profile,
    timeout: patience,
    acceptInsecureCerts: true,
    extraPrefsFirefox: {
      ...(proxy ? by(proxy) : {}),
      'browser.sessionhistory.max_total_viewers': 0, // the driver never sees the end of a navigation from a page of that cache
    },
  });
  return {
    browser,
    async remove() {
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** @param {{host: string, port: number}} proxy */
const by = ({ host, port }) => ({
  'network.proxy.type': 1, // by hand
  'network.proxy.http': host,
  'network.proxy.http_port': port,
  'network.proxy.ssl': host,
  'network.proxy.ssl_port': port,
  'network.proxy.no_proxies_on': '',
  'network.proxy.allow_hijacking_localhost': true,
});
