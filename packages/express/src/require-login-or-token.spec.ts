import { ConfigurationError } from '@latchkey/core';
import type { Express, RequestHandler } from 'express';
import { calculateJwkThumbprint } from 'jose';
import { breakableStore } from '../../core/test/breakable-store.js';
import { TestClock } from '../../core/test/clock.js';
import { CrookedOp } from '../../core/test/crooked-op.js';
import { prove } from '../../core/test/dpop.js';
import { makeKey } from '../../core/test/keys.js';
import { json as reply, TestServer } from '../../core/test/server.js';
import { type Page, UserAgent } from '../../core/test/user-agent.js';
import { App, type AppOptions, background, json, majors } from '../test/app.js';
import { type LoginOrTokenOptions, requireClaim, requireLoginOrToken, requireScope } from './index.js';

const key = makeKey('P-256');
const refused = (error: string, description: string): string =>
  `Bearer error="${error}", error_description="${description}"`;
const expired = refused('invalid_token', 'The access token has expired.');
const malformed = refused('invalid_request', 'The request brings no credentials that can be read, or several.');

describe.each(majors)('requireLoginOrToken() on $name', ({ express }) => {
  let clock: TestClock;
  let op: CrookedOp;
  beforeEach(async () => {
    clock = new TestClock(Math.ceil(Date.now() / 1000) * 1000);
    op = await CrookedOp.start(clock);
  });
  afterEach(() => op.stop());

  const say: RequestHandler = ({ auth, oidc: { isAuthenticated, user } }, res) => {
    res.json({ token: auth?.sub ?? null, session: isAuthenticated ? user?.sub : null });
  };

  /** A program with one route for both, which says who came. */
  const start = (guard: LoginOrTokenOptions = {}, options: AppOptions = {}): Promise<App> =>
    App.start(op, express, { clock, ...options }, (program: Express, auth) => {
      program.use(auth);
      program.get('/login', (_req, res) => res.oidc.login({ returnTo: '/both' }));
      program.all('/both', requireLoginOrToken(guard), say);
      program.get('/scoped', requireLoginOrToken(guard), requireScope('orders:read'), say);
      program.get('/claimed', requireLoginOrToken(guard), requireClaim('role', 'admin'), say);
    });

  const tokenFor = (app: App, more: Record<string, unknown> = {}): Promise<string> =>
    op.sign(
      {
        iss: op.issuer,
        aud: app.url,
        sub: 'machine',
        client_id: 'robot',
        iat: op.now,
        exp: op.now + 300,
        jti: 'j-1',
        scope: 'orders:read',
        ...more,
      },
      { typ: 'at+jwt' },
    );
  const bearer = (token: string): Record<string, string> => ({ ...background, authorization: `Bearer ${token}` });
  const signedIn = async (app: App): Promise<UserAgent> => {
    const agent = new UserAgent();
    expect(json(await agent.open(`${app.url}/login`))).toEqual({ token: null, session: 'ada' });
    return agent;
  };
  const told = ({ status, headers, text }: Page): unknown => [status, headers.get('www-authenticate'), text];

  it('takes a token of the issuer, for the base URL, by default', async () => {
    const app = await start();
    const agent = new UserAgent();
    const page = await agent.fetch(`${app.url}/both`, { headers: bearer(await tokenFor(app)) });
    expect([page.status, json(page)]).toEqual([200, { token: 'machine', session: null }]);
    const other = await tokenFor(app, { aud: 'https://api.example' });
    expect((await agent.fetch(`${app.url}/both`, { headers: bearer(other) })).status).toBe(401);
  });

  it('takes a session, and makes the response private', async () => {
    const app = await start();
    const agent = await signedIn(app);
    const page = await agent.fetch(`${app.url}/both`);
    expect([json(page), page.headers.get('cache-control')]).toEqual([
      { token: null, session: 'ada' },
      'private, no-store',
    ]);
  });

  it('[RULE 6.1] lets credentials decide alone, good or bad, also beside a good session, which is nobody then', async () => {
    const app = await start();
    const agent = await signedIn(app);
    const ask = async (authorization: string, method = 'GET'): Promise<unknown> => {
      const headers = { ...background, authorization, 'sec-fetch-site': 'cross-site' };
      const { status, text, headers: sent } = await agent.fetch(`${app.url}/both`, { method, headers });
      return status === 200
        ? (JSON.parse(text) as unknown)
        : [status, sent.get('www-authenticate'), sent.getSetCookie()];
    };
    const token = await tokenFor(app);
    expect(await ask(`Bearer ${token}`)).toEqual({ token: 'machine', session: null });
    // A token is no cookie, which browsers send by themselves: nothing can be forged with it.
    expect(await ask(`Bearer ${token}`, 'DELETE')).toEqual({ token: 'machine', session: null });
    expect(await ask(`bearer ${await tokenFor(app, { exp: op.now - 100 })}`)).toEqual([401, expired, []]);
    expect(await ask('Bearer')).toEqual([400, malformed, []]);
    expect(await ask('Bearer a"b')).toEqual([400, malformed, []]);
    expect(await ask('DPoP x')).toMatchObject([401, expect.stringContaining('error="invalid_token"'), []]);
  });

  it('[RULE 6.1] takes any other scheme for none', async () => {
    const app = await start();
    const agent = await signedIn(app);
    for (const authorization of ['Basic YTpi', 'Bearerx y', 'Negotiate', 'DPoP-like z']) {
      const page = await agent.fetch(`${app.url}/both`, { headers: { authorization } });
      expect(json(page)).toEqual({ token: null, session: 'ada' });
    }
  });

  it('[RULE 6.1] holds what comes with a session to the pages of this site', async () => {
    const app = await start({ csrf: { origins: ['https://shop.example'] } });
    const agent = await signedIn(app);
    const ask = async (headers: Record<string, string>): Promise<unknown> => {
      const page = await agent.fetch(`${app.url}/both`, { method: 'POST', headers: { ...background, ...headers } });
      return [page.status, json(page).error ?? json(page).session];
    };
    expect(await ask({ 'sec-fetch-site': 'same-origin' })).toEqual([200, 'ada']);
    expect(await ask({ 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' })).toEqual([200, 'ada']);
    expect(await ask({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' })).toEqual([
      403,
      'csrf_refused',
    ]);
    expect(await ask({ 'sec-fetch-site': 'cross-site', authorization: 'Basic YTpi' })).toEqual([403, 'csrf_refused']);
  });

  it('[R71] tells who brings neither of both ways in: a navigation signs in and comes back, all else gets 401', async () => {
    const app = await start({ token: { realm: 'orders' } });
    const sent = await new UserAgent().fetch(`${app.url}/both?a=1`);
    expect([sent.status, new URL(sent.headers.get('location') ?? '').origin]).toEqual([303, op.issuer]);
    expect((await new UserAgent().open(`${app.url}/both?a=1`)).url).toBe(`${app.url}/both?a=1`);
    const answer = await new UserAgent().fetch(`${app.url}/both`, { headers: background });
    expect(told(answer)).toEqual([
      401,
      'Bearer realm="orders"',
      JSON.stringify({
        error: 'login_required',
        error_description: 'You need to sign in first.',
        location: `${app.url}/auth/login?returnTo=%2Fboth`,
      }),
    ]);
    expect([answer.headers.get('cache-control'), answer.headers.getSetCookie()]).toEqual(['private, no-store', []]);
  });

  it('[R82] sends a session to sign in better, and a token away', async () => {
    const app = await start({ acr: 'gold', token: { acr: 'platinum' } });
    const agent = new UserAgent();
    await agent.open(`${app.url}/login`);
    const answer = await agent.fetch(`${app.url}/both`, { headers: background });
    expect([answer.status, answer.headers.get('www-authenticate'), json(answer).error]).toEqual([
      401,
      'Bearer',
      'insufficient_user_authentication',
    ]);
    op.idToken = { claims: { acr: 'gold' } };
    expect(json(await agent.open(`${app.url}/both`))).toEqual({ token: null, session: 'ada' });
    const token = await tokenFor(app, { acr: 'gold' });
    const refused = await agent.fetch(`${app.url}/both`, { headers: bearer(token) });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="insufficient_user_authentication", error_description="The user must authenticate again, or better.", acr_values="platinum"',
    ]);
  });

  it('holds a token to more by what stands behind it, for which a session is none', async () => {
    const app = await start();
    const agent = await signedIn(app);
    const status = async (path: string, more: Record<string, unknown>): Promise<number> =>
      (await agent.fetch(app.url + path, { headers: bearer(await tokenFor(app, more)) })).status;
    expect([await status('/scoped', {}), await status('/scoped', { scope: 'a' })]).toEqual([200, 403]);
    expect([await status('/claimed', { role: 'admin' }), await status('/claimed', {})]).toEqual([200, 403]);
    const answer = await agent.fetch(`${app.url}/scoped`, { headers: background });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  });

  it('[RULE 6.8] lets preflights pass where that is wanted', async () => {
    const headers = { ...background, origin: 'https://shop.example', 'access-control-request-method': 'PUT' };
    const ask = async (app: App, path = '/both'): Promise<number> =>
      (await new UserAgent().fetch(app.url + path, { method: 'OPTIONS', headers })).status;
    expect(await ask(await start())).toBe(401);
    expect(await ask(await start({ token: { preflight: 'pass' } }))).toBe(200);
  });

  it('[R79] [RULE 6.5] takes bound tokens at the base URL, and remembers their proofs in the store of the sessions', async () => {
    const store = breakableStore();
    const app = await start({ token: { dpop: true } }, { session: { store } });
    const token = await tokenFor(app, { cnf: { jkt: await calculateJwkThumbprint(key.jwk) } });
    const proof = await prove(key, { url: `${app.url}/both`, token, now: op.now });
    const ask = (): Promise<Page> =>
      new UserAgent().fetch(`${app.url}/both`, {
        headers: { ...background, authorization: `DPoP ${token}`, dpop: proof },
      });
    store.down.add('firstUse');
    expect((await ask()).status).toBe(503);
    store.down.clear();
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 401]);
  });

  it('[RULE 6.3] asks about tokens again after a logout of their user; a JWT lives until it expires', async () => {
    let asked = 0;
    const answers = await TestServer.start((_req, res) => {
      asked++;
      reply(res, {
        active: true,
        iss: op.issuer,
        aud: 'https://api.example',
        sub: 'ada',
        client_id: 'web',
        exp: op.now + 300,
      });
    });
    op.metadata = { introspection_endpoint: `${answers.url}/introspect` };
    const app = await start({
      token: { audience: 'https://api.example', mode: 'either', clientId: 'orders', clientSecret: 'a secret' },
    });
    const status = async (token: string): Promise<number> =>
      (await new UserAgent().fetch(`${app.url}/both`, { headers: bearer(token) })).status;
    const jwt = await tokenFor(app, { aud: 'https://api.example', sub: 'ada' });
    // The first answer is not kept: logouts are heard of from the first request on.
    expect([await status('first'), await status('opaque'), await status('opaque'), asked]).toEqual([200, 200, 200, 2]);
    expect([await status(jwt), asked]).toEqual([200, 2]);
    const { iss, sub } = { iss: op.issuer, sub: 'ada' };
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const times = { iat: op.now, exp: op.now + 120 };
    const { clientId: aud } = app.auth.client.ref;
    const logout_token = await op.sign({ iss, aud, sub, events, ...times, jti: 'l-1' }, { typ: 'logout+jwt' });
    const told = await new UserAgent().fetch(`${app.url}/auth/backchannel-logout`, { form: { logout_token } });
    expect(told.status).toBe(200);
    expect([await status('opaque'), await status(jwt), asked]).toEqual([200, 200, 3]);
    await answers.stop();
  });

  it('[R46] [R73] answers 503 for a session while the store fails, and for a token while the OP does; never the other way', async () => {
    const store = breakableStore();
    const app = await start({}, { session: { store } });
    const agent = await signedIn(app);
    store.down.add('read');
    expect((await agent.fetch(`${app.url}/both`)).status).toBe(503);
    expect((await agent.fetch(`${app.url}/both`, { headers: bearer(await tokenFor(app)) })).status).toBe(200);
    store.down.clear();
    const other = await start({}, { session: { store } });
    const token = await tokenFor(other);
    await op.stop();
    const page = await new UserAgent().fetch(`${other.url}/both`, { headers: bearer(token) });
    expect([page.status, page.headers.get('www-authenticate'), page.headers.get('retry-after')]).toEqual([
      503,
      null,
      expect.stringMatching(/^\d+$/),
    ]);
    expect(json(await agent.fetch(`${app.url}/both`))).toEqual({ token: null, session: 'ada' });
    await op.listen();
  });

  it('hands refusals of tokens to the hook onError, as those of sessions', async () => {
    const codes: string[] = [];
    const app = await start({}, { hooks: { onError: ({ code }) => (codes.push(code), { html: code }) } });
    const agent = new UserAgent();
    expect(told(await agent.fetch(`${app.url}/both`, { headers: background }))).toEqual([
      401,
      'Bearer',
      'login_required',
    ]);
    const late = bearer(await tokenFor(app, { exp: op.now - 100 }));
    expect(told(await agent.fetch(`${app.url}/both`, { headers: late }))).toEqual([401, expired, 'token_refused']);
    expect(codes).toEqual(['login_required', 'token_refused']);
  });

  it('is one guard at several clients, each with its own issuer and base URL', async () => {
    const guard = requireLoginOrToken();
    const [one, two] = await Promise.all(
      [{}, { path: '/sub' }].map((options) =>
        App.start(op, express, { clock, ...options }, (program, auth) => {
          program.use(auth);
          program.use(guard, say);
        }),
      ),
    );
    const ask = async (app: App, token: string): Promise<number> =>
      (await new UserAgent().fetch(`${app.url}/`, { headers: bearer(token) })).status;
    const [first, second] = [await tokenFor(one!), await tokenFor(two!)];
    expect([await ask(one!, first), await ask(one!, second), await ask(two!, second)]).toEqual([200, 401, 200]);
  });

  it('says what is missing where oidc() is not mounted', async () => {
    const app = await App.start(op, express, {}, (program) => void program.use(requireLoginOrToken(), say));
    const page = await new UserAgent().fetch(`${app.url}/both`, { headers: bearer('x') });
    expect(page.status).toBe(500);
    expect(page.text).toContain('Expected app.use(oidc(...)) before requireLoginOrToken()');
  });
});

it.each<[object, RegExp]>([
  [{ acr: '' }, /^Option acr: /],
  [{ scope: 'a' }, /^Option scope is unknown\.$/],
  [{ token: { scope: '' } }, /^Option scope: /],
  [{ token: { audience: [] } }, /^Option audience: /],
  [{ token: { optional: true } }, /^Option optional: expected nothing where sessions are taken too/],
  [{ token: { bodyToken: true } }, /^Option bodyToken: expected nothing where sessions are taken too/],
  [{ token: { mode: 'introspection' } }, /^Option clientId: /],
])('[R96] the options of requireLoginOrToken() are refused when it is made: %j', (wrong, message) => {
  const make = (): unknown => requireLoginOrToken(wrong);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});
