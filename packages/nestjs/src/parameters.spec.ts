import type { Session, UserClaims, VerifiedToken } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
import { Controller, Get, Post, UseGuards } from '@nestjs/common';
import { breakableStore } from '../../core/test/breakable-store.js';
import { TestClock } from '../../core/test/clock.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, Pages, signIn, surroundings } from '../test/app.js';
import { AccessToken, CurrentUser, LoginGuard, OidcSession, Public } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

/** What `onLogin` of a test makes of a user. */
interface Member extends UserClaims {
  readonly plan: string;
}

@Controller('ask')
@UseGuards(LoginGuard)
class Asking {
  @Get('user') user(@CurrentUser() user: Member): object {
    return { plan: user.plan };
  }
  @Get('claim') claim(@CurrentUser('name') name: string, @CurrentUser('none') none?: string): object {
    return { name, none: none ?? null };
  }
  @Get('shadow') shadow(@CurrentUser('constructor') shadow?: unknown): object {
    return { shadow: typeof shadow };
  }
  @Get('session') session(@OidcSession() session: Session<Member>): object {
    return { sub: session.sub, plan: session.user.plan, claims: session.claims?.sub };
  }
  @Get('token') async token(@OidcSession() session: Session, @AccessToken() token?: VerifiedToken): Promise<object> {
    return { token: await session.accessToken(), came: token ?? null };
  }
}

@Controller('anybody')
class Unguarded {
  @Get() ask(
    @CurrentUser() user?: UserClaims,
    @OidcSession() session?: Session,
    @AccessToken() token?: VerifiedToken,
  ): object {
    return { user: user ?? null, sub: session?.sub ?? null, token: token?.sub ?? null };
  }
  @Get('public') @Public() everybody(@CurrentUser('sub') sub?: string): object {
    return { sub: sub ?? null };
  }
  @Post() post(@CurrentUser() user?: UserClaims): object {
    return { user: user ?? null };
  }
  @Get('none') none(): object {
    return {};
  }
}

const build = { controllers: [Pages, Asking, Unguarded] };
const hooks = { onLogin: ({ user }: { user: UserClaims }): Member => ({ ...user, plan: 'free' }) };

describe.each(surroundings)('on $name', (around) => {
  const start = async (
    options = {},
  ): Promise<{ app: App; agent: UserAgent; get: (page: string) => Promise<Record<string, unknown>> }> => {
    const app = await App.start(op, around, options, build);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    return { app, agent, get: async (page) => json(await agent.fetch(app.pages + page, { headers: background })) };
  };

  it('@CurrentUser() is what onLogin made of the user, or one member of it', async () => {
    const { get } = await start({ hooks });
    expect(await get('/ask/user')).toMatchObject({ plan: 'free' });
    expect(await get('/ask/claim')).toMatchObject({ name: 'Name of ada', none: null });
    expect(await get('/ask/shadow')).toMatchObject({ shadow: 'undefined' });
  });

  it('@OidcSession() is the session, with its claims', async () => {
    const { get } = await start({ hooks });
    expect(await get('/ask/session')).toMatchObject({ sub: 'ada', plan: 'free', claims: 'ada' });
  });

  it('@OidcSession() has a token to call other APIs with, which is none that came: @AccessToken() is undefined', async () => {
    const { app, get } = await start();
    const [session] = await app.client.store.list(app.client.ref, 'ada');
    const { token, came } = await get('/ask/token');
    expect([session, came]).toEqual([expect.anything(), null]);
    expect(await op.provider.AccessToken.find(String(token))).toMatchObject({ accountId: 'ada' });
  });

  it('tell of a user where there is one, also without a guard, and for everybody', async () => {
    const { app, get } = await start();
    expect(await get('/anybody')).toMatchObject({ user: ada, sub: 'ada', token: null });
    expect(await get('/anybody/public')).toMatchObject({ sub: 'ada' });
    const nobody = async (page: string): Promise<unknown> => json(await new UserAgent().fetch(app.pages + page));
    expect(await nobody('/anybody')).toMatchObject({ user: null, sub: null, token: null });
    expect(await nobody('/anybody/public')).toMatchObject({ sub: null });
  });

  it('[RULE 6.1] tell no other site of a user, where more is done than read', async () => {
    const { app, agent } = await start();
    const post = (site: string) =>
      agent.fetch(`${app.pages}/anybody`, { form: {}, headers: { ...background, 'sec-fetch-site': site } });
    expect(json(await post('same-origin'))).toMatchObject({ user: ada });
    const refused = await post('cross-site');
    expect([refused.status, json(refused).error]).toEqual([403, 'csrf_refused']);
  });

  it('[R46] [R48] [RULE 2.6] make the answer depend on the session, and a fault of the store a 503', async () => {
    const store = breakableStore();
    const { app, agent } = await start({ session: { store } });
    const asked = await agent.fetch(`${app.pages}/anybody`);
    expect(asked.headers.get('cache-control')).toBe('private, no-store');
    store.down.add('all');
    const failed = await agent.fetch(`${app.pages}/anybody`, { headers: background });
    expect([failed.status, json(failed).error, failed.headers.get('retry-after')]).toEqual([
      503,
      'store_unavailable',
      '5',
    ]);
    expect((await agent.fetch(`${app.pages}/anybody/none`)).status).toBe(200);
  });

  it('[RULE 4.1] keep a sealed session alive, beside cookies of the application', async () => {
    const clock = new TestClock();
    const app = await App.start(
      op,
      around,
      { clock, session: { cookie: { sealed: true } } },
      {
        ...build,
        surround: (nest) =>
          nest.use((_req: unknown, res: ServerResponse, next: () => void) => {
            res.setHeader('Set-Cookie', 'own=1');
            next();
          }),
      },
    );
    const agent = new UserAgent();
    await signIn(agent, op, app);
    clock.advance(3_600_000);
    for (const page of ['/ask/session', '/private']) {
      clock.advance(3_600_000);
      const names = (await agent.fetch(app.pages + page)).headers.getSetCookie().map((line) => line.split('=', 1)[0]);
      expect([page, names]).toEqual([page, ['own', app.client.cookies.session]]);
    }
    const sent = await new UserAgent().fetch(`${app.pages}/private`);
    expect([sent.status, sent.headers.getSetCookie().length]).toEqual([303, 2]);
  });
});
