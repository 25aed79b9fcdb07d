// Load on keep-alive connections, at little cost: one request after another on each, the answers counted.
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const connections = 16;

/** A request as it goes over the wire. */
export function requestFor(path, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/** The connections to one server, each of which sends the same request again and again, or what is next. */
export class Load {
  #lanes;

  static connect(url, path, headers) {
    return Load.inTurn(url, [requestFor(path, { host: new URL(url).host, ...headers })]);
  }

  /** Requests made beforehand, which all connections share: each sends the one that is next. */
  static async inTurn(url, requests) {
    const { hostname, port } = new URL(url);
    let n = 0;
    const next = () => requests[n++ % requests.length];
    const load = new Load();
    load.#lanes = await Promise.all(
      Array.from({ length: connections }, async () => {
        const socket = connect(Number(port), hostname).setNoDelay();
        await once(socket, 'connect');
        return new Lane(socket, next);
      }),
    );
    return load;
  }

  /** Requests for so many milliseconds; returns how many were answered in how many milliseconds. */
  run(ms) {
    const end = performance.now() + ms;
    return this.#while(() => performance.now() < end);
  }

  /** So many requests, at least one a connection; returns the same. */
  send(requests) {
    let sent = this.#lanes.length;
    return this.#while(() => sent++ < requests);
  }

  async #while(goesOn) {
    const start = performance.now();
    const counts = await Promise.all(this.#lanes.map((lane) => lane.run(goesOn)));
    return { requests: counts.reduce((sum, count) => sum + count, 0), ms: performance.now() - start };
  }

  close() {
    for (const lane of this.#lanes) lane.close();
  }
}

class Lane {
  #socket;
  #next;
  #text = '';
  #done = () => undefined;

  constructor(socket, next) {
    this.#socket = socket;
    this.#next = next;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#done(error));
    socket.on('close', () => this.#done(new Error('The server closed a connection.')));
  }

  run(goesOn) {
    return new Promise((resolve, reject) => {
      let count = 0;
      this.#done = (error) => {
        if (error) return reject(error);
        count++;
        if (goesOn()) this.#socket.write(this.#next());
        else resolve(count);
      };
      this.#socket.write(this.#next());
    });
  }

  #read(chunk) {
    this.#text += chunk.latin1Slice();
    const head = this.#text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#text)?.[1]);
    if (this.#text.length < head + 4 + length) return;
    const isRight = this.#text.startsWith('HTTP/1.1 200 ') && this.#text.length === head + 4 + length;
    const error = isRight ? undefined : new Error(`Expected one whole 200, came ${this.#text.slice(0, 200)}`);
    this.#text = '';
    this.#done(error);
  }

  close() {
    this.#done = () => undefined;
    this.#socket.destroy();
  }
}
