// Ports for servers that cannot be asked which one they took, or that must come back on the same one.

import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of 127.0.0.1 that nobody has. It is below those that the system gives to outgoing connections (32768 to 60999 on
 * Linux): one of the browser's many cannot take it, neither before the server listens nor while it is restarted.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // somebody has it
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
