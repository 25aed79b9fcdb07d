import type { TokenOptions } from '@latchkey/core';
import express, { type Express, type RequestHandler } from 'express';
import passport from 'passport';
import { prove } from '../../core/test/dpop.js';
import { makeKey } from '../../core/test/keys.js';
import { refusal } from '../../core/test/refusal.js';
import { TestServer } from '../../core/test/server.js';
import { TokenOp } from '../../core/test/token-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, majors, pages, signIn } from '../test/app.js';
import { BearerStrategy, type PresentedToken, type Verify } from './index.js';

let op: TokenOp;
beforeAll(async () => {
  op = await TokenOp.start({ jwtTokens: true });
});
afterAll(() => op.stop());
afterEach(() => op.claims.clear());

const found: Verify<PresentedToken> = ({ auth }) => ({ sub: auth.sub ?? 'nobody' });

interface Api {
  readonly server: TestServer;
  readonly strategy: BearerStrategy;
}

const running = new Set<TestServer>();
afterEach(() => Promise.all([...running].map((server) => server.stop())));

/** An API of passport's, whose routes demand this and that. */
async function api(options: Partial<TokenOptions> = {}, verify = found, make: () => Express = express): Promise<Api> {
  const server = await TestServer.start(() => undefined);
  running.add(server);
  const own = new passport.Passport();
  const strategy = new BearerStrategy(
    { issuer: op.issuer, audience: op.audience, baseUrl: server.url, ...options },
    verify,
  );
  own.use(strategy);
  const app = make();
  app.set('env', 'test');
  app.use(express.urlencoded({ extended: false }));
  const by = (more: passport.AuthenticateOptions = {}): RequestHandler =>
    own.authenticate('bearer', { session: false, ...more }) as RequestHandler;
  const answer: RequestHandler = (req, res) =>
    void res.json({ user: req.user ?? null, scopes: [...(req.authInfo?.auth?.scopes ?? [])] });
  app.all('/orders', by(), answer);
  app.all('/read', by({ scope: 'orders:read' }), answer);
  app.all('/write', by({ scope: ['orders:read', 'orders:write'] }), answer);
  app.all('/any', by({ anyScope: 'orders:read orders:write' }), answer);
  app.all('/admin', by({ claims: { role: 'admin' } }), answer);
  app.all('/gold', by({ acr: 'gold', maxAge: 300 }), answer);
  app.all('/twice', by(), by({ scope: 'orders:read' }), answer);
  server.handler = app;
  return { server, strategy };
}

const ask = ({ server }: Api, page: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(server.url + page, { method, headers });
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const seen = (answer: Response): unknown[] => [answer.status, answer.headers.get('www-authenticate')];

describe.each(majors)('an API on $name', ({ make }) => {
  it('[R73] knows who a token is, and what it was granted', async () => {
    const to = await api({}, found, make);
    const answer = await ask(to, '/orders', bearer(await op.issue()));
    expect([answer.status, await answer.json()]).toEqual([200, { user: { sub: 'machine' }, scopes: ['orders:read'] }]);
  });

  it('[R74] asks for a token where none came', async () => {
    expect(seen(await ask(await api({ realm: 'orders' }, found, make), '/orders'))).toEqual([
      401,
      'Bearer realm="orders"',
    ]);
  });

  it.each<[what: string, page: string, headers: Record<string, string>, answer: [status: number, error: string]]>([
    ['what is no token', '/orders', bearer('a.b.c'), [401, 'invalid_token']],
    ['two tokens', '/orders?access_token=a', bearer('a'), [400, 'invalid_request']],
    ['none behind the scheme', '/orders', { authorization: 'Bearer ' }, [400, 'invalid_request']],
  ])('[R74] refuses %s', async (_what, page, headers, [status, error]) => {
    const answer = await ask(await api({}, found, make), page, headers);
    expect(seen(answer)).toEqual([status, expect.stringContaining(`error="${error}"`)]);
  });
});

describe('a route', () => {
  it.each<[page: string, status: number, error: string]>([
    ['/read', 200, ''],
    ['/write', 403, 'insufficient_scope'],
    ['/any', 200, ''],
    ['/admin', 403, 'insufficient_scope'],
    ['/gold', 401, 'insufficient_user_authentication'],
  ])('[R77] demands its own: %s', async (page, status, error) => {
    const answer = await ask(await api(), page, bearer(await op.issue()));
    expect(seen(answer)).toEqual([status, error ? expect.stringContaining(`error="${error}"`) : null]);
  });

  it('takes the claim that it wants', async () => {
    op.claims.set('role', 'admin');
    expect((await ask(await api(), '/admin', bearer(await op.issue()))).status).toBe(200);
  });

  it('may leave everything to who asks', async () => {
    const to = await api({ optional: true });
    expect(await (await ask(to, '/orders')).json()).toEqual({ user: null, scopes: [] });
    expect((await ask(to, '/orders', bearer('a.b.c'))).status).toBe(401);
    expect((await ask(to, '/read')).status).toBe(401);
  });

  it('lets preflights pass that bring nothing, and judges those that do', async () => {
    const to = await api({ preflight: 'pass' });
    const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    expect((await ask(to, '/write', preflight, 'OPTIONS')).status).toBe(200);
    const token = bearer(await op.issue());
    expect((await ask(to, '/write', { ...preflight, ...token }, 'OPTIONS')).status).toBe(403);
  });

  it('takes a token out of a form where it may', async () => {
    const { server } = await api({ bodyToken: true });
    const body = new URLSearchParams({ access_token: await op.issue() });
    expect((await fetch(`${server.url}/orders`, { method: 'POST', body })).status).toBe(200);
  });
});

describe('the program', () => {
  it.each<[how: string, verify: Verify<PresentedToken>]>([
    ['false', () => false],
    ['done', (_it, done) => done(null, false, { message: 'not this machine' })],
  ])('may refuse a good token, by %s', async (_how, verify) => {
    const answer = await ask(await api({}, verify), '/orders', bearer(await op.issue()));
    expect([answer.status, await answer.text()]).toEqual([403, 'Forbidden']);
  });

  it('may fail', async () => {
    const verify = (): Promise<never> => Promise.reject(new Error('the database is down'));
    const answer = await ask(await api({}, verify), '/orders', bearer(await op.issue()));
    expect([answer.status, (await answer.text()).includes('the database is down')]).toEqual([500, true]);
  });

  it('has to be asked', async () => {
    const make = (): BearerStrategy =>
      new BearerStrategy({ issuer: op.issuer, audience: op.audience }, undefined as unknown as Verify<PresentedToken>);
    expect(await refusal(make)).toMatchObject({ code: 'invalid_option' });
  });
});

it('[R79] takes a proof once for a request, however often that is asked about, and for no other', async () => {
  const to = await api({ dpop: true });
  const key = makeKey('P-256');
  const token = await op.issue({ key });
  const proof = await prove(key, { url: `${to.server.url}/twice`, token, now: Date.now() / 1000 });
  const headers = { authorization: `DPoP ${token}`, dpop: proof };
  expect((await ask(to, '/twice', headers)).status).toBe(200);
  expect(seen(await ask(to, '/twice', headers))).toEqual([401, expect.stringContaining('invalid_dpop_proof')]);
});

it('[R79] tells the nonce of the next proof', async () => {
  const to = await api({ dpop: { nonce: true } });
  const key = makeKey('P-256');
  const token = await op.issue({ key });
  const send = async (nonce?: string): Promise<Response> => {
    const proof = await prove(key, { url: `${to.server.url}/orders`, token, now: Date.now() / 1000, nonce });
    return ask(to, '/orders', { authorization: `DPoP ${token}`, dpop: proof });
  };
  const asked = await send();
  expect(seen(asked)).toEqual([401, expect.stringContaining('use_dpop_nonce')]);
  expect((await send(asked.headers.get('dpop-nonce') ?? '')).status).toBe(200);
});

it('[D21] is 503 while the OP cannot be asked, and never 401', async () => {
  const server = await TestServer.start(() => undefined);
  const to = await api({ jwksUri: `${server.url}/keys` });
  await server.stop();
  const answer = await ask(to, '/orders', bearer(await op.issue()));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
});

describe('before sessions in a chain', () => {
  const build = (app: App): void => {
    app.passport.use(new BearerStrategy({ issuer: op.issuer, audience: op.audience }, found));
    const both = app.by(['bearer', 'oidc'], { session: false, failWithError: true });
    app.express.get('/both', both, (req, res) => void res.json({ user: req.user }));
    pages(app);
  };
  const start = async (): Promise<{ app: App; agent: UserAgent }> => {
    const app = await App.start(op.op, {}, { build });
    const agent = new UserAgent();
    await signIn(agent, op.op, app);
    return { app, agent };
  };

  it('lets the session in where no token came', async () => {
    const { app, agent } = await start();
    expect(json(await agent.fetch(`${app.url}/both`)).user).toMatchObject({ sub: 'ada' });
    const none = await new UserAgent().fetch(`${app.url}/both`, { headers: background });
    expect([none.status, none.headers.get('www-authenticate'), json(none).error]).toEqual([
      401,
      'Bearer',
      'login_required',
    ]);
  });

  it('[RULE 6.1] a token decides alone', async () => {
    const { app, agent } = await start();
    const good = await agent.fetch(`${app.url}/both`, { headers: { ...background, ...bearer(await op.issue()) } });
    expect(json(good).user).toEqual({ sub: 'machine' });
    for (const token of ['a.b.c', await op.issue({ resource: 'https://other.example' })]) {
      const page = await agent.fetch(`${app.url}/both`, { headers: bearer(token) });
      expect([page.status, page.headers.get('location')]).toEqual([401, null]);
      expect(page.headers.get('www-authenticate')).toContain('invalid_token');
    }
  });
});
