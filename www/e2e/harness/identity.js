// What a customer's own server does: signs who its visitor is.

import { createHmac } from 'node:crypto';

/** The secret that the server shares with the relay. */
export const secret = 'the secret that the customer and the relay share';

/**
 * A JWT (HS256), good for five minutes unless the claims say otherwise.
 * @param {Record<string, unknown>} claims @param {string} [key]
 */
export function sign(claims, key = secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const body = part({ alg: 'HS256', typ: 'JWT' }) + '.' + part({ aud: 'customer', exp: now + 300, ...claims });
  return body + '.' + createHmac('sha256', key).update(body).digest('base64url');
}

/** @param {string} rules  more keys of the deployment */
export const identityRelay = (rules = '') => `
deployments:
  - name: customer
    origins: ["https://*.customer.test", "https://other.test"]
    features: {chat: true, monitoring: true}
    identity_secret: "${secret}"
${rules}`;
