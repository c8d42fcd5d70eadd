// own, for the scripts that come after foyer.js: it hands them its own.

import { mark } from './mark.js';

/** @type {typeof import('./own.js').own} */
export const own = (name) => /** @type {any} */ (window)[mark].own(name);
