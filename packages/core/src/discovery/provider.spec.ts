import { setImmediate } from 'node:timers/promises';
import { TestClock } from '../../test/clock.js';
import { makeKey, sign } from '../../test/keys.js';
import { TestOp } from '../../test/op.js';
import { Http } from '../http.js';
import { verifyJwt } from '../keys/verify-jwt.js';
import { Provider } from './provider.js';

const hour = 3_600_000;
const key = makeKey('RSA', { kid: 'a' });
let http: Http;
let op: TestOp;
let clock: TestClock;
let provider: Provider;
beforeEach(async () => {
  op = await TestOp.start();
  op.keys = [key.jwk];
  clock = new TestClock();
  http = new Http({}, clock);
  provider = new Provider({ issuer: op.issuer, http, clock });
});
afterEach(async () => {
  await http.close();
  await op.server.stop();
});

/** Whether a token of the OP's is verified. */
async function verify(): Promise<unknown> {
  const jwt = await sign(key, { alg: 'RS256', kid: 'a' });
  return (await verifyJwt(jwt, provider.keys('tokens'), { algorithms: ['RS256'], types: [undefined] })).claims;
}

it('[D17] starts while the OP is down, and works as soon as it is up', async () => {
  await op.server.stop();
  const early = new Provider({ issuer: op.issuer, http, clock });
  expect(early.knownMetadata()).toBeUndefined();
  await expect(early.metadata()).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  await expect(early.keys('requests')({ alg: 'RS256' })).rejects.toMatchObject({ code: 'op_unreachable' });
  await op.server.listen();
  clock.advance(2000);
  expect((await early.metadata()).issuer).toBe(op.issuer);
  expect(early.knownMetadata()?.issuer).toBe(op.issuer);
});

it('fetches nothing before it is needed, then the metadata, then the keys, each once', async () => {
  expect(op.server.paths).toEqual([]);
  expect(await Promise.all(Array.from({ length: 64 }, verify))).toContainEqual({ sub: 'alice' });
  expect(op.server.paths).toEqual(['/.well-known/openid-configuration', '/jwks']);
});

it('[D6] [RULE 7.1] serves metadata and keys on while the OP is down, for 24 hours', async () => {
  await verify();
  await op.server.stop();
  for (const hours of [1, 12, 10]) {
    clock.advance(hours * hour);
    expect(await verify()).toEqual({ sub: 'alice' });
    expect((await provider.metadata()).issuer).toBe(op.issuer);
  }
  clock.advance(hour);
  await expect(verify()).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  await expect(provider.metadata()).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  expect(provider.knownMetadata()?.issuer).toBe(op.issuer);
  await op.server.listen();
  clock.advance(2000);
  expect(await verify()).toEqual({ sub: 'alice' });
});

it('finds its way by discoveryUrl', async () => {
  const elsewhere = new Provider({
    issuer: op.issuer,
    discoveryUrl: `${op.issuer}/x/.well-known/openid-configuration`,
    http,
    clock,
  });
  await elsewhere.metadata();
  expect(op.server.paths).toEqual(['/x/.well-known/openid-configuration']);
});

it.each([[{ issuer: 'http://op.example' }], [{ issuer: 'https://op.example', discoveryUrl: 'http://op.example/d' }]])(
  '[R24] refuses %j at construction',
  (options) => {
    expect(() => new Provider({ ...options, http, clock })).toThrow(/expected an https URL/);
    expect(() => new Provider({ ...options, http, clock, allowHttp: true })).not.toThrow();
  },
);

it('[D6] [R99] tells whether the OP answers, whatever it answers, once for all who ask', async () => {
  op.answers.set('/.well-known/openid-configuration', (_req, res) => void res.writeHead(500).end());
  await Promise.all([provider.reach(), provider.reach(), provider.reach()]);
  expect(op.fetches('openid-configuration')).toBe(1);
  clock.advance(4999);
  await provider.reach();
  expect(op.fetches('openid-configuration')).toBe(1);
  clock.advance(1);
  await provider.reach();
  expect(op.fetches('openid-configuration')).toBe(2);
  await op.server.stop();
  while (http.answeredWithin(op.issuer, 5000)) await setImmediate(); // until the end of its connections is seen
  await expect(provider.reach()).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  await expect(provider.reach()).rejects.toMatchObject({ code: 'op_unreachable', status: 503 });
  await op.server.listen();
  await expect(provider.reach()).resolves.toBeUndefined();
});

it('does not ask an OP that has just answered something else', async () => {
  await provider.metadata();
  await provider.reach();
  expect(op.fetches('openid-configuration')).toBe(1);
  await op.server.stop();
  await expect(provider.keys('tokens')({ alg: 'RS256' })).rejects.toMatchObject({ code: 'op_unreachable' });
  await expect(provider.reach()).rejects.toMatchObject({ code: 'op_unreachable' });
});

it('reports what it fetched, and what it could not', async () => {
  const heard: unknown[] = [];
  const report = (what: string, error?: unknown): void => void heard.push(error === undefined ? what : [what, error]);
  const watched = new Provider({ issuer: op.issuer, http, clock, report });
  await watched.keys('tokens')({ alg: 'RS256', kid: 'a' });
  expect(heard).toEqual(['metadata_fetched', 'keys_fetched']);
  await op.server.stop();
  clock.advance(25 * hour);
  await expect(watched.metadata()).rejects.toThrow();
  await expect(watched.reach()).rejects.toThrow();
  const failure = ['metadata_fetched', expect.objectContaining({ code: 'op_unreachable' })];
  expect(heard.slice(2)).toEqual([failure, failure]);
});
