import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import express from 'express';
import express4 from 'express4';
import { TestServer, type Handler } from '../test/server.js';
import { UserAgent, type Page } from '../test/user-agent.js';
import { headerOf, send, targetOf, toRequest, type NodeRequest } from './node-http.js';

const origin = 'https://app.example';
const type = 'application/x-www-form-urlencoded';
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(() => undefined);
});
afterAll(() => server.stop());

/** What arrived as a web Request. */
interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Makes a web Request of Node's, and says what it is. */
async function tell(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const request = await toRequest(req, origin);
  const { method, url, headers } = request;
  await send(Response.json({ method, url, headers: Object.fromEntries(headers), body: await request.text() }), res);
}

const telling: Handler = (req, res) => {
  tell(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
};

async function arrived(page: Promise<Page>): Promise<Arrived> {
  const { status, text } = await page;
  expect([status, text]).toEqual([200, expect.stringMatching(/^\{/)]);
  return JSON.parse(text) as Arrived;
}

function ask(...given: Parameters<UserAgent['fetch']>): Promise<Page> {
  const [path, ...rest] = given;
  return new UserAgent().fetch(server.url + path, ...rest);
}

/** Speaks to the server byte by byte. */
async function speak(text: string): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined); // it is cut off on purpose
  socket.write(text);
  return socket;
}

async function answerTo(text: string): Promise<string> {
  const socket = await speak(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('a form on %s', (_name, framework) => {
  const text = { type: () => true };
  const parsers: [string, express.RequestHandler[]][] = [
    ['no parser', []],
    ['urlencoded', [framework.urlencoded({ extended: false })]],
    ['urlencoded, extended', [framework.urlencoded({ extended: true })]],
    ['json, which leaves forms alone', [framework.json()]],
    ['json, then urlencoded', [framework.json(), framework.urlencoded({ extended: true })]],
    ['raw', [framework.raw(text)]],
    ['text', [framework.text(text)]],
    ['something that waits', [(_req, _res, next) => void setImmediate(next)]],
  ];

  it.each(parsers)('after %s: the same parameters', async (_what, before) => {
    const app = framework();
    before.forEach((handler) => app.use(handler));
    app.use(telling);
    server.handler = app;
    const form = 'logout_token=a.b-c_d&twice=1&twice=2&plus=a+b%2Bc&umlaut=%C3%A9&empty=';
    const { body, method, headers } = await arrived(ask('/x', { form }));
    expect([...new URLSearchParams(body)]).toEqual([...new URLSearchParams(form)]);
    expect([method, headers['content-type']]).toEqual(['POST', type]);
  });

  it.each(parsers)('after %s: an empty form', async (_what, before) => {
    const app = framework();
    before.forEach((handler) => app.use(handler));
    app.use(telling);
    server.handler = app;
    expect((await arrived(ask('/x', { form: '' }))).body).toBe('');
    expect((await arrived(ask('/x', { method: 'POST', headers: { 'content-length': '0' } }))).body).toBe('');
    expect((await arrived(ask('/x', { method: 'POST' }))).body).toBe('');
  });

  it('after urlencoded, with names in brackets and a prototype: only texts, and lists of texts', async () => {
    const app = framework().use(framework.urlencoded({ extended: true }), telling);
    server.handler = app;
    const form = 'list[]=1&list[]=2&deep[a]=1&__proto__[x]=1&constructor=c';
    const { body } = await arrived(ask('/x', { form }));
    expect([...new URLSearchParams(body)].filter(([name]) => name !== 'constructor')).toEqual([
      ['list', '1'],
      ['list', '2'],
    ]);
  });

  it('after json, with a JSON body: its texts, under the type that it came with', async () => {
    server.handler = framework().use(framework.json(), telling);
    const headers = { 'content-type': 'application/json' };
    const { body, headers: came } = await arrived(ask('/x', { form: '{"a":"b","n":1,"deep":{"c":"d"}}', headers }));
    expect([body, came['content-type']]).toEqual(['a=b', 'application/json']);
  });

  it('after somebody who read the body and kept nothing: nothing', async () => {
    const drain: express.RequestHandler = (req, _res, next) => void req.resume().on('end', () => next());
    server.handler = framework().use(drain, telling);
    expect((await arrived(ask('/x', { form: 'a=b' }))).body).toBe('');
  });

  it('in a router below a path: the whole path all the same', async () => {
    server.handler = framework().use('/below', framework.Router().use('/it', telling));
    expect((await arrived(ask('/below/it/x?y=1'))).url).toBe(`${origin}/below/it/x?y=1`);
  });
});

describe('toRequest', () => {
  beforeEach(() => {
    server.handler = telling;
  });

  it.each<[string, Record<string, string>]>([
    ['Host', { host: 'evil.example' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' }],
    ['Forwarded', { forwarded: 'host=evil.example;proto=http' }],
  ])('[R10] takes no origin from %s', async (_what, headers) => {
    expect((await arrived(ask('/auth/callback?code=1', { headers }))).url).toBe(`${origin}/auth/callback?code=1`);
  });

  it.each([
    ['http://evil.example/auth/login', '/'],
    ['//evil.example/auth/login', '//evil.example/auth/login'],
    ['/a/../b', '/b'],
    ['/%2e%2e/b?q=%zz', '/b?q=%zz'],
  ])('[R10] of the target %s stays at our origin', async (target, path) => {
    const answer = await answerTo(`GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
    const { url } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Arrived;
    expect(url).toBe(origin + path);
  });

  it('keeps repeated headers, and cookies of several headers as one', async () => {
    const lines = ['Cookie: a=1', 'Cookie: b=2', 'X-Many: 1', 'X-Many: 2', 'X-Umlaut: \u00e9'];
    const head = `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.join('\r\n')}\r\n\r\n`;
    const answer = await answerTo(head);
    const { headers } = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as Arrived;
    expect([headers.cookie, headers['x-many']]).toEqual(['a=1; b=2', '1, 2']);
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'])(
    'keeps the method %s',
    async (method) => {
      server.handler = (req, res) =>
        void toRequest(req, origin).then((request) => res.setHeader('x-method', request.method).end());
      expect((await ask('/', { method })).headers.get('x-method')).toBe(method);
    },
  );

  it('TRACE, which no web Request may have, becomes a method that nobody answers', async () => {
    expect((await arrived(ask('/', { method: 'TRACE' }))).method).toBe('OPTIONS');
  });

  it.each([65_535, 65_536])('takes a body of %d bytes whole', async (length) => {
    expect((await arrived(ask('/', { form: 'x'.repeat(length) }))).body).toHaveLength(length);
  });

  it.each([65_537, 200_000, 1_000_000, 4 * 1024 * 1024])(
    'of a body of %d bytes takes more than a form may have, and not all; the answer reaches its sender',
    async (length) => {
      const { body } = await arrived(ask('/', { form: 'x'.repeat(length) }));
      expect(body.length).toBeGreaterThan(65_536);
      expect(body.length).toBeLessThanOrEqual(65_536 + 65_536);
    },
  );

  it('cuts off who never stops sending, and serves everybody else', async () => {
    const socket = await speak(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const more = (): void => void (socket.writable && socket.write(chunk, more));
    more();
    socket.resume();
    await closed;
    expect((await arrived(ask('/', { form: 'a=b' }))).body).toBe('a=b');
  });

  it.each<[string, (req: IncomingMessage) => unknown]>([
    ['while it is read', () => undefined],
    ['before anybody looks at it', (req) => new Promise((resolve) => req.on('close', resolve))],
  ])('rejects when its sender goes away %s', async (_what, before) => {
    const outcome = new Promise<unknown>((resolve) => {
      server.handler = (req) => {
        const made = Promise.resolve(before(req)).then(() => toRequest(req, origin));
        made.then(resolve, resolve);
      };
    });
    const came = server.nextRequest();
    const socket = await speak(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nlogout_token=`);
    await came;
    socket.destroy();
    expect(await outcome).toMatchObject({ message: expect.stringMatching(/aborted/) as string });
  });
});

describe('send', () => {
  function answering(response: () => Response, before: (res: ServerResponse) => void = () => undefined): Promise<Page> {
    server.handler = (_req, res) => {
      before(res);
      void send(response(), res);
    };
    return ask('/');
  }

  it('writes status, headers and body', async () => {
    const page = await answering(
      () => new Response('bödy', { status: 418, headers: { 'X-Own': 'yes', 'Content-Type': 'text/plain' } }),
    );
    expect([page.status, page.headers.get('x-own'), page.text]).toEqual([418, 'yes', 'bödy']);
    expect(page.headers.get('content-length')).toBe('5');
  });

  it('writes a redirect without a body', async () => {
    const page = await answering(() => new Response(null, { status: 303, headers: { Location: '/x' } }));
    expect([page.status, page.headers.get('location'), page.text]).toEqual([303, '/x', '']);
  });

  it('writes each cookie in a line of its own, beside those that the program has set', async () => {
    const headers = new Headers([
      ['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
      ['Set-Cookie', 'b=2'],
    ]);
    const own = (res: ServerResponse): void => void res.setHeader('Set-Cookie', ['app=1', 'theme=dark']);
    const page = await answering(() => new Response('', { headers }), own);
    expect(page.headers.getSetCookie()).toEqual([
      'app=1',
      'theme=dark',
      'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      'b=2',
    ]);
  });

  const helmet = (res: ServerResponse): void => {
    res.setHeader('X-Frame-Options', 'SAMEORIGIN').setHeader('Content-Security-Policy', "default-src 'self'");
    res.setHeader('X-Powered-By', 'app').setHeader('Cache-Control', 'public');
  };

  it('[RULE 3.7] replaces the policy and the framing rules of the program where it brings a policy', async () => {
    const headers = { 'content-security-policy': "frame-ancestors 'none'", 'cache-control': 'no-store' };
    const page = await answering(() => new Response('', { headers }), helmet);
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    expect([page.headers.get('cache-control'), page.headers.get('x-powered-by')]).toEqual(['no-store', 'app']);
  });

  it('and leaves them where it brings none', async () => {
    const page = await answering(() => new Response(''), helmet);
    expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'");
  });

  it('writes nothing where an answer was given already, or nobody is there to read it', async () => {
    const page = await answering(
      () => new Response('late', { status: 500 }),
      (res) => res.writeHead(200).end('first'),
    );
    expect([page.status, page.text]).toEqual([200, 'first']);
    const sent = new Promise((resolve) => {
      server.handler = (_req, res) => {
        res.on('close', () => void send(new Response('late'), res).then(() => resolve(res.headersSent)));
      };
    });
    const came = server.nextRequest();
    const socket = await speak('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await came;
    socket.destroy();
    expect(await sent).toBe(false);
  });
});

describe('targetOf and headerOf', () => {
  const request = (members: Partial<NodeRequest>): NodeRequest => members as NodeRequest;

  it('read what the browser asked for, before any router', () => {
    expect(targetOf(request({ originalUrl: '/a/b?c', url: '/b?c' }))).toBe('/a/b?c');
    expect(targetOf(request({ url: '/b?c' }))).toBe('/b?c');
    expect(targetOf(request({}))).toBe('/');
  });

  it('read a header that came several times as one text', () => {
    const req = request({ headers: { accept: 'text/html', 'set-cookie': ['a=1', 'b=2'] } });
    expect([headerOf(req, 'accept'), headerOf(req, 'set-cookie'), headerOf(req, 'x')]).toEqual([
      'text/html',
      'a=1, b=2',
      undefined,
    ]);
  });
});
