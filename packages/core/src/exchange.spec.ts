import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { TestServer, type Handler } from '../test/server.js';
import { defaultDispatcher, exchange, type Exchange, type RawAnswer, TimeoutError, TooLargeError } from './exchange.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function ask(origin: string, more: Partial<Exchange> = {}): Promise<RawAnswer> {
  const dispatcher = defaultDispatcher(new Set());
  ends.push(() => dispatcher.destroy());
  const bounds = { timeout: 5000, maxBytes: 1000, judge: () => undefined };
  return exchange(dispatcher, { request: { origin, path: '/a?b', method: 'GET' }, ...bounds, ...more });
}
async function serve(handler: Handler): Promise<TestServer> {
  const server = await TestServer.start(handler);
  ends.push(() => server.stop());
  return server;
}

it('collects status, headers and body, those that come several times as lists', async () => {
  const server = await serve((_req, res) => {
    res.writeHead(404, ['Content-Type', 'text/plain', 'X-Two', '1', 'X-Two', '2']).write('a');
    setImmediate(() => res.end('b'));
  });
  const { status, headers, body } = await ask(server.url);
  expect({ status, text: body.toString() }).toEqual({ status: 404, text: 'ab' });
  expect(headers).toMatchObject({ 'content-type': 'text/plain', 'x-two': ['1', '2'] });
  expect(server.paths).toEqual(['/a?b']);
});

it('passes over what only announces the answer', async () => {
  const server = await serve((_req, res) => {
    res.writeEarlyHints({ link: '</x>; rel=preload' });
    res.writeHead(200).end('x');
  });
  const seen: number[] = [];
  const { status, headers } = await ask(server.url, { judge: (came) => void seen.push(came) });
  expect({ status, seen }).toEqual({ status: 200, seen: [200] });
  expect(headers).not.toHaveProperty('link');
});

it('asks the judge before the body comes, and ends with what it throws', async () => {
  const server = await serve((_req, res) => void res.writeHead(200).write('never ends'));
  const verdict = new Error('no');
  const judge = (): never => {
    throw verdict;
  };
  await expect(ask(server.url, { judge })).rejects.toBe(verdict);
});

it.each<[string, (text: string) => Buffer]>([
  ['gzip', gzipSync],
  ['GZIP', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('[RULE 7.3] reads %s that nobody asked for, within the same bound', async (encoding, pack) => {
  let length = 1000;
  const server = await serve((_req, res) => {
    res.writeHead(200, { 'content-encoding': encoding }).end(pack('x'.repeat(length)));
  });
  expect((await ask(server.url)).body.toString()).toBe('x'.repeat(1000));
  length = 1001;
  await expect(ask(server.url)).rejects.toBeInstanceOf(TooLargeError);
});

it.each([
  ['identity', 'x'],
  ['toString', 'x'],
  ['zstd', 'x'],
  ['gzip', ''],
])('leaves a body of encoding %s as it came: "%s"', async (encoding, text) => {
  const server = await serve((_req, res) => void res.writeHead(200, { 'content-encoding': encoding }).end(text));
  expect((await ask(server.url)).body.toString()).toBe(text);
});

it('fails where what is packed is broken', async () => {
  const server = await serve((_req, res) => void res.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
  await expect(ask(server.url)).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
});

describe('[R89] no answer in time', () => {
  /** Takes connections and says nothing, until it is told to speak. */
  async function mute(): Promise<{ server: Server; origin: string }> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => {
      server.close();
      await once(server, 'close');
    });
    return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  it('ends it, and cuts the connection', async () => {
    const { server, origin } = await mute();
    const cut = once(server, 'connection').then(([socket]) => once((socket as Socket).resume(), 'close'));
    await expect(ask(origin, { timeout: 20 })).rejects.toBeInstanceOf(TimeoutError);
    await cut;
  });

  it('ends what still waits for its connection, which then carries nothing', async () => {
    const { server, origin } = await mute();
    const received: string[] = [];
    server.on('connection', (socket) => socket.on('data', (chunk) => received.push(chunk.toString())));
    let go = (): void => undefined;
    const agent = new Agent({
      connect: ({ port }, done) => {
        go = () => {
          const socket = connect(Number(port), '127.0.0.1', () => done(null, socket));
        };
      },
    });
    ends.push(() => agent.destroy());
    const request = { origin, path: '/', method: 'GET' } as const;
    const late = exchange(agent, { request, timeout: 20, maxBytes: 10, judge: () => undefined });
    await expect(late).rejects.toBeInstanceOf(TimeoutError);
    const connected = once(server, 'connection');
    go();
    const [socket] = (await connected) as [Socket];
    await once(socket.end(), 'close');
    expect(received).toEqual([]);
  });
});

it('fails with what undici says of a request that cannot be sent', async () => {
  const request = { origin: 'http://127.0.0.1:1', path: 'no path', method: 'GET' } as const;
  await expect(ask('', { request })).rejects.toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
});
