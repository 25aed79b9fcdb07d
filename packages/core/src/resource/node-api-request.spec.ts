import { once } from 'node:events';
import { createServer, connect as connectHttp2, type ServerHttp2Session } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TestServer } from '../../test/server.js';
import type { NodeRequest } from '../node-http.js';
import type { ApiRequest } from './bearer.js';
import { NodeApiRequest } from './node-api-request.js';

const names = ['authorization', 'dpop', 'accept', 'x-none'] as const;

/** What a guard sees of a request. */
function seen(request: ApiRequest): Record<string, unknown> {
  const headers = names.map((name) => [name, request.header(name), request.headerCount?.(name)]);
  return { method: request.method, target: request.target, headers };
}

/** What a server makes of a request that is sent as it stands here. */
async function sent(
  lines: readonly string[],
  read: (req: NodeRequest, res: ServerResponse) => unknown,
): Promise<unknown> {
  let result: unknown;
  const server = await TestServer.start((req, res) => {
    result = read(req, res);
    res.end();
  });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.end(`${['GET /a?b=c HTTP/1.1', 'Host: evil.example', 'Connection: close', ...lines].join('\r\n')}\r\n\r\n`);
  socket.resume();
  await once(socket, 'close');
  await server.stop();
  return result;
}

describe('[R69] a request of Node', () => {
  it('[R70] tells of headers that Node drops or joins', async () => {
    const lines = ['Authorization: Bearer abc', 'AUTHORIZATION: Bearer def', 'DPoP: x', 'dpop: y', 'Accept: a'];
    expect(await sent(lines, (req) => seen(new NodeApiRequest(req)))).toEqual({
      method: 'GET',
      target: '/a?b=c',
      headers: [
        ['authorization', 'Bearer abc', 2],
        ['dpop', 'x, y', 2],
        ['accept', 'a', 1],
        ['x-none', undefined, 0],
      ],
    });
  });

  it('says where the client went, whatever a framework has cut off, and what a body parser left', async () => {
    const read = (req: NodeRequest): unknown => {
      const made = new NodeApiRequest(Object.assign(req, { originalUrl: '/api/a?b=c', url: '/a?b=c', body: { c: 1 } }));
      return [made.target, made.body, made.socket === req.socket];
    };
    expect(await sent([], read)).toEqual(['/api/a?b=c', { c: 1 }, true]);
  });

  it('says a header of the answer, unless that is under way, or not known', async () => {
    const read = (req: NodeRequest, res: ServerResponse): unknown => {
      new NodeApiRequest(req).setHeader('DPoP-Nonce', 'none');
      const made = new NodeApiRequest(req, res);
      made.setHeader('DPoP-Nonce', 'one');
      const before = res.getHeader('dpop-nonce');
      res.flushHeaders();
      made.setHeader('DPoP-Nonce', 'two');
      return [before, res.getHeader('dpop-nonce')];
    };
    expect(await sent([], read)).toEqual(['one', 'one']);
  });

  it('without a method is a GET', () => {
    expect(new NodeApiRequest({} as IncomingMessage).method).toBe('GET');
  });
});

it('[R70] a request over HTTP/2 is seen as one over HTTP/1', async () => {
  const results: unknown[] = [];
  const server = createServer((req, res) => {
    results.push(seen(new NodeApiRequest(req as unknown as NodeRequest)));
    res.end();
  });
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => sessions.push(session));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = client.request({ ':path': '/a?b=c', authorization: 'Bearer abc', dpop: ['x', 'y'] });
  stream.resume();
  await once(stream, 'close');
  client.close();
  sessions.forEach((session) => session.close());
  server.close();
  await once(server, 'close');
  expect(results).toEqual([
    {
      method: 'GET',
      target: '/a?b=c',
      headers: [
        ['authorization', 'Bearer abc', 1],
        ['dpop', 'x, y', 2],
        ['accept', undefined, 0],
        ['x-none', undefined, 0],
      ],
    },
  ]);
});
