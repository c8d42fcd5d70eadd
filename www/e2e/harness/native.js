// A client that speaks the relay's own protocol over long polls, as far as a story needs it: it writes frames, and only
// looks which types of frames come back.

export const types = { hello: 1, requestCallback: 21, welcome: 40, callbackMade: 53, error: 60 };

/** msgpack of what frames hold. @param {unknown} value @returns {Buffer} */
function pack(value) {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([head(0xdb, text.length), text]);
  }
  if (typeof value === 'number') {
    const whole = Buffer.alloc(9, 0xd3);
    whole.writeBigInt64BE(BigInt(value), 1);
    return whole;
  }
  const pairs = Object.entries(value).flatMap(([key, one]) => [pack(key), pack(one)]);
  return Buffer.concat([head(0xdf, pairs.length / 2), ...pairs]);
}

function head(code, length) {
  const bytes = Buffer.alloc(5, code);
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

export function frame(type, fields) {
  return Buffer.concat([Buffer.from([0x92, type]), pack(fields)]);
}

/** Whether a frame of a type is in what the relay sent. */
function has(body, type) {
  return body.includes(Buffer.from([0x92, type]));
}

export class NativeVisitor {
  #origin;
  #base;
  #connection = '';

  /** A visitor on a page of a demo shop. @param {import('./relay.js').Relay} relay */
  constructor(relay) {
    this.#base = relay.base;
    this.#origin = relay.shop('shop-a').replace(/\/$/, '');
  }

  /** Says hello from a page. @param {{visit: string, device: string, page: string}} ids */
  async hello({ visit, device, page }) {
    const fields = { v: 1, role: 'visitor', deployment: 'demo', origin: this.#origin, visit, device, page, lang: 'en' };
    const { answer } = await this.#post('/native/v1/poll', frame(types.hello, fields));
    this.#connection = answer.headers.get('foyer-connection');
  }

  /** Asks to be rung, and waits until the relay has kept it. */
  async askForCall(fields) {
    await this.#post('/native/v1/send', frame(types.requestCallback, { ref: 1, ...fields }));
    for (let batch = 0; ; ) {
      const { answer, body } = await this.#post('/native/v1/poll', Buffer.alloc(0), { 'foyer-ack': String(batch) });
      if (has(body, types.callbackMade)) return;
      if (has(body, types.error)) throw new Error(`the relay refused: ${body.toString('latin1')}`);
      batch = Number(answer.headers.get('foyer-batch') ?? batch);
    }
  }

  async #post(path, body, headers = {}) {
    if (this.#connection) headers['foyer-connection'] = this.#connection;
    const answer = await fetch(this.#base + path, { method: 'POST', body, headers: { origin: this.#origin, ...headers } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return { answer, body: Buffer.from(await answer.arrayBuffer()) };
  }
}
