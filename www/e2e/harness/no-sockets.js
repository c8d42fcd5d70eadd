// A proxy as companies have them: it passes plain HTTP on and lets no WebSocket through. A browser that uses it asks it
// to CONNECT for every WebSocket, and is refused; nothing in page, worker or relay has to pretend.

import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** @returns {Promise<{address: string, refused: () => number, close(): Promise<void>}>} */
export async function proxyWithoutSockets() {
  let refused = 0;
  const server = createServer((incoming, answer) => {
    const { pathname, search, port } = new URL(incoming.url);
    const outgoing = request(
      { host: '127.0.0.1', port, path: pathname + search, method: incoming.method, headers: incoming.headers },
      (reply) => {
        answer.writeHead(reply.statusCode, reply.headers);
        reply.pipe(answer);
      },
    );
    outgoing.on('error', () => answer.writableEnded || answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  const refuse = (_request, socket) => {
    refused++;
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  };
  server.on('connect', refuse);
  server.on('upgrade', refuse);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    address: `http://127.0.0.1:${port}`,
    refused: () => refused,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
