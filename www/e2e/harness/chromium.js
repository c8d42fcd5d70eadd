// Debian's Chromium, headless. The stories of a file share one; each person in a story has a context of their own (like
// a browser profile), so that visitor and agent share no cookie and no worker.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';
import { patience } from './until.js';

const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** What profile.cookie_controls_mode means to Chromium. */
const cookieModes = { allow: 0, block: 1 };

/**
 * @param {{thirdPartyCookies?: 'allow' | 'block', args?: string[]}} [options]  thirdPartyCookies: Debian's default blocks
 *   them, stock Chrome allows them; args: further switches
 * @returns {Promise<{browser: import('puppeteer-core').Browser, remove: () => Promise<void>}>}
 */
export async function launch({ thirdPartyCookies = 'allow', args = [] } = {}) {
  const profile = await mkdtemp(join(tmpdir(), 'foyer-chromium-'));
  await mkdir(join(profile, 'Default'));
  await writeFile(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { cookie_controls_mode: cookieModes[thirdPartyCookies] } }),
  );
  const browser = await puppeteer.launch({
    executablePath: executable,
    userDataDir: profile,
    timeout: patience,
    defaultViewport: { width: 1440, height: 900 },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--lang=en-US',
      ...args,
    ],
  });
  return {
    browser,
    async remove() {
      await browser.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
