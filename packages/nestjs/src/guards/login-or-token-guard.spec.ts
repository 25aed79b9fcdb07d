import type { Session, UserClaims, VerifiedToken } from '@latchkey/core';
import { Controller, Get, Options, Post, UseGuards } from '@nestjs/common';
import { breakableStore } from '../../../core/test/breakable-store.js';
import { TokenOp } from '../../../core/test/token-op.js';
import { type Page, UserAgent } from '../../../core/test/user-agent.js';
import { App, type AppOptions, background, json, Pages, signIn, surroundings } from '../../test/app.js';
import { userToken } from '../../test/user-token.js';
import { AccessToken, CurrentUser, LoginOrTokenGuard, OidcSession, RequireAcr, RequireClaim } from '../index.js';
import { RequireMaxAge, RequireScope } from '../index.js';

let op: TokenOp;
beforeAll(async () => (op = await TokenOp.start({ jwtTokens: true })));
afterAll(() => op.stop());

@Controller('stock')
@UseGuards(LoginOrTokenGuard)
class Stock {
  @Get() list(
    @CurrentUser('sub') sub?: string,
    @OidcSession() session?: Session,
    @AccessToken() token?: VerifiedToken,
  ): object {
    return { sub: sub ?? null, session: session?.sub ?? null, token: token?.sub ?? null };
  }
  @Post() order(@CurrentUser() user?: UserClaims): object {
    return { by: user?.sub ?? null };
  }
  @Get('write') @RequireScope('orders:write') write(): object {
    return { wrote: true };
  }
  @Get('plan') @RequireClaim('plan', 'free') plan(): object {
    return { free: true };
  }
  @Get('gold') @RequireAcr('gold') gold(): object {
    return { gold: true };
  }
  @Get('now') @RequireMaxAge(300) now(): object {
    return { now: true };
  }
  @Options('write') preflight(): object {
    return { preflight: true };
  }
}

const hooks = {
  onLogin: ({ user }: { user: UserClaims }) => ({ ...user, plan: user.sub === 'ada' ? 'free' : 'none' }),
};
const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

describe.each(surroundings)('LoginOrTokenGuard on $name', (around) => {
  interface World {
    readonly app: App;
    readonly agent: UserAgent;
    /** What a script is answered that sends the agent's cookies and, if one is given, an `Authorization`. */
    readonly ask: (page: string, authorization?: string, more?: Record<string, string>) => Promise<Page>;
  }
  async function start({ token, ...options }: AppOptions = {}, user?: string): Promise<World> {
    const all = { hooks, ...options, token: { audience: op.audience, ...token } };
    const app = await App.start(op.op, around, all, { controllers: [Pages, Stock] });
    const agent = new UserAgent();
    if (user !== undefined) await signIn(agent, op.op, app, user);
    const ask: World['ask'] = (page, authorization, more = {}) =>
      agent.fetch(app.pages + page, { headers: { ...background, ...(authorization && { authorization }), ...more } });
    return { app, agent, ask };
  }
  const challengeOf = (page: Page): string | null => page.headers.get('www-authenticate');

  it('lets a session pass, and a token, each with what the parameters tell of it', async () => {
    const { ask } = await start({}, 'ada');
    expect(json(await ask('/stock'))).toMatchObject({ sub: 'ada', session: 'ada', token: null });
    const { ask: other } = await start();
    const answer = await other('/stock', `Bearer ${await userToken(op, { sub: 'eve' })}`);
    expect(json(answer)).toMatchObject({ sub: 'eve', session: null, token: 'eve' });
  });

  it('[RULE 6.1] takes the token alone where both came: the session is nobody then', async () => {
    const { ask } = await start({}, 'ada');
    const answer = await ask('/stock', `Bearer ${await userToken(op, { sub: 'eve' })}`);
    expect(json(answer)).toMatchObject({ sub: 'eve', session: null, token: 'eve' });
    const machine = await ask('/stock', `Bearer ${await op.issue()}`);
    expect(json(machine)).toMatchObject({ sub: null, session: null, token: 'machine' });
  });

  it.each<[string, number, string]>([
    ['Bearer abc', 401, 'token_refused'],
    ['bearer abc', 401, 'token_refused'],
    ['DPoP abc', 401, 'token_refused'],
    ['Bearer', 400, 'invalid_request'],
  ])('[RULE 6.1] refuses %j, whatever session came with it', async (authorization, status, code) => {
    const { ask } = await start({}, 'ada');
    const page = await ask('/stock', authorization, { accept: 'text/html', 'sec-fetch-mode': 'navigate' });
    expect([page.status, json(page).error]).toEqual([status, code]);
    expect(challengeOf(page)).toMatch(/^Bearer error="/);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it.each(['Basic YTpi', 'BearerX abc', 'Negotiate abc', 'Bearer-Token abc'])(
    '[RULE 6.1] looks at the session where %j came, which is no scheme of ours',
    async (authorization) => {
      const { ask } = await start({}, 'ada');
      expect(json(await ask('/stock', authorization))).toMatchObject({ session: 'ada' });
    },
  );

  it('[R71] sends navigations to sign in, and tells everybody else of both ways', async () => {
    const { app, agent, ask } = await start();
    const page = await agent.fetch(`${app.pages}/stock`);
    expect([page.status, page.headers.get('location')?.startsWith(op.issuer), challengeOf(page)]).toEqual([
      303,
      true,
      null,
    ]);
    const refused = await ask('/stock');
    expect([refused.status, challengeOf(refused)]).toEqual([401, 'Bearer']);
    expect(json(refused)).toEqual({
      error: 'login_required',
      error_description: 'You need to sign in first.',
      location: expect.stringContaining('/auth/login?returnTo=') as string,
    });
  });

  it('[RULE 6.1] lets no other site use a session for more than reading; a token it has to have itself', async () => {
    const { app, agent } = await start({}, 'ada');
    const post = (headers: Record<string, string>) =>
      agent.fetch(`${app.pages}/stock`, { form: {}, headers: { ...background, ...headers } });
    const refused = await post(elsewhere);
    expect([refused.status, json(refused).error, challengeOf(refused)]).toEqual([403, 'csrf_refused', null]);
    const own = await post({ 'sec-fetch-site': 'same-origin' });
    expect([own.status, json(own).by]).toEqual([201, 'ada']);
    const token = await post({ ...elsewhere, authorization: `Bearer ${await userToken(op, { sub: 'eve' })}` });
    expect([token.status, json(token).by]).toEqual([201, 'eve']);
  });

  it('[R72] holds tokens to scopes, which sessions do not have', async () => {
    const { ask } = await start({}, 'ada');
    expect((await ask('/stock/write')).status).toBe(200);
    const refused = await ask('/stock/write', `Bearer ${await userToken(op)}`);
    expect([refused.status, challengeOf(refused)]).toEqual([403, expect.stringContaining('scope="orders:write"')]);
    const granted = await userToken(op, { scope: 'orders:write' });
    expect((await ask('/stock/write', `Bearer ${granted}`)).status).toBe(200);
  });

  it('holds users of sessions to claims by what onLogin made of them, and tokens by their own', async () => {
    const { ask } = await start({}, 'ada');
    expect((await ask('/stock/plan')).status).toBe(200);
    expect((await ask('/stock/plan', `Bearer ${await userToken(op)}`)).status).toBe(403);
    const free = await userToken(op, { claims: { plan: 'free' } });
    expect((await ask('/stock/plan', `Bearer ${free}`)).status).toBe(200);
    const { ask: other } = await start({}, 'eve');
    const refused = await other('/stock/plan');
    expect([refused.status, json(refused).error]).toEqual([403, 'insufficient_claims']);
  });

  it('[R82] sends people to sign in again, or better, and tells scripts and tokens that they must', async () => {
    const { app, agent, ask } = await start({}, 'ada');
    for (const [page, asked] of [
      ['gold', 'acr_values=gold'],
      ['now', 'max_age=300'],
    ] as const) {
      const sent = await agent.fetch(`${app.pages}/stock/${page}`);
      expect([sent.status, sent.headers.get('location')]).toEqual([303, expect.stringContaining(asked)]);
      const refused = await ask(`/stock/${page}`);
      expect([refused.status, json(refused).error]).toEqual([401, 'insufficient_user_authentication']);
      expect(challengeOf(refused)).toBe('Bearer');
      const token = await ask(`/stock/${page}`, `Bearer ${await userToken(op)}`);
      expect([token.status, challengeOf(token)]).toEqual([
        401,
        expect.stringContaining('error="insufficient_user_authentication"'),
      ]);
    }
  });

  it('[R46] needs the store for sessions, and not for tokens', async () => {
    const store = breakableStore();
    const { ask } = await start({ session: { store } }, 'ada');
    store.down.add('all');
    const failed = await ask('/stock');
    expect([failed.status, json(failed).error]).toEqual([503, 'store_unavailable']);
    expect((await ask('/stock', `Bearer ${await userToken(op)}`)).status).toBe(200);
  });

  it('[RULE 6.8] lets preflights pass, where the options say so', async () => {
    const headers = { ...elsewhere, 'access-control-request-method': 'GET' };
    const statusOf = async (token: AppOptions['token']): Promise<number> => {
      const { app } = await start({ token });
      return (await fetch(`${app.pages}/stock/write`, { method: 'OPTIONS', headers })).status;
    };
    expect([await statusOf({}), await statusOf({ preflight: 'pass' })]).toEqual([401, 200]);
  });
});
