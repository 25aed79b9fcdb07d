import { All, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { VerifiedToken } from '@latchkey/core';
import { TestClock } from '../../../core/test/clock.js';
import { prove } from '../../../core/test/dpop.js';
import { makeKey, sign, unsigned } from '../../../core/test/keys.js';
import { TestServer } from '../../../core/test/server.js';
import { TokenOp } from '../../../core/test/token-op.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { App, type AppOptions, background, Pages, platforms, signIn, surroundings } from '../../test/app.js';
import { askAsIs, lenient, spellings } from '../../test/paths.js';
import { userToken } from '../../test/user-token.js';
import { AccessToken, LoginOrTokenGuard, OidcRegistry, Public, RequireAcr, RequireClaim } from '../index.js';
import { RequireMaxAge, RequireScope, TokenGuard } from '../index.js';

let op: TokenOp;
let foreign: TestServer;
beforeAll(async () => {
  op = await TokenOp.start({ jwtTokens: true });
  foreign = await TestServer.start((_req, res) => res.writeHead(404).end());
});
afterAll(async () => {
  await foreign.stop();
  await op.stop();
});

@Controller('stock')
@UseGuards(TokenGuard)
class Stock {
  @Get() list(@AccessToken() { sub, scopes }: VerifiedToken): object {
    return { sub, scopes: [...scopes] };
  }
  @Post() order(@AccessToken() { sub }: VerifiedToken): object {
    return { by: sub };
  }
  @Get('read') @RequireScope('orders:read') read(): object {
    return { read: true };
  }
  @Get('write') @RequireScope('orders:read', 'orders:write') write(): object {
    return { wrote: true };
  }
  @Get('admin') @RequireClaim('role', 'admin') admin(): object {
    return { admin: true };
  }
  @Get('gold') @RequireAcr('gold', 'platinum') gold(): object {
    return { gold: true };
  }
  @Get('now') @RequireMaxAge(300) now(): object {
    return { now: true };
  }
  @Get('open') @Public() open(): object {
    return { open: true };
  }
  @All('all') @RequireScope('orders:read') all(): object {
    return { all: true };
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly challenge: string | null;
  readonly body: unknown;
}

async function ask(app: App, page: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(app.pages + page, { redirect: 'manual', ...init });
  const { status, headers } = answer;
  return { status, headers, challenge: headers.get('www-authenticate'), body: await answer.json() };
}

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
const seconds = (): number => Math.floor(Date.now() / 1000);
const challenge = (error: string, description: string, more = ''): string =>
  `Bearer error="${error}", error_description="${description}"${more}`;
const key = makeKey('RSA');

/** What another than the OP signs in its name, or in another's. */
const forged = (claims: object = {}): Promise<string> => {
  const now = seconds();
  const said = {
    iss: op.issuer,
    aud: op.audience,
    sub: 'ada',
    client_id: 'machine',
    jti: 'a',
    iat: now,
    exp: now + 60,
  };
  return sign(key, { alg: 'RS256', typ: 'at+jwt' }, { ...said, ...claims });
};

describe.each(surroundings)('TokenGuard on $name', (around) => {
  const start = ({ token, ...options }: AppOptions = {}): Promise<App> =>
    App.start(
      op.op,
      around,
      { ...options, token: { audience: op.audience, ...token } },
      { controllers: [Pages, Stock] },
    );

  it.each<[page: string, token: () => Promise<string>, body: object]>([
    ['/stock', () => op.issue(), { sub: 'machine', scopes: ['orders:read'] }],
    ['/stock', () => userToken(op), { sub: 'ada', scopes: ['orders:read'] }],
    ['/stock/read', () => op.issue(), { read: true }],
    ['/stock/write', () => userToken(op, { scope: 'orders:write orders:read' }), { wrote: true }],
    ['/stock/admin', () => userToken(op, { claims: { role: ['cook', 'admin'] } }), { admin: true }],
    ['/stock/gold', () => userToken(op, { claims: { acr: 'platinum' } }), { gold: true }],
    ['/stock/now', () => userToken(op, { claims: { auth_time: seconds() - 200 } }), { now: true }],
  ])('lets a good token pass to %s', async (page, token, body) => {
    const app = await start();
    const answer = await ask(app, page, bearer(await token()));
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining(body)]);
    expect(answer.challenge).toBeNull();
  });

  const none = 'This needs an access token.';
  const unreadable = 'The request brings no credentials that can be read, or several.';
  const another = 'The access token is for another API.';
  const unknown = 'The issuer of the access token is not known here.';
  const unsignedText = 'The access token is not accepted.';
  const scope = 'The access token was not granted what this takes.';
  const claim = 'A claim of the access token is not what this takes.';
  const again = 'The user must authenticate again, or better.';

  it.each<
    [
      what: string,
      request: () => RequestInit | Promise<RequestInit>,
      answer: [status: number, challenge: string, code: string, description: string],
      page?: string,
    ]
  >([
    ['[R71] nothing', () => ({}), [401, 'Bearer', 'token_required', none]],
    [
      '[R71] a page in a browser',
      () => ({ headers: { accept: 'text/html' } }),
      [401, 'Bearer', 'token_required', none],
    ],
    ['another scheme', () => ({ headers: { authorization: 'Basic YTpi' } }), [401, 'Bearer', 'token_required', none]],
    [
      '[R72] a scheme without a token',
      () => ({ headers: { authorization: 'Bearer' } }),
      [400, challenge('invalid_request', unreadable), 'invalid_request', unreadable],
    ],
    [
      '[R69] a token in the query',
      () => ({}),
      [401, 'Bearer', 'token_required', none],
      '/stock?access_token=abc.def.ghi',
    ],
    [
      '[R70] a token twice',
      async () => bearer(await op.issue()),
      [400, challenge('invalid_request', unreadable), 'invalid_request', unreadable],
      '/stock?access_token=abc.def.ghi',
    ],
    [
      '[R72] what is no token',
      () => bearer('abc'),
      [401, challenge('invalid_token', unsignedText), 'token_refused', unsignedText],
    ],
    [
      '[R30] [D14] a token that nobody signed',
      () => bearer(unsigned({ alg: 'none', typ: 'at+jwt' }, { iss: op.issuer, aud: op.audience, exp: seconds() + 60 })),
      [401, challenge('invalid_token', unsignedText), 'token_refused', unsignedText],
    ],
    [
      '[D14] a token that another signed',
      async () => bearer(await forged()),
      [
        401,
        challenge('invalid_token', 'The signature of the access token does not hold.'),
        'token_refused',
        'The signature of the access token does not hold.',
      ],
    ],
    [
      '[R76] [D13] a token of another issuer',
      async () => bearer(await forged({ iss: foreign.url })),
      [401, challenge('invalid_token', unknown), 'token_refused', unknown],
    ],
    [
      '[D13] a token of an issuer that ends like ours',
      async () => bearer(await forged({ iss: `${foreign.url}/${op.issuer}` })),
      [401, challenge('invalid_token', unknown), 'token_refused', unknown],
    ],
    [
      '[D14] a token for another API',
      async () => bearer(await op.issue({ resource: 'https://other.example' })),
      [401, challenge('invalid_token', another), 'token_refused', another],
    ],
    [
      '[R72] a token without the scope',
      async () => bearer(await op.issue()),
      [403, challenge('insufficient_scope', scope, ', scope="orders:read orders:write"'), 'insufficient_scope', scope],
      '/stock/write',
    ],
    [
      'a token with another claim',
      async () => bearer(await userToken(op, { claims: { role: 'administrator' } })),
      [403, challenge('insufficient_scope', claim), 'insufficient_claims', claim],
      '/stock/admin',
    ],
    [
      'a token without the claim',
      async () => bearer(await userToken(op)),
      [403, challenge('insufficient_scope', claim), 'insufficient_claims', claim],
      '/stock/admin',
    ],
    [
      '[R82] a token of a user who should authenticate better',
      async () => bearer(await userToken(op, { claims: { acr: 'silver' } })),
      [
        401,
        challenge('insufficient_user_authentication', again, ', acr_values="gold platinum"'),
        'insufficient_user_authentication',
        again,
      ],
      '/stock/gold',
    ],
    [
      '[R82] a token of a user who authenticated long ago',
      async () => bearer(await userToken(op, { claims: { auth_time: seconds() - 400 } })),
      [
        401,
        challenge('insufficient_user_authentication', again, ', max_age="300"'),
        'insufficient_user_authentication',
        again,
      ],
      '/stock/now',
    ],
  ])('refuses %s', async (_what, request, [status, expected, code, description], page = '/stock') => {
    const app = await start();
    const answer = await ask(app, page, await request());
    expect([answer.status, answer.challenge, answer.body]).toEqual([
      status,
      expected,
      { error: code, error_description: description },
    ]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    // What names itself in a token is not asked for anything.
    expect(foreign.paths).toEqual([]);
  });

  it('[R72] refuses a token that has expired', async () => {
    const clock = new TestClock();
    const app = await start({ clock });
    const request = bearer(await op.issue());
    expect((await ask(app, '/stock', request)).status).toBe(200);
    clock.advance(661_000);
    const { status, challenge: came } = await ask(app, '/stock', request);
    expect([status, came]).toEqual([401, challenge('invalid_token', 'The access token has expired.')]);
  });

  it('[D21] [R73] answers 503 while the OP is not there, and never 401', async () => {
    const gone = await TestServer.start((_req, res) => res.writeHead(404).end());
    await gone.stop();
    const app = await start({ token: { issuer: gone.url } });
    const {
      status,
      headers,
      challenge: came,
      body,
    } = await ask(app, '/stock', {
      headers: { authorization: `Bearer ${await forged({ iss: gone.url })}`, accept: 'text/html' },
    });
    expect([status, came, headers.get('retry-after')]).toEqual([503, null, '5']);
    expect(body).toMatchObject({ error: 'op_unreachable' });
  });

  it('takes no session for a token, and stands aside for @Public()', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op.op, app);
    const page = await agent.fetch(`${app.pages}/stock`);
    expect([page.status, page.headers.get('www-authenticate'), page.headers.getSetCookie()]).toEqual([
      401,
      'Bearer',
      [],
    ]);
    expect((await ask(app, '/stock/open')).status).toBe(200);
  });

  it('[RULE 6.1] asks no token which page sent it', async () => {
    const app = await start();
    const authorization = `Bearer ${await userToken(op)}`;
    const headers = { authorization, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const { status, body } = await ask(app, '/stock', { method: 'POST', headers });
    expect([status, body]).toEqual([201, expect.objectContaining({ by: 'ada' })]);
  });

  it('[R79] [RULE 6.5] takes bound tokens with a proof, and tells the nonce that it wants', async () => {
    const clock = new TestClock();
    const app = await start({ clock, token: { dpop: { nonce: true } } });
    const own = makeKey('P-256');
    const token = await op.issue({ key: own });
    const url = `${app.pages}/stock`;
    const send = async (nonce?: string, scheme = 'DPoP'): Promise<Answer> => {
      const dpop = await prove(own, { url, token, now: clock.now() / 1000, nonce });
      return ask(app, '/stock', { headers: { authorization: `${scheme} ${token}`, dpop } });
    };
    const first = await send();
    const nonce = first.headers.get('dpop-nonce') ?? '';
    expect([first.status, first.challenge]).toEqual([401, expect.stringContaining('error="use_dpop_nonce"')]);
    const good = await send(nonce);
    expect([good.status, good.body]).toEqual([200, expect.objectContaining({ sub: 'machine' })]);
    clock.advance(150_000);
    const stale = await send(nonce);
    expect([stale.status, stale.headers.get('dpop-nonce')]).toEqual([200, expect.not.stringMatching(nonce)]);
    const plain = await send(nonce, 'Bearer');
    expect([plain.status, plain.challenge]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });

  it('takes the token of a form, where the options say so', async () => {
    const app = await start({ token: { bodyToken: true } });
    const body = new URLSearchParams({ access_token: await userToken(op) });
    expect((await ask(app, '/stock', { method: 'POST', body })).body).toMatchObject({ by: 'ada' });
    const without = await start();
    expect((await ask(without, '/stock', { method: 'POST', body })).status).toBe(401);
  });

  it('[RULE 6.8] lets preflights pass, where the options say so, and nothing else', async () => {
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'GET' };
    const preflight = { method: 'OPTIONS', headers };
    const statusOf = async (preflightOption?: 'pass', init: RequestInit = preflight): Promise<number> =>
      (await ask(await start(preflightOption && { token: { preflight: preflightOption } }), '/stock/all', init)).status;
    expect([await statusOf(), await statusOf('pass')]).toEqual([401, 200]);
    expect(await statusOf('pass', { method: 'OPTIONS' })).toBe(401);
  });

  it('[R86] lets everybody pass without a token, where the options say so, save where one is demanded', async () => {
    const app = await start({ token: { optional: true } });
    const statuses = await Promise.all([
      ask(app, '/stock/open'),
      ask(app, '/stock/read'),
      ask(app, '/stock/read', bearer(await op.issue())),
      ask(app, '/stock/open', bearer('abc')),
      ask(app, '/stock', bearer('abc')),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([200, 401, 200, 200, 401]);
    expect(statuses[1].challenge).toBe('Bearer');
  });
});

@Controller('admin')
class Admin {
  @All() all(): object {
    return { secret: true };
  }
  @Get('list/:id') one(): object {
    return { secret: true };
  }
}

describe.each([...platforms, lenient])('TokenGuard of a whole application on $name', ({ name, adapter }) => {
  const around = { name, adapter, prefix: '', surround: (): void => undefined };

  it.each(spellings)('[D12] [D13] lets nobody in by another spelling of the path: %s', async (path) => {
    const guard = { provide: APP_GUARD, useClass: TokenGuard };
    const options = { token: { audience: op.audience } };
    const app = await App.start(op.op, around, options, { controllers: [Admin], providers: [guard] });
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const [status, body] = await askAsIs(Number(new URL(app.url).port), method, path);
      expect([path, method, body.includes('secret')]).toEqual([path, method, false]);
      expect([400, 401, 404]).toContain(status);
    }
    // It is the guard that stops them, not the lack of a route.
    expect((await ask(app, '/admin', bearer(await op.issue()))).body).toEqual({ secret: true });
    expect((await ask(app, '/admin', { headers: background })).status).toBe(401);
  });
});

it.each([
  ['TokenGuard', TokenGuard],
  ['LoginOrTokenGuard', LoginOrTokenGuard],
])('[R87] [D12] %s denies a call of a kind that is not known', async (_name, Guard) => {
  const context = new ExecutionContextHost([{}, {}], class Plain {}, () => undefined);
  context.setType('carrier pigeon');
  const call = new Guard(new OidcRegistry()).canActivate(context);
  await expect(call).rejects.toMatchObject({ code: 'unknown_context', status: 403 });
});
