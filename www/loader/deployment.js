// Fetches what the relay says about the deployment: an ES module, so that a page needs no connect-src for it.

import { chunk } from './chunk.js';

/**
 * @param {Tag} tag
 * @param {string} hints more that the relay may know it by, as a query that begins with &
 * @returns {() => Promise<{ default: Deployment }>}
 */
export const deploymentModule = (tag, hints) => chunk(tag.base + '/deployment.js?name=' + encodeURIComponent(tag.deployment) + hints);
