// Load on keep-alive connections, at little cost: one request after another on each, the answers counted.
import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const connections = 16;

/** The connections to one server, each of which sends the same request again and again. */
export class Load {
  #lanes;

  static async connect(url, path, headers) {
    const { hostname, port, host } = new URL(url);
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const request = `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
    const load = new Load();
    load.#lanes = await Promise.all(
      Array.from({ length: connections }, async () => {
        const socket = connect(Number(port), hostname).setNoDelay();
        await once(socket, 'connect');
        return new Lane(socket, request);
      }),
    );
    return load;
  }

  /** Requests for so many milliseconds; returns how many were answered in how many milliseconds. */
  async run(ms) {
    const start = performance.now();
    const counts = await Promise.all(this.#lanes.map((lane) => lane.run(start + ms)));
    return { requests: counts.reduce((sum, count) => sum + count, 0), ms: performance.now() - start };
  }

  close() {
    for (const lane of this.#lanes) lane.close();
  }
}

class Lane {
  #socket;
  #request;
  #text = '';
  #done = () => undefined;

  constructor(socket, request) {
    this.#socket = socket;
    this.#request = request;
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => this.#done(error));
    socket.on('close', () => this.#done(new Error('The server closed a connection.')));
  }

  run(until) {
    return new Promise((resolve, reject) => {
      let count = 0;
      this.#done = (error) => {
        if (error) return reject(error);
        count++;
        if (performance.now() < until) this.#socket.write(this.#request);
        else resolve(count);
      };
      this.#socket.write(this.#request);
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
