import { ConfigurationError, ProtectedResourceMetadata, type TokenOptions } from '@latchkey/core';
import { TestClock } from '../../core/test/clock.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { Api, audience, Mint } from '../test/api.js';
import { majors } from '../test/app.js';
import { protectedResourceMetadata, requireToken } from './index.js';

const clock = new TestClock();
const options = { issuer: 'https://op.example', audience, scope: 'orders:read', clock } satisfies TokenOptions;
const wellKnown = '/.well-known/oauth-protected-resource';

describe.each(majors)('[R83] protectedResourceMetadata() on $name', ({ express }) => {
  const start = (resource: string): Promise<Api> =>
    Api.start(express, (app) => {
      app.use(protectedResourceMetadata({ ...options, resource }, { resource_name: 'Orders' }));
      app.use((_req, res) => void res.status(404).send('the program'));
    });

  it('tells what the API is, whose tokens it takes, and which scopes they need', async () => {
    const api = await start('https://api.example');
    const { status, body, headers } = await api.ask(wellKnown);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(body)).toEqual({
      resource: 'https://api.example',
      authorization_servers: ['https://op.example'],
      scopes_supported: ['orders:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Orders',
    });
    expect(ProtectedResourceMetadata.fromJson(body).resource).toBe('https://api.example');
  });

  it('may be kept by caches, read by scripts of other origins, and asked for by its head', async () => {
    const api = await start('https://api.example');
    const got = await api.ask(wellKnown);
    expect([got.headers.get('cache-control'), got.headers.get('access-control-allow-origin')]).toEqual([
      'public, max-age=3600',
      '*',
    ]);
    const head = await api.ask(wellKnown, undefined, { method: 'HEAD' });
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([
      200,
      '',
      String(Buffer.byteLength(got.body)),
    ]);
    const again = await new UserAgent().fetch(api.url + wellKnown, {
      headers: { 'if-none-match': got.headers.get('etag') ?? '' },
    });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it.each([
    ['https://api.example', wellKnown],
    ['https://api.example/', wellKnown],
    ['https://api.example', `${wellKnown}?a=b`],
    ['https://api.example/v1', `${wellKnown}/v1`],
    ['https://api.example/v1/', `${wellKnown}/v1/`],
    ['https://api.example/v1?tenant=a', `${wellKnown}/v1?tenant=a`],
  ])('for %s is at %s', async (resource, path) => {
    const { status, body } = await (await start(resource)).ask(path);
    expect([status, (JSON.parse(body) as { resource: string }).resource]).toEqual([200, resource]);
  });

  it.each([
    ['https://api.example', `${wellKnown}/`],
    ['https://api.example', `${wellKnown}/v1`],
    ['https://api.example', wellKnown.toUpperCase()],
    ['https://api.example', `/api${wellKnown}`],
    ['https://api.example/v1', wellKnown],
    ['https://api.example/v1?tenant=a', `${wellKnown}/v1?tenant=b`],
    ['https://api.example/v1?tenant=a', `${wellKnown}/v1`],
  ])('for %s leaves %s to the program', async (resource, path) => {
    expect(await (await start(resource)).ask(path)).toMatchObject({ status: 404, body: 'the program' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('leaves %s to the program', async (method) => {
    const api = await start('https://api.example');
    expect(await api.ask(wellKnown, undefined, { method })).toMatchObject({ status: 404, body: 'the program' });
  });

  it('is where the challenges of the guard point to, and may be a route', async () => {
    const mint = await Mint.start();
    const resource = 'https://api.example/v1';
    const guarded = mint.options(clock, { resource });
    const api = await Api.start(express, (app) => {
      app.get(`${wellKnown}/v1`, protectedResourceMetadata(guarded));
      app.use(requireToken(guarded));
    });
    const { challenge } = await api.ask('/');
    const [, url = ''] = /resource_metadata="([^"]+)"/.exec(challenge ?? '') ?? [];
    expect(new URL(url).origin).toBe('https://api.example');
    const { body } = await api.ask(new URL(url).pathname);
    expect(JSON.parse(body)).toMatchObject({ resource, authorization_servers: [mint.issuer] });
    await mint.stop();
  });
});

it.each<[object, RegExp]>([
  [{}, /^Option resource: expected this API's identifier, came nothing\.$/],
  [{ resource: 'api' }, /^Option resource: expected an http\(s\) URL/],
  [{ resource: 'https://api.example', audience: undefined }, /^Option audience: /],
])('[R96] refuses options when it is made: %j', (more, message) => {
  const wrong = { ...options, ...more } as unknown as Parameters<typeof protectedResourceMetadata>[0];
  const make = (): unknown => protectedResourceMetadata(wrong);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});
