import { type LoggerService, UseGuards } from '@nestjs/common';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { DeniedError, type Session, type VerifiedToken } from '@latchkey/core';
import { PubSub } from 'graphql-subscriptions';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { breakableStore } from '../../../core/test/breakable-store.js';
import { TestClock } from '../../../core/test/clock.js';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { until } from '../../../core/test/machines.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { App, type AppOptions, type Build, Pages, platforms, secret, signIn, signOut } from '../../test/app.js';
import { AccessToken, CurrentUser, loginAs, LoginGuard, LoginOrTokenGuard, OidcSession, Public } from '../index.js';
import { RequireScope, tokenFor, TokenGuard } from '../index.js';

// The first test has Apollo loaded.
jest.setTimeout(120_000);

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const news = new PubSub();

@Resolver()
@UseGuards(LoginGuard)
class Shop {
  @Query(() => String, { nullable: true }) me(@CurrentUser('sub') sub?: string): string | undefined {
    return sub;
  }
  @Query(() => String, { nullable: true }) session(@OidcSession() session: Session): string {
    return session.sub;
  }
  @Query(() => String, { nullable: true }) @Public() anybody(@CurrentUser('sub') sub?: string): string {
    return sub ?? 'nobody';
  }
  @Query(() => String, { nullable: true }) @UseGuards(TokenGuard) api(
    @AccessToken() token: VerifiedToken,
    @OidcSession() session?: Session,
  ): string {
    return `${token.sub}, ${session?.sub ?? 'no session'}`;
  }
  @Query(() => String, { nullable: true }) @UseGuards(TokenGuard) @RequireScope('orders:write') scoped(): string {
    return 'scoped';
  }
  @Query(() => String, { nullable: true }) fails(): string {
    throw new DeniedError('login_refused', 'Expected what is not told.', { publicMessage: 'Not you.' });
  }
  @Mutation(() => String, { nullable: true }) order(@CurrentUser('sub') sub: string): string {
    return `ordered by ${sub}`;
  }
  @Subscription(() => Int) news(): unknown {
    return news.asyncIterableIterator('news');
  }
  @Subscription(() => Int) @UseGuards(LoginOrTokenGuard) either(): unknown {
    return news.asyncIterableIterator('news');
  }
  @Subscription(() => String, { resolve: (sub: string) => sub }) @Public() async *who(
    @CurrentUser('sub') sub?: string,
  ) {
    yield await Promise.resolve(sub ?? 'nobody');
  }
}

interface Answer {
  readonly data: unknown;
  readonly errors?: { readonly message: string; readonly extensions: Record<string, unknown> }[];
  readonly headers: Headers;
}

const running = new Set<Client>();
afterEach(async () => {
  for (const client of running) await client.dispose();
  running.clear();
});

/** A client of graphql-ws, its socket, and the closing that it hears of. */
function subscriber(app: App, headers: Record<string, string>, connectionParams: Record<string, unknown> = {}) {
  let hear: (closed: { code: number; reason: string }) => void = () => undefined;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => (hear = resolve));
  const client = createClient({
    url: `${app.url.replace('http', 'ws')}/graphql`,
    connectionParams,
    retryAttempts: 0,
    webSocketImpl: class extends WebSocket {
      constructor(url: string, protocols: string) {
        super(url, protocols, { headers });
      }
    },
    on: { closed: (event) => hear(event as { code: number; reason: string }) },
  });
  running.add(client);
  return { closed, ask: (query: string) => client.iterate<Record<string, unknown>>({ query }) };
}

describe.each(platforms)('GraphQL on $name', ({ name, adapter }) => {
  const start = (options: AppOptions = {}, build: Build = {}): Promise<App> => {
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    });
    const around = { name, adapter, prefix: '', surround: (): void => undefined };
    const token = { secret, audience: 'https://api.example' };
    return App.start(
      op,
      around,
      { token, ...options },
      {
        controllers: [Pages],
        imports: [graphql],
        ...build,
        providers: [Shop, ...(build.providers ?? [])],
      },
    );
  };
  const ask = async (app: App, query: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const answer = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      body: JSON.stringify({ query }),
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
    });
    return { ...((await answer.json()) as Omit<Answer, 'headers'>), headers: answer.headers };
  };
  const signedIn = async (app: App, sub = 'ada'): Promise<{ cookie: string; origin: string }> => ({
    cookie: await loginAs(app.nest, { sub }),
    origin: app.url,
  });
  const cookieOf = (app: App, agent: UserAgent): string => agent.cookies(new URL(app.url).hostname);
  const tokenOf = (app: App, claims: object = {}): { authorization: string } => ({
    authorization: tokenFor(app.nest, { sub: 'grace', ...claims }),
  });
  const extensionsOf = ({ errors = [] }: Answer): unknown => errors[0]?.extensions;

  it('[R48] [R87] answers queries and mutations of who is signed in, which nobody keeps', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const answer = await ask(app, '{ me session }', { cookie: cookieOf(app, agent) });
    expect([answer.data, answer.errors]).toEqual([{ me: 'ada', session: 'ada' }, undefined]);
    // On Fastify Apollo says it anew.
    expect(answer.headers.get('cache-control')).toContain('no-store');
    const { data } = await ask(app, 'mutation { order }', { cookie: cookieOf(app, agent) });
    expect(data).toEqual({ order: 'ordered by ada' });
    // Signed out elsewhere, by the OP.
    const other = await start();
    await signIn(agent, op, other);
    await signOut(agent, other);
    expect(extensionsOf(await ask(app, '{ me }', { cookie: cookieOf(app, agent) }))).toMatchObject({
      reason: 'login_required',
    });
  });

  it.each<[what: string, query: string, headers: Record<string, string>, extensions: Record<string, unknown>]>([
    ['a query of nobody', '{ me }', {}, { code: 'UNAUTHENTICATED', reason: 'login_required', status: 401 }],
    [
      'a mutation of nobody',
      'mutation { order }',
      {},
      { code: 'UNAUTHENTICATED', reason: 'login_required', status: 401 },
    ],
    [
      'a mutation from another site',
      'mutation { order }',
      { cookie: 'right', 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { code: 'FORBIDDEN', reason: 'csrf_refused', status: 403 },
    ],
    ['a query without a token', '{ api }', {}, { code: 'UNAUTHENTICATED', reason: 'token_required', status: 401 }],
    [
      'a token that is none',
      '{ api }',
      { authorization: 'Bearer abc' },
      { code: 'UNAUTHENTICATED', reason: 'token_refused', status: 401 },
    ],
    [
      'a token that was not granted it',
      '{ scoped }',
      { authorization: 'right' },
      { code: 'FORBIDDEN', reason: 'insufficient_scope', status: 403 },
    ],
    [
      'credentials that cannot be read',
      '{ api }',
      { authorization: 'Bearer' },
      { code: 'BAD_REQUEST', reason: 'invalid_request', status: 400 },
    ],
  ])('[D12] [R87] refuses %s', async (_what, query, headers, extensions) => {
    const app = await start();
    const right = { ...(await signedIn(app)), ...tokenOf(app) };
    const sent = Object.entries(headers).map(([header, value]) => [
      header,
      value === 'right' ? right[header as 'cookie'] : value,
    ]);
    const answer = await ask(app, query, Object.fromEntries(sent) as Record<string, string>);
    expect(Object.values(answer.data as object)).toEqual([null]);
    expect(extensionsOf(answer)).toMatchObject(extensions);
    expect(JSON.stringify(answer.errors)).not.toMatch(/Expected/);
  });

  it('[R46] says that it is not the caller where the store is away', async () => {
    const store = breakableStore();
    const app = await start({ session: { store } });
    const headers = await signedIn(app);
    store.down.add('all');
    expect(extensionsOf(await ask(app, '{ me }', headers))).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      reason: 'store_unavailable',
      status: 503,
    });
  });

  it('tells each field of one query whose its own guard let pass', async () => {
    const app = await start();
    const headers = { ...(await signedIn(app)), ...tokenOf(app) };
    const { data, errors } = await ask(app, '{ me a: api anybody b: api session }', headers);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      me: 'ada',
      a: 'grace, no session',
      anybody: 'ada',
      b: 'grace, no session',
      session: 'ada',
    });
    // What is refused takes nothing else along.
    const without = await ask(app, '{ me anybody api }', tokenOf(app));
    expect(without.data).toEqual({ me: null, anybody: 'nobody', api: 'grace, no session' });
  });

  it("answers what handlers throw of ours, and tells Nest's logger why, once", async () => {
    const lines: string[] = [];
    const hear =
      (level: string) =>
      (text: unknown, ...more: unknown[]): void =>
        void lines.push(`${level} ${String(more.at(-1))} ${text instanceof Error ? text.message : String(text)}`);
    const logger: LoggerService = {
      log: () => undefined,
      error: hear('error'),
      warn: hear('warn'),
      debug: hear('debug'),
    };
    const app = await start({}, { logger });
    const answer = await ask(app, '{ fails }', await signedIn(app));
    expect([answer.errors?.[0]?.message, extensionsOf(answer)]).toEqual([
      'Not you.',
      expect.objectContaining({ code: 'FORBIDDEN', reason: 'login_refused', status: 403 }),
    ]);
    await ask(app, '{ me }');
    expect(lines).toEqual([
      'warn Latchkey GraphQL: login_refused: Expected what is not told.',
      'debug Latchkey GraphQL Shop.me: login_required: Expected a signed-in session, came none.',
    ]);
  });

  it('[RULE 4.1] keeps a sealed session alive', async () => {
    const clock = new TestClock();
    const app = await start({ clock, session: { cookie: { sealed: true } } });
    const headers = await signedIn(app);
    clock.advance(3_600_000);
    const { data, headers: answered } = await ask(app, '{ me }', headers);
    expect(data).toEqual({ me: 'ada' });
    expect(answered.getSetCookie().map((line) => line.split('=', 1)[0])).toEqual([app.client.cookies.session]);
  });

  it('asks the guards of the whole application', async () => {
    @Resolver()
    class Plain {
      @Query(() => String, { nullable: true }) plain(@CurrentUser('sub') sub: string): string {
        return sub;
      }
    }
    const app = await start({}, { providers: [Plain, { provide: APP_GUARD, useClass: LoginGuard }] });
    expect(extensionsOf(await ask(app, '{ plain }'))).toMatchObject({ reason: 'login_required' });
    expect((await ask(app, '{ plain anybody }', await signedIn(app))).data).toEqual({ plain: 'ada', anybody: 'ada' });
  });

  describe('a subscription', () => {
    /** Publishes until somebody heard: a subscription tells nobody that it stands. */
    const heard = async (next: Promise<IteratorResult<unknown>>): Promise<unknown> => {
      let result: IteratorResult<unknown> | undefined;
      void next.then((value) => (result = value));
      await until(() => {
        if (!result) void news.publish('news', { news: 1, either: 1 });
        return result !== undefined;
      });
      return result?.value;
    };

    /** Hears all that was published before the end. */
    const rest = async (subscription: AsyncIterable<unknown>): Promise<void> => {
      for await (const _news of subscription);
    };

    it('[R87] tells who is signed in, until the OP signs them out', async () => {
      const app = await start();
      const other = await start();
      const agent = new UserAgent();
      await signIn(agent, op, app);
      await signIn(agent, op, other);
      const one = subscriber(app, { cookie: cookieOf(app, agent), origin: app.url });
      const bystander = subscriber(app, await signedIn(app, 'grace'));
      const [mine, theirs] = [one.ask('subscription { news }'), bystander.ask('subscription { news }')];
      expect(await heard(mine.next())).toEqual({ data: { news: 1 } });
      expect(await heard(theirs.next())).toEqual({ data: { news: 1 } });
      await signOut(agent, other);
      expect(await one.closed).toMatchObject({ code: 4401, reason: 'login_required' });
      await expect(rest(mine)).rejects.toMatchObject({ code: 4401 });
      expect(await heard(theirs.next())).toEqual({ data: { news: 1 } });
    });

    it('[R45] ends with the life of the session', async () => {
      const app = await start({ session: { idle: false, absolute: 1 } });
      const one = subscriber(app, await signedIn(app));
      const running = one.ask('subscription { news }').next();
      expect(await one.closed).toMatchObject({ code: 4401, reason: 'login_required' });
      await expect(running).rejects.toMatchObject({ code: 4401 });
    });

    it.each(['Authorization', 'authorization'])(
      '[R69] takes a token from connectionParams.%s, and ends with it',
      async (name) => {
        const app = await start();
        const { authorization } = tokenOf(app, { exp: Math.floor(Date.now() / 1000) + 2 });
        const one = subscriber(app, { origin: 'https://other.example' }, { [name]: authorization });
        const running = one.ask('subscription { either }');
        expect(await heard(running.next())).toEqual({ data: { either: 1 } });
        expect(await one.closed).toMatchObject({ code: 4401, reason: 'token_refused' });
        await expect(rest(running)).rejects.toMatchObject({ code: 4401 });
      },
    );

    it.each<[what: string, opening: [Record<string, string>, Record<string, unknown>?], reason: string, code: string]>([
      ['nobody', [{}], 'login_required', 'UNAUTHENTICATED'],
      ['another site', [{ cookie: 'right', origin: 'https://evil.example' }], 'csrf_refused', 'FORBIDDEN'],
      ['who names no origin', [{ cookie: 'right' }], 'csrf_refused', 'FORBIDDEN'],
      ['a token that is none', [{}, { Authorization: 'Bearer abc' }], 'token_refused', 'UNAUTHENTICATED'],
      ['a token that is no text', [{}, { Authorization: 5 }], 'login_required', 'UNAUTHENTICATED'],
    ])('[D12] [R87] [RULE 6.7] is refused to %s', async (_what, [headers, params], reason, code) => {
      const app = await start();
      const { cookie } = await signedIn(app);
      const one = subscriber(app, { ...headers, ...(headers.cookie && { cookie }) }, params);
      const { value } = (await one.ask('subscription { either }').next()) as { value: unknown };
      expect(value).toMatchObject({ errors: [{ extensions: { code, reason } }] });
    });

    it('tells of a user where everybody may ask, too', async () => {
      const app = await start();
      const first = async (headers: Record<string, string>): Promise<unknown> =>
        (await subscriber(app, headers).ask('subscription { who }').next()).value;
      expect(await first({})).toEqual({ data: { who: 'nobody' } });
      expect(await first(await signedIn(app))).toEqual({ data: { who: 'ada' } });
    });
  });
});
