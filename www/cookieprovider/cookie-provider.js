// cookie-provider.min.js: the CookieProvider for pages without foyer.js, and beside it without harm.

import { guard } from '../loader/guard.js';
import { whenIdle } from '../loader/when.js';
import { publishCookieProvider } from './globals.js';
import { providerOf } from './provider.js';

guard('cookie-provider', () => publishCookieProvider(window, async () => ({ providerOf }), whenIdle))();
