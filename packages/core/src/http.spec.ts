import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import tls from 'node:tls';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { TestClock } from '../test/clock.js';
import { TestServer, json, type Handler } from '../test/server.js';
import { OidcError } from './errors.js';
import { Http, type HttpOptions, type HttpRequest } from './http.js';

const proxyNames = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
const ends: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  for (const name of proxyNames) delete process.env[name];
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(handler: Handler): Promise<TestServer> {
  const server = await TestServer.start(handler);
  ends.push(() => server.stop());
  return server;
}
function makeHttp(options: HttpOptions = {}): Http {
  const http = new Http(options);
  ends.push(() => http.close());
  return http;
}
async function failure(http: Http, request: Partial<HttpRequest> & { url: string }): Promise<OidcError> {
  const error: unknown = await http.send({ accept: 'json', ...request }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OidcError);
  return error as OidcError;
}
const text =
  (body: string, type = 'application/json'): Handler =>
  (_req, res) =>
    void res.writeHead(200, { 'content-type': type }).end(body);

describe('what is sent and what comes back', () => {
  it('sends a GET with an accept header and returns status, headers, media type and text', async () => {
    let accept: string | undefined;
    const server = await serve((req, res) => {
      accept = req.headers.accept;
      json(res, { ok: 'ä' }, { 'content-type': 'Application/JSON; charset=utf-8', 'cache-control': 'max-age=60' });
    });
    const answer = await makeHttp().send({ url: `${server.url}/a?b=c`, accept: 'json' });
    expect(answer).toMatchObject({ status: 200, contentType: 'application/json', text: '{"ok":"ä"}' });
    expect(answer.headers.get('cache-control')).toBe('max-age=60');
    expect(accept).toBe('application/json');
    expect(server.paths).toEqual(['/a?b=c']);
  });

  it('sends a form with the headers that were given', async () => {
    const seen: string[] = [];
    const server = await serve((req, res) => {
      seen.push(req.method!, req.headers['content-type']!, req.headers.authorization!);
      req.on('data', (chunk: Buffer) => seen.push(chunk.toString())).on('end', () => json(res, {}));
    });
    const headers = { authorization: 'Basic x' };
    await makeHttp().send({ url: server.url, method: 'POST', headers, body: 'a=b', accept: 'json' });
    expect(seen).toEqual(['POST', 'application/x-www-form-urlencoded', 'Basic x', 'a=b']);
  });

  it.each([400, 401, 404])('returns a %i, whatever its content type', async (status) => {
    const server = await serve((_req, res) => void res.writeHead(status, { 'content-type': 'text/html' }).end('<p>'));
    expect(await makeHttp().send({ url: server.url, accept: 'json' })).toMatchObject({ status, text: '<p>' });
  });

  it.each([
    ['json', 'application/json', true],
    ['json', 'application/jwk-set+json', true],
    ['json', 'text/html', false],
    ['json', 'application/jsonp', false],
    ['json', '', false],
    ['jwt', 'application/jwt', true],
    ['jwt', 'application/token-introspection+jwt', true],
    ['jwt', 'application/json', false],
    ['json-or-jwt', 'application/json', true],
    ['json-or-jwt', 'application/jwt', true],
    ['json-or-jwt', 'text/plain', false],
    ['any', 'text/html', true],
    ['any', '', true],
  ] as const)('[R25] accept %s and content type "%s": %s', async (accept, type, taken) => {
    const headers: Record<string, string> = type === '' ? {} : { 'content-type': type };
    const server = await serve((_req, res) => void res.writeHead(200, headers).end('x'));
    const request = { url: server.url, accept };
    if (taken) expect(await makeHttp().send(request)).toMatchObject({ text: 'x', contentType: type });
    else expect(await failure(makeHttp(), request)).toMatchObject({ code: 'unexpected_content_type' });
  });

  it('sends through the dispatcher that was given, and leaves it open', async () => {
    const server = await serve(text('{}'));
    const origins: unknown[] = [];
    const agent = new Agent();
    ends.push(() => agent.close());
    const dispatcher = agent.compose((dispatch) => (options, handler) => {
      origins.push(options.origin);
      return dispatch(options, handler);
    });
    const http = new Http({ dispatcher });
    await http.send({ url: server.url, accept: 'json' });
    await http.close();
    await new Http({ dispatcher }).send({ url: server.url, accept: 'json' });
    expect(origins.map(String)).toEqual([server.url, server.url]);
  });

  it('can be closed before and after its first request', async () => {
    const server = await serve(text('{}'));
    await new Http().close();
    const http = new Http();
    await http.send({ url: server.url, accept: 'json' });
    await http.close();
    expect(await failure(http, { url: server.url })).toMatchObject({ code: 'op_unreachable' });
  });
});

describe('[R89] bounds', () => {
  it.each<[string, Handler]>([
    ['no answer', () => undefined],
    [
      'an answer that never ends',
      (_req, res) => void res.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    ],
  ])('ends the exchange in time: %s', async (_name, handler) => {
    const server = await serve(handler);
    const error = await failure(makeHttp({ timeout: 500 }), { url: `${server.url}/slow?code=secret` });
    expect(error).toMatchObject({ code: 'op_unreachable', status: 503 });
    expect(error.message).toBe(`GET ${server.url}/slow failed: no whole answer within 500 ms`);
    expect(server.paths).toHaveLength(1);
  });

  it.each([
    ['as many bytes as allowed', 'x'.repeat(100), true],
    ['one byte more', 'x'.repeat(101), false],
  ])('[RULE 7.3] counts the bytes: %s', async (_name, body, taken) => {
    const server = await serve(text(body));
    const request = { url: server.url, maxBytes: 100, accept: 'json' as const };
    if (taken) expect((await makeHttp().send(request)).text).toBe(body);
    else expect(await failure(makeHttp(), request)).toMatchObject({ code: 'message_too_large' });
  });

  it('[RULE 7.3] counts what has no content-length, by the limit of the client, 64 KB by default', async () => {
    const server = await serve((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => void (res.destroyed || res.write('x'.repeat(10_000), more)); // as long as anyone listens
      more();
    });
    expect(await failure(makeHttp({ maxBytes: 20_000 }), { url: server.url })).toMatchObject({
      code: 'message_too_large',
      message: `GET ${server.url}/: expected at most 20000 bytes, came more`,
    });
    expect((await failure(makeHttp(), { url: server.url })).message).toContain('65536');
  });

  it('[RULE 7.3] counts after decompression: content-length does not tell', async () => {
    const body = gzipSync('x'.repeat(1_000_000));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', 'content-length': body.length };
    const server = await serve((_req, res) => void res.writeHead(200, headers).end(body));
    expect(await failure(makeHttp(), { url: server.url })).toMatchObject({ code: 'message_too_large' });
  });

  it.each([301, 302, 303, 307, 308])('[R24] follows no %i', async (status) => {
    const server = await serve((_req, res) => void res.writeHead(status, { location: '/elsewhere' }).end());
    expect(await failure(makeHttp(), { url: server.url })).toMatchObject({ code: 'unexpected_status' });
    expect(server.paths).toEqual(['/']);
  });

  it('refuses TLS below 1.2, whatever the process allows', async () => {
    const before = tls.DEFAULT_MIN_VERSION;
    tls.DEFAULT_MIN_VERSION = 'TLSv1';
    const server = tls.createServer({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
    server.listen(0, '127.0.0.1');
    ends.push(async () => {
      tls.DEFAULT_MIN_VERSION = before;
      server.close();
      await once(server, 'close');
    });
    await once(server, 'listening');
    const error = await failure(makeHttp(), { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` });
    expect(error.message).toMatch(/PROTOCOL_VERSION/);
  });
});

describe('an OP that cannot be reached', () => {
  it.each([500, 502, 503, 429])('[D21] status %i is the OP being unavailable', async (status) => {
    const server = await serve((_req, res) => void res.writeHead(status).end());
    const error = await failure(makeHttp(), { url: `${server.url}/jwks` });
    expect(error).toMatchObject({
      code: 'op_unreachable',
      status: 503,
      message: `GET ${server.url}/jwks failed: status ${status}`,
    });
    expect(error.headers).toHaveProperty('Retry-After');
  });

  it('[R93] names the innermost cause', async () => {
    const server = await serve(text('{}'));
    await server.stop();
    const error = await failure(makeHttp(), { url: `${server.url}/token?secret=s3cret` });
    expect(error).toMatchObject({ code: 'op_unreachable', message: `GET ${server.url}/token failed: ECONNREFUSED` });
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('[RULE 8.1] shows no header, no query and no body, not even of what cannot be sent', async () => {
    const server = await serve(text('{}'));
    const request = { url: `${server.url}/?q=s3cret`, method: 'POST' as const, body: 'b=s3cret' };
    const error = await failure(makeHttp(), { ...request, headers: { authorization: 'Bearer s3cret\nx' } });
    expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
    expect(server.paths).toEqual([]);
  });

  it.each(['/relative', 'data:application/json,{}', 'http://user:s3cret@127.0.0.1/'])(
    'refuses the URL %s',
    async (url) => {
      const error = await failure(makeHttp(), { url });
      expect(error).toMatchObject({ code: 'invalid_metadata' });
      expect(inspect(error, { depth: 9 })).not.toContain('s3cret');
    },
  );

  it.each([
    ['GET', 1, 200, 2],
    ['GET', 2, 'op_unreachable', 2],
    ['POST', 1, 'op_unreachable', 1],
  ] as const)('[R89] a %s reset %i times: %s after %i requests', async (method, resets, outcome, requests) => {
    const server = await serve((req, res) => {
      if (server.paths.length <= resets) req.socket.resetAndDestroy();
      else json(res, {});
    });
    const request = { url: server.url, method, accept: 'json' as const };
    if (outcome === 200) expect(await makeHttp().send(request)).toMatchObject({ status: 200 });
    else expect(await failure(makeHttp(), request)).toMatchObject({ code: outcome });
    expect(server.paths).toHaveLength(requests);
  });
});

it('knows whether an origin answered a moment ago, whatever it answered, and is there still', async () => {
  const clock = new TestClock();
  const http = new Http({}, clock);
  ends.push(() => http.close());
  const server = await serve((_req, res) => void res.writeHead(503).end());
  const answered = (): boolean => http.answeredWithin(`${server.url}/elsewhere`, 1000);
  expect(answered()).toBe(false);
  await http.reach(server.url);
  clock.advance(999);
  expect(answered()).toBe(true);
  clock.advance(1);
  expect(answered()).toBe(false);
  expect(http.answeredWithin('http://127.0.0.1:1', 1000)).toBe(false);
  await http.reach(server.url);
  expect(answered()).toBe(true);
  await server.stop();
  while (answered()) await setImmediate(); // until the end of its connections is seen
  expect(answered()).toBe(false);
});

describe('[R89] [RULE 7.4] proxies of the environment', () => {
  async function proxy(target: TestServer): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((socket) => {
      socket.once('data', (head) => {
        asked.push(head.toString().split('\r\n')[0]!);
        const upstream = connect(Number(new URL(target.url).port), '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(upstream).pipe(socket);
        });
        socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(async () => {
      server.close();
      await once(server, 'close');
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  it('goes through the proxy', async () => {
    const server = await serve(text('{"via":"proxy"}'));
    const { url, asked } = await proxy(server);
    process.env.http_proxy = url;
    const answer = await makeHttp().send({ url: 'http://op.example/metadata', accept: 'json' });
    expect(answer.text).toBe('{"via":"proxy"}');
    expect(asked).toEqual(['CONNECT op.example:80 HTTP/1.1']);
  });

  it('goes past it where NO_PROXY says so', async () => {
    const server = await serve(text('{}'));
    const { url, asked } = await proxy(server);
    process.env.http_proxy = url;
    process.env.no_proxy = '127.0.0.1';
    await makeHttp().send({ url: server.url, accept: 'json' });
    expect(asked).toEqual([]);
  });
});
