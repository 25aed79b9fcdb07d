import { ConfigurationError } from '@latchkey/core';
import type { RequestHandler } from 'express';
import { TestClock } from '../../core/test/clock.js';
import { Api, Mint, plainPage } from '../test/api.js';
import { majors } from '../test/app.js';
import { requireClaim, requireScope, requireToken } from './index.js';

let mint: Mint;
const clock = new TestClock();
beforeAll(async () => (mint = await Mint.start()));
afterAll(() => mint.stop());

const denied = (description: string, more = ''): string =>
  `Bearer error="insufficient_scope", error_description="${description}"${more}`;
const noScope = (scope: string): string =>
  denied('The access token was not granted what this takes.', `, scope="${scope}"`);
const noClaim = denied('A claim of the access token is not what this takes.');
const done: RequestHandler = (_req, res) => void res.json({});

describe.each(majors)('behind requireToken() on $name', ({ express }) => {
  const start = (...guards: RequestHandler[]): Promise<Api> =>
    Api.start(express, (app) => {
      app.use(requireToken(mint.options(clock)));
      app.use('/', guards, done);
    });

  it.each<[what: string, guard: () => RequestHandler, claims: object]>([
    ['a scope that is there', () => requireScope('a'), { scope: 'b a' }],
    ['all scopes that are demanded', () => requireScope('a b'), { scope: 'b c a' }],
    ['a list of them', () => requireScope(['a', 'b']), { scope: 'a b' }],
    ['[R84] scopes in a list', () => requireScope('a'), { scope: undefined, scp: ['a', 'b'] }],
    ['a claim that is equal', () => requireClaim('role', 'admin'), { role: 'admin' }],
    ['a claim that includes it', () => requireClaim('roles', 'admin'), { roles: ['user', 'admin'] }],
    ['a claim that is true', () => requireClaim('staff', true), { staff: true }],
    [
      'a claim as a predicate wants it',
      () => requireClaim('age', (age, { sub }) => Number(age) > 17 && sub === 'ada'),
      { age: 18 },
    ],
  ])('%s passes', async (_what, guard, claims) => {
    const api = await start(guard());
    expect((await api.ask('/', await mint.token(clock, { ...claims }))).status).toBe(200);
  });

  it.each<[what: string, guard: () => RequestHandler, claims: object, challenge: string]>([
    ['[R72] a scope that is missing', () => requireScope('a'), { scope: 'b' }, noScope('a')],
    ['[R84] one that is only like it', () => requireScope('a'), { scope: 'ab A a:b' }, noScope('a')],
    ['[R72] one of several', () => requireScope(['a', 'b']), { scope: 'a' }, noScope('a b')],
    ['[R72] no scope at all', () => requireScope('a b'), { scope: undefined }, noScope('a b')],
    ['another value', () => requireClaim('role', 'admin'), { role: 'Admin' }, noClaim],
    ['a claim that is missing', () => requireClaim('role', 'admin'), {}, noClaim],
    ['a list without it', () => requireClaim('roles', 'admin'), { roles: ['administrator'] }, noClaim],
    ['a text where a number is demanded', () => requireClaim('level', 3), { level: '3' }, noClaim],
    ['a missing claim before a predicate', () => requireClaim('role', () => true), {}, noClaim],
    [
      'what a predicate does not answer with true',
      () => requireClaim('role', (() => 'yes') as unknown as () => boolean),
      { role: 'a' },
      noClaim,
    ],
    ['[R94] a name that every object has', () => requireClaim('constructor', () => true), {}, noClaim],
  ])('refuses %s', async (_what, guard, claims, challenge) => {
    const api = await start(guard());
    const { headers: _headers, ...answer } = await api.ask('/', await mint.token(clock, { ...claims }));
    expect(answer).toEqual({ status: 403, challenge, body: plainPage('Forbidden') });
  });

  it('demands what each of several in one chain demands', async () => {
    const api = await start(requireScope('orders:read'), requireClaim('role', 'admin'), requireScope('orders:write'));
    const ask = async (claims: Record<string, unknown>): Promise<number> =>
      (await api.ask('/', await mint.token(clock, claims))).status;
    expect(await ask({ role: 'admin' })).toBe(200);
    expect([await ask({}), await ask({ role: 'admin', scope: 'orders:read' })]).toEqual([403, 403]);
  });

  it('[R86] answers 401 where no token is needed and none came', async () => {
    const api = await Api.start(express, (app) => {
      app.use(requireToken(mint.options(clock, { optional: true, realm: 'orders' })));
      app.get('/open', done);
      app.get('/read', requireScope('orders:read'), done);
      app.get('/admin', requireClaim('role', 'admin'), done);
    });
    expect((await api.ask('/open')).status).toBe(200);
    for (const path of ['/read', '/admin']) {
      const { headers: _headers, ...answer } = await api.ask(path);
      expect(answer).toEqual({ status: 401, challenge: 'Bearer realm="orders"', body: plainPage('Unauthorized') });
    }
    expect((await api.ask('/read', await mint.token(clock))).status).toBe(200);
  });

  it.each([{}, { optional: true }])(
    '[RULE 6.8] lets a preflight pass that the guard before let pass: %j',
    async (more) => {
      const api = await Api.start(express, (app) => {
        app.use(requireToken(mint.options(clock, { preflight: 'pass', ...more })), requireScope('orders:read'), done);
      });
      const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' };
      expect((await api.ask('/', preflight, { method: 'OPTIONS' })).status).toBe(200);
      expect((await api.ask('/', preflight, { method: 'PUT' })).status).toBe(401);
      expect((await api.ask('/', {}, { method: 'OPTIONS' })).status).toBe(401);
    },
  );

  it('speaks in the challenge of whichever guard stood before', async () => {
    const scope = requireScope('admin');
    const api = await Api.start(express, (app) => {
      app.get('/a', requireToken(mint.options(clock, { realm: 'a' })), scope, done);
      app.get('/b', requireToken(mint.options(clock, { realm: 'b' })), scope, done);
    });
    for (const name of ['a', 'b', 'a'])
      expect((await api.ask(`/${name}`, await mint.token(clock))).challenge).toMatch(`Bearer realm="${name}", error=`);
  });

  it.each<[string, () => RequestHandler]>([
    ['requireScope()', () => requireScope('a')],
    ['requireClaim()', () => requireClaim('role', 'admin')],
  ])('%s says what is missing where no guard stands before', async (name, guard) => {
    const errors: unknown[] = [];
    const api = await Api.start(express, (app) => {
      app.get('/', guard(), done);
      app.use((error: unknown, _req: unknown, res: Parameters<RequestHandler>[1], _next: unknown) => {
        errors.push(error);
        res.status(500).end();
      });
    });
    expect((await api.ask('/', await mint.token(clock))).status).toBe(500);
    expect(errors).toEqual([
      new TypeError(`Expected requireToken() before ${name}, came a request that it has not let pass.`),
    ]);
  });
});

it.each<[what: string, make: () => unknown, message: RegExp]>([
  ['no scope', () => requireScope(''), /^Option scope: expected scopes/],
  ['an empty list', () => requireScope([]), /^Option scope: expected scopes/],
  ['a scope that is left out', () => requireScope(undefined as unknown as string), /^Option scope: expected scopes/],
  ['[R85] a scope with a quote and a line break', () => requireScope(['a"\r\nX: y']), /^Option scope: expected scopes/],
  ['[R85] a scope that no token has', () => requireScope('zählen'), /^Option scope: expected scopes/],
  [
    'no value',
    () => requireClaim('role', undefined as unknown as string),
    /^Option claims\.role: expected a value or a predicate/,
  ],
  ['a list of values', () => requireClaim('role', ['a'] as unknown as string), /^Option claims\.role: /],
])('[R96] refuses %s when it is made: it would demand nothing', (_what, make, message) => {
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});
