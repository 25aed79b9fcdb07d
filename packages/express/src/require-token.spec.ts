import { ConfigurationError, type TokenOptions } from '@latchkey/core';
import type { NextFunction, Request, Response } from 'express';
import { TestClock } from '../../core/test/clock.js';
import { makeKey, sign, unsigned } from '../../core/test/keys.js';
import { Api, audience, Mint, plainPage, printed, type Sent } from '../test/api.js';
import { majors } from '../test/app.js';
import { requireToken } from './index.js';

let mint: Mint;
let clock: TestClock;
beforeAll(async () => (mint = await Mint.start()));
beforeEach(() => (clock = new TestClock()));
afterAll(() => mint.stop());

const bearer = (error: string, description: string, more = ''): string =>
  `Bearer error="${error}", error_description="${description}"${more}`;
const invalid = (description: string): string => bearer('invalid_token', description);
const malformed = bearer('invalid_request', 'The request brings no credentials that can be read, or several.');
const words: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  503: 'Service Unavailable',
};

const seconds = (): number => Math.floor(clock.now() / 1000);

/** A good token with other claims under its signature. */
async function tampered(): Promise<string> {
  const [header, , signature] = (await mint.token(clock)).split('.');
  const claims = Buffer.from(JSON.stringify(mint.claims(clock, { sub: 'eve' }))).toString('base64url');
  return [header, claims, signature].join('.');
}

describe.each(majors)('requireToken() on $name', ({ express }) => {
  /** A guarded route that says what it saw. */
  const start = (options: Partial<TokenOptions> = {}): Promise<Api> =>
    Api.start(express, (app) => {
      app.use(express.urlencoded({ extended: true }));
      app.use('/api', requireToken(mint.options(clock, options)));
      app.all('/api/orders', ({ auth }, res) => void res.json({ sub: auth?.sub ?? null }));
    });

  it('lets a good token pass, and hands it over', async () => {
    const api = await Api.start(express, (app) => {
      app.get('/all', requireToken<{ tenant: string }>(mint.options(clock)), ({ auth }, res) => {
        const { token, scopes, claims, ...others } = auth;
        res.json({ ...others, token, scopes: [...scopes], tenant: claims.tenant.toUpperCase(), jti: claims.jti });
      });
    });
    const token = await mint.token(clock, { tenant: 'acme' });
    const { status, body } = await api.ask('/all', token);
    expect([status, JSON.parse(body)]).toEqual([
      200,
      {
        token,
        scheme: 'Bearer',
        issuer: mint.issuer,
        sub: 'ada',
        clientId: 'web',
        isClient: false,
        expiresAt: seconds() + 600,
        scopes: ['orders:read', 'orders:write'],
        tenant: 'ACME',
        jti: 'j-1',
      },
    ]);
  });

  it.each<[what: string, credentials: () => Sent | Promise<Sent>, status: number, challenge: string]>([
    ['[R71] no credentials', () => undefined, 401, 'Bearer'],
    ["[R71] another scheme's", () => ({ authorization: 'Basic YTpi' }), 401, 'Bearer'],
    ['[R72] no token after the scheme', () => ({ authorization: 'Bearer' }), 400, malformed],
    ['[R72] a token with a space', () => 'a b', 400, malformed],
    ['[R72] a token with a quote', () => 'a"b', 400, malformed],
    ['[R72] a token that is too long', () => 'x'.repeat(16_400), 400, malformed],
    ['[R72] what is no JWT', () => 'opaque', 401, invalid('The access token is not accepted.')],
    [
      '[R72] one that has expired',
      () => mint.token(clock, { exp: seconds() - 61 }),
      401,
      invalid('The access token has expired.'),
    ],
    [
      '[R72] one of the future',
      () => mint.token(clock, { nbf: seconds() + 61 }),
      401,
      invalid('The access token is not valid yet.'),
    ],
    [
      '[R76] one of another issuer',
      () => mint.token(clock, { iss: 'https://evil.example' }),
      401,
      invalid('The issuer of the access token is not known here.'),
    ],
    [
      '[D14] one for another API',
      () => mint.token(clock, { aud: 'https://other.example' }),
      401,
      invalid('The access token is for another API.'),
    ],
    [
      '[D14] one for nobody',
      () => mint.token(clock, { aud: undefined }),
      401,
      invalid('The access token lacks a claim that it must have.'),
    ],
    [
      '[R72] one signed by somebody else',
      () => sign(makeKey('RSA'), { alg: 'RS256', typ: 'at+jwt', kid: 'mint-1' }, mint.claims(clock)),
      401,
      invalid('The signature of the access token does not hold.'),
    ],
    ['[R72] one that was changed', tampered, 401, invalid('The signature of the access token does not hold.')],
    [
      '[R77] one without a signature',
      () => unsigned({ alg: 'none', typ: 'at+jwt' }, mint.claims(clock)),
      401,
      invalid('The access token is not accepted.'),
    ],
    [
      '[R75] an ID token',
      () => mint.token(clock, { nonce: 'n' }, { typ: 'JWT' }),
      401,
      invalid('This is no access token.'),
    ],
    [
      '[R79] one that is bound to a key',
      () => mint.token(clock, { cnf: { jkt: 'x'.repeat(43) } }),
      401,
      invalid('The access token is bound to its sender, who was not shown to have sent it.'),
    ],
    [
      '[R72] one without the scope',
      () => mint.token(clock, { scope: 'orders:write' }),
      403,
      bearer('insufficient_scope', 'The access token was not granted what this takes.', ', scope="orders:read"'),
    ],
    [
      'one without the claim',
      () => mint.token(clock, { tenant: 'other' }),
      403,
      bearer('insufficient_scope', 'A claim of the access token is not what this takes.'),
    ],
    [
      '[R82] one of a user who signed in less well',
      () => mint.token(clock, { acr: 'silver' }),
      401,
      bearer(
        'insufficient_user_authentication',
        'The user must authenticate again, or better.',
        ', acr_values="gold platinum", max_age="300"',
      ),
    ],
    [
      '[R82] one of a user who signed in too long ago',
      () => mint.token(clock, { acr: 'gold', auth_time: seconds() - 361 }),
      401,
      bearer(
        'insufficient_user_authentication',
        'The user must authenticate again, or better.',
        ', acr_values="gold platinum", max_age="300"',
      ),
    ],
  ])('refuses %s, by what Express answers errors with', async (what, credentials, status, challenge) => {
    const isStepUp = what.startsWith('[R82]');
    const api = await start({
      ...(isStepUp ? { acr: ['gold', 'platinum'], maxAge: 300 } : { scope: 'orders:read' }),
      ...(what.endsWith('the claim') && { claims: { tenant: 'acme' } }),
    });
    const { headers, ...answer } = await api.ask('/api/orders', await credentials());
    expect(answer).toEqual({ status, challenge, body: plainPage(words[status] ?? '') });
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('[R82] lets a user pass who signed in well enough, just now', async () => {
    const api = await start({ acr: ['gold', 'platinum'], maxAge: 300 });
    const token = await mint.token(clock, { acr: 'gold', auth_time: seconds() - 300 });
    expect((await api.ask('/api/orders', token)).status).toBe(200);
  });

  it('[R85] names the realm, quoted, and [R83] where the metadata is', async () => {
    const api = await start({ realm: 'the "orders" \\ API', resource: 'https://api.example/v1' });
    const common =
      'Bearer realm="the \\"orders\\" \\\\ API", resource_metadata="https://api.example/.well-known/oauth-protected-resource/v1"';
    expect((await api.ask('/api/orders')).challenge).toBe(common);
    expect((await api.ask('/api/orders', 'x')).challenge).toBe(
      `${common}, error="invalid_token", error_description="The access token is not accepted."`,
    );
  });

  describe('[R69] [R70] where a token may stand', () => {
    const form = (
      access_token: string,
      headers: Record<string, string> = {},
    ): [Record<string, string>, RequestInit] => [
      { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      { method: 'POST', body: new URLSearchParams({ access_token }) },
    ];

    it.each(['/api/orders?access_token=', '/api/orders?a=b&access_token='])('never in the query: %s', async (path) => {
      const api = await start();
      const token = await mint.token(clock);
      expect(await api.ask(path + token)).toMatchObject({ status: 401, challenge: 'Bearer' });
      expect(await api.ask(path + token, token)).toMatchObject({ status: 400, challenge: malformed });
    });

    it('in a form only where that is allowed, and in one place alone', async () => {
      const token = await mint.token(clock);
      expect(await (await start()).ask('/api/orders', ...form(token))).toMatchObject({
        status: 401,
        challenge: 'Bearer',
      });
      const api = await start({ bodyToken: true });
      expect((await api.ask('/api/orders', ...form(token))).body).toBe('{"sub":"ada"}');
      const twice = form(token, { authorization: `Bearer ${token}` });
      expect(await api.ask('/api/orders', ...twice)).toMatchObject({ status: 400, challenge: malformed });
      expect(await api.ask('/api/orders', ...form('a"b\r\nc'))).toMatchObject({ status: 400, challenge: malformed });
    });
  });

  it('[R86] lets requests without credentials pass where they are optional, and none with bad ones', async () => {
    const api = await start({ optional: true });
    const bodies = [undefined, { authorization: 'Basic YTpi' }, await mint.token(clock)].map(async (sent) => {
      const { status, body } = await api.ask('/api/orders', sent);
      return [status, body];
    });
    expect(await Promise.all(bodies)).toEqual([
      [200, '{"sub":null}'],
      [200, '{"sub":null}'],
      [200, '{"sub":"ada"}'],
    ]);
    expect(await api.ask('/api/orders', 'x')).toMatchObject({
      status: 401,
      challenge: invalid('The access token is not accepted.'),
    });
  });

  it('[RULE 6.8] refuses preflights like the rest, or lets them pass, and nothing else that is like one', async () => {
    const preflight = { origin: 'https://shop.example', 'access-control-request-method': 'PUT' };
    const ask = async (api: Api, sent: Record<string, string>, method = 'OPTIONS'): Promise<number> =>
      (await api.ask('/api/orders', sent, { method })).status;
    expect(await ask(await start(), preflight)).toBe(401);
    const api = await start({ preflight: 'pass' });
    expect([
      await ask(api, preflight),
      await ask(api, preflight, 'PUT'),
      await ask(api, { origin: 'https://shop.example' }),
      await ask(api, { ...preflight, authorization: 'Bearer x' }),
    ]).toEqual([200, 401, 401, 401]);
  });

  it('[R73] [D21] answers 503 while the OP cannot be asked, never 401, and 401 at once for whom that does not change', async () => {
    const gone = await Mint.start();
    const token = await gone.token(clock);
    const api = await Api.start(express, (app) => {
      app.use('/api', requireToken(gone.options(clock)), (_req, res) => void res.json({}));
    });
    await gone.stop();
    const { headers, ...answer } = await api.ask('/api', token);
    expect(answer).toEqual({ status: 503, challenge: null, body: plainPage('Service Unavailable') });
    expect(headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await api.ask('/api')).toMatchObject({ status: 401, challenge: 'Bearer' });
    const foreign = await gone.token(clock, { iss: 'https://evil.example' });
    expect((await api.ask('/api', foreign)).status).toBe(401);
    await gone.op.server.listen();
    clock.advance(2001); // a fetch that failed is not repeated for two seconds
    expect((await api.ask('/api', token)).status).toBe(200);
    await gone.stop();
  });

  it('decides at once where nothing has to be fetched: the next handler runs before the guard returns', async () => {
    const guard = requireToken(mint.options(clock));
    const api = await Api.start(express, (app) => {
      app.use((req: Request, res: Response, next: NextFunction) => {
        let atOnce = true;
        guard(req, res, (error?: unknown) => {
          res.set('at-once', String(atOnce));
          next(error);
        });
        atOnce = false;
      });
      app.use((_req, res) => void res.json({}));
    });
    const ask = async (sent?: Sent): Promise<[number, string | null]> => {
      const { status, headers } = await api.ask('/', sent);
      return [status, headers.get('at-once')];
    };
    expect([
      await ask(await mint.token(clock)),
      await ask(await mint.token(clock)),
      await ask(await mint.token(clock, { jti: 'never seen' })),
      await ask(await mint.token(clock, { exp: 1 })),
      await ask(),
    ]).toEqual([
      [200, 'false'], // the keys are not there yet
      [200, 'true'],
      [200, 'true'],
      [401, 'true'],
      [401, 'true'],
    ]);
  });

  it('stands in front of a router, of one route, twice in one chain', async () => {
    const guard = requireToken(mint.options(clock));
    const api = await Api.start(express, (app) => {
      const router = express.Router();
      router.get('/:id', guard, ({ auth, params }, res) => void res.json([auth.sub, params.id]));
      app.use('/orders', guard, router);
      app.get('/one/:id', guard, ({ auth, params }, res) => void res.json([auth.sub, params.id]));
      app.get('/open', ({ auth }, res) => void res.json(auth ?? null));
    });
    const token = await mint.token(clock);
    expect((await api.ask('/orders/7', token)).body).toBe('["ada","7"]');
    expect((await api.ask('/one/7', token)).body).toBe('["ada","7"]');
    expect((await api.ask('/open', token)).body).toBe('null');
    expect([(await api.ask('/orders/7')).status, (await api.ask('/one/7')).status]).toEqual([401, 401]);
  });

  it('tells one verifier from another: each takes its own tokens', async () => {
    const other = await Mint.start();
    const api = await Api.start(express, (app) => {
      app.get('/a', requireToken(mint.options(clock)), ({ auth }, res) => void res.json(auth.issuer));
      app.get('/b', requireToken(other.options(clock)), ({ auth }, res) => void res.json(auth.issuer));
      const both = requireToken({ issuer: [mint.issuer, other.issuer], audience, clock });
      app.get('/both', both, ({ auth }, res) => void res.json(auth.issuer));
    });
    const asked = [mint, other].map(async ({ issuer }) => {
      const token = await (issuer === mint.issuer ? mint : other).token(clock);
      return Promise.all(['/a', '/b', '/both'].map(async (path) => (await api.ask(path, token)).status));
    });
    expect(await Promise.all(asked)).toEqual([
      [200, 401, 200],
      [401, 200, 200],
    ]);
    await other.stop();
  });
});

describe('the options of requireToken()', () => {
  const good = { issuer: 'https://op.example', audience };

  it.each<[object, RegExp]>([
    [{ audience: undefined }, /^Option audience: expected what this API is called in aud, came nothing\.$/],
    [{ issuer: undefined }, /^Option issuer: expected an issuer, .*, came nothing\.$/],
    [{ issuer: 'http://op.example' }, /issuer: expected an https URL \(http on loopback\)/],
    [{ scopes: 'a' }, /^Option scopes is unknown\.$/],
    [{ scope: '' }, /^Option scope: expected scopes, .*, came ""\.$/],
    [{ algorithms: ['none'] }, /^Option algorithms: expected a list of supported algorithms, came \["none"\]\.$/],
    [{ secret: 'hush' }, /^Option secret: expected a text of at least 32 bytes, came a text of 4 bytes\.$/],
    [{ dpop: true }, /^Option baseUrl: expected where this program is reached, since dpop is on, came nothing\.$/],
    [{ realm: 'a\r\nb' }, /^Option realm: expected printable ASCII, came "a\\r\\nb"\.$/],
    [{ realm: 'für' }, /^Option realm: expected printable ASCII, /],
    [{ resource: 'https://api.example/#a' }, /^Option resource: expected an http\(s\) URL without fragment, /],
    [{ preflight: true }, /^Option preflight: expected 'pass', came true\.$/],
  ])('[R96] [D14] [D16] are refused when it is made: %j', (wrong, message) => {
    const make = (): unknown => requireToken({ ...good, ...wrong });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
  });
});

it('[R92] what Express printed meanwhile shows no token', () => {
  expect(printed.length).toBeGreaterThan(20);
  expect(printed.join('\n')).not.toMatch(/ey[\w-]{20,}|eve\b/);
});
