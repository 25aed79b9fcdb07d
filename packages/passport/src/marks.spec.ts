import session, { MemoryStore, type SessionData } from 'express-session';
import passport from 'passport';
import { breakableStore } from '../../core/test/breakable-store.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { type Page, UserAgent } from '../../core/test/user-agent.js';
import { App, type AppOptions, background, type Build, json, pages, secret, signIn, signOut } from '../test/app.js';
import { OidcStrategy } from './index.js';

declare module 'express-session' {
  interface SessionData {
    cart?: string;
  }
}

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const host = '127.0.0.1';

/** Signs anybody in who says a name, by no OP. */
class ByName extends passport.Strategy {
  override readonly name: string = 'name';
  override authenticate(req: { url?: string }): void {
    this.success({ sub: `local ${req.url?.split('?')[1]}` });
  }
}

/** Pages of a program that knows the login session of passport alone, beside those that most specs need. */
function plainPages(app: App): void {
  const { express, passport: own } = app;
  own.use(new ByName());
  express.get('/is', (req, res) => void res.json({ in: req.isAuthenticated(), user: req.user ?? null }));
  express.get('/by-name', app.by('name'), (_req, res) => void res.json({}));
  express.get('/by-name-too', app.by('name', { keepSessionInfo: true }), (_req, res) => void res.json({}));
  express.get('/out', (req, res, next) => req.logout((error) => (error ? next(error) : void res.json({ out: true }))));
  express.get('/out-with-cart', (req, res, next) =>
    req.logOut({ keepSessionInfo: true }, (error) => (error ? next(error) : void res.json({ out: true }))),
  );
  express.get('/put', (req, res) => {
    req.session.cart = 'apples';
    res.json({});
  });
  express.get('/cart', (req, res) => void res.json({ cart: req.session.cart ?? null }));
  pages(app);
}

/** A store of express-session that can be looked into. */
class Kept extends MemoryStore {
  fails = false;
  readonly written: string[] = [];

  override set(id: string, data: SessionData, done?: (error?: unknown) => void): void {
    if (this.fails) return done?.(new Error('the store of express-session is down'));
    this.written.push(JSON.stringify(data));
    super.set(id, data, done);
  }

  kept(): Promise<SessionData[]> {
    return new Promise((resolve, reject) =>
      this.all((error, all) => (error ? reject(error as Error) : resolve(Object.values(all ?? {})))),
    );
  }
}

const start = (options: AppOptions = {}, build: Build = {}): Promise<App> =>
  App.start(op, options, { loginSession: true, build: plainPages, ...build });

async function startSignedIn(options: AppOptions = {}, build: Build = {}): Promise<{ app: App; agent: UserAgent }> {
  const app = await start(options, build);
  const agent = new UserAgent();
  await signIn(agent, op, app);
  return { app, agent };
}

const isIn = async (app: App, agent: UserAgent): Promise<unknown> => json(await agent.fetch(`${app.url}/is`)).in;
const cookieOf = (app: App, agent: UserAgent): string | undefined =>
  agent
    .cookies(host)
    .split('; ')
    .find((pair) => pair.startsWith(`${app.client.ref.clientId}=`));

/** Ends all sessions of a user as the OP does it from behind. */
async function endBehind(app: App): Promise<void> {
  const { client } = app;
  for (const { id } of await client.store.list(client.ref, 'ada'))
    await client.store.end({ client: client.ref, sessionId: id });
}

describe('a login session of express-session', () => {
  it('is begun anew by a login, once, and holds what the program makes of the user', async () => {
    const store = new Kept();
    const app = await start({}, { loginSession: store });
    const agent = new UserAgent();
    await agent.fetch(`${app.url}/put`);
    const before = cookieOf(app, agent);
    await signIn(agent, op, app);
    const after = cookieOf(app, agent);
    expect(after).not.toBe(before);
    await agent.fetch(`${app.url}/private`);
    await agent.fetch(`${app.url}/private`, { headers: background });
    expect(cookieOf(app, agent)).toBe(after);
    expect(json(await agent.fetch(`${app.url}/is`))).toMatchObject({ in: true, user: { sub: 'ada' } });
    const [kept, ...others] = await store.kept();
    expect([JSON.parse((kept as unknown as { passport: { user: string } }).passport.user), others]).toEqual([
      { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true },
      [],
    ]);
  });

  it('keeps what the program puts into it while its user goes from page to page', async () => {
    const { app, agent } = await startSignedIn();
    await agent.fetch(`${app.url}/put`);
    await agent.fetch(`${app.url}/private`);
    expect(json(await agent.fetch(`${app.url}/cart`))).toEqual({ cart: 'apples' });
  });

  it('[R57] [R60] is over when the session behind it has ended, and nothing of it is left', async () => {
    const store = new Kept();
    const { app, agent } = await startSignedIn({}, { loginSession: store });
    await agent.fetch(`${app.url}/put`);
    expect(await isIn(app, agent)).toBe(true);
    await endBehind(app);
    expect(json(await agent.fetch(`${app.url}/is`))).toEqual({ in: false, user: null });
    expect(json(await agent.fetch(`${app.url}/cart`))).toEqual({ cart: null });
    expect(JSON.stringify(await store.kept())).not.toContain('ada');
  });

  it('[R53] is over at once when its user signs out', async () => {
    const store = new Kept();
    const { app, agent } = await startSignedIn({}, { loginSession: store });
    const stolen = new UserAgent();
    for (const pair of agent.cookies(host).split('; '))
      stolen.setCookie(host, ...(pair.split('=') as [string, string]));
    await app.post(agent, '/auth/logout');
    expect(JSON.stringify(await store.kept())).not.toContain('ada');
    expect([await isIn(app, agent), await isIn(app, stolen)]).toEqual([false, false]);
  });

  it('stays when a sign-out was refused', async () => {
    const { app, agent } = await startSignedIn();
    const forged = { form: {}, headers: { 'sec-fetch-site': 'cross-site' } };
    expect((await agent.fetch(`${app.url}/auth/logout`, forged)).status).toBe(403);
    expect(await isIn(app, agent)).toBe(true);
  });

  it('is nobody without the cookie of the session behind it, and is not ended by who comes without', async () => {
    const { app, agent } = await startSignedIn();
    const bare = new UserAgent();
    bare.setCookie(host, app.client.ref.clientId, cookieOf(app, agent)?.split('=')[1] ?? '');
    expect(json(await bare.fetch(`${app.url}/is`))).toEqual({ in: false, user: null });
    expect((await bare.fetch(`${app.url}/private`, { headers: background })).status).toBe(401);
    expect(await isIn(app, agent)).toBe(true);
  });

  it("is nobody's with the session of somebody else", async () => {
    const { app, agent } = await startSignedIn();
    const thief = new UserAgent();
    await signIn(thief, op, app, 'eve');
    thief.setCookie(host, app.client.ref.clientId, cookieOf(app, agent)?.split('=')[1] ?? '');
    expect(await isIn(app, thief)).toBe(false);
    expect(json(await thief.fetch(`${app.url}/private`)).user).toMatchObject({ sub: 'eve' });
  });

  it('goes to whoever signs in next in the same browser', async () => {
    const { app, agent } = await startSignedIn();
    await signOut(agent, app);
    await signIn(agent, op, app, 'eve');
    expect(json(await agent.fetch(`${app.url}/is`)).user).toMatchObject({ sub: 'eve' });
  });

  it('of another strategy is left alone', async () => {
    const { app, agent } = await startSignedIn();
    await agent.fetch(`${app.url}/by-name?bob`);
    await endBehind(app);
    expect(json(await agent.fetch(`${app.url}/is`)).user).toEqual({ sub: 'local bob' });
  });

  it('of another strategy that keeps what was there ends with what was there', async () => {
    const { app, agent } = await startSignedIn();
    await agent.fetch(`${app.url}/by-name-too?bob`);
    expect(json(await agent.fetch(`${app.url}/is`)).user).toEqual({ sub: 'local bob' });
    await endBehind(app);
    expect(await isIn(app, agent)).toBe(false);
  });

  it('of another client of the program is left alone', async () => {
    const build = (app: App): void => {
      const { issuer } = app.client.ref;
      const client = { issuer, clientId: 'staff', name: 'staff', baseUrl: app.url, session: { secret } };
      app.express.use(new OidcStrategy(client, () => false).middleware());
      plainPages(app);
    };
    const { app, agent } = await startSignedIn({}, { build });
    expect(await isIn(app, agent)).toBe(true);
    expect(json(await agent.fetch(`${app.url}/out`))).toEqual({ out: true });
    expect([await isIn(app, agent), await app.who(agent)]).toEqual([false, null]);
  });

  it.each([['sealed cookies', true] as const, ['a store', false] as const])(
    'ends with a session in %s',
    async (_where, sealed) => {
      const { app, agent } = await startSignedIn({ session: { cookie: { sealed } } });
      expect(await isIn(app, agent)).toBe(true);
      const old = agent.cookies(host).split('; ');
      await app.post(agent, '/auth/logout');
      const replay = new UserAgent();
      for (const pair of old) replay.setCookie(host, ...(pair.split('=') as [string, string]));
      expect([await isIn(app, agent), await isIn(app, replay)]).toEqual([false, false]);
    },
  );
});

describe('req.logOut()', () => {
  it.each(['/out', '/out-with-cart'])('ends the session too: %s', async (page) => {
    const { app, agent } = await startSignedIn();
    expect(json(await agent.fetch(app.url + page))).toEqual({ out: true });
    expect((await agent.fetch(`${app.url}/private`, { headers: background })).status).toBe(401);
    const { client } = app;
    expect(await client.store.list(client.ref, 'ada')).toEqual([]);
  });

  it('keeps what passport is asked to keep', async () => {
    const { app, agent } = await startSignedIn();
    await agent.fetch(`${app.url}/put`);
    await agent.fetch(`${app.url}/out-with-cart`);
    expect(json(await agent.fetch(`${app.url}/cart`))).toEqual({ cart: 'apples' });
    expect(await isIn(app, agent)).toBe(false);
  });

  it('ends the session where there is no express-session', async () => {
    const app = await App.start(op, {}, { build: sessionless });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    expect(json(await agent.fetch(`${app.url}/out`))).toEqual({ user: null });
    expect(await app.who(agent)).toBeNull();
  });

  it('ends nothing, and says so, while the store is down', async () => {
    const store = breakableStore();
    const app = await App.start(op, { session: { store } }, { build: sessionless });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    store.down.add('end');
    expect((await agent.fetch(`${app.url}/out`)).status).toBe(503);
    store.down.clear();
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('wants a callback, as passport does', async () => {
    const withoutDone = (app: App): void => {
      app.express.get('/out', app.signedIn(), (req, res) => {
        (req.logOut as (options: object) => void)({});
        res.json({});
      });
      pages(app);
    };
    const { app, agent } = await startSignedIn({}, { build: withoutDone });
    expect((await agent.fetch(`${app.url}/out`)).text).toContain('requires a callback function');
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });
});

function sessionless(app: App): void {
  app.express.get('/out', app.signedIn(), (req, res, next) =>
    req.logOut((error) => (error ? next(error) : void res.json({ user: req.user }))),
  );
  pages(app);
}

describe('[R46] [RULE 2.6] while the store is down', () => {
  it('whoever asks for the user is told so, and nobody is signed out', async () => {
    const store = breakableStore();
    const { app, agent } = await startSignedIn({ session: { store } });
    store.down.add('all');
    const asked = await agent.fetch(`${app.url}/is`);
    expect([asked.status, asked.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await agent.fetch(`${app.url}/public`)).status).toBe(200);
    store.down.clear();
    expect(await isIn(app, agent)).toBe(true);
  });

  it('another strategy still signs in', async () => {
    const store = breakableStore();
    const { app, agent } = await startSignedIn({ session: { store } });
    store.down.add('all');
    expect((await agent.fetch(`${app.url}/by-name?bob`)).status).toBe(200);
    expect(json(await agent.fetch(`${app.url}/is`)).user).toEqual({ sub: 'local bob' });
  });
});

it('is never kept without its mark, not for a moment', async () => {
  const store = new Kept();
  const { app, agent } = await startSignedIn({}, { loginSession: store });
  await agent.fetch(`${app.url}/put`);
  const withUser = store.written.filter((text) => text.includes('ada'));
  expect(withUser.length).toBeGreaterThan(1);
  expect(withUser.filter((text) => !text.includes('latchkey'))).toEqual([]);
});

it('is not there when it cannot be kept', async () => {
  const store = new Kept();
  const app = await start({}, { loginSession: store });
  const agent = new UserAgent();
  const asking = await agent.open(`${app.url}/private`);
  store.fails = true;
  expect((await op.signIn(agent, asking)).text).toContain('the store of express-session is down');
  store.fails = false;
  expect(await isIn(app, agent)).toBe(false);
  expect(json(await agent.fetch(`${app.url}/private`)).user).toMatchObject({ sub: 'ada' });
  expect(await isIn(app, agent)).toBe(true);
});

it('is marked where a stand-in keeps no sessions of its own, too', async () => {
  // As programs do with cookie-session, which has neither of what passport asks for.
  let kept: Record<string, unknown> = {};
  const standIn = (app: App): void => {
    app.express.use((req, _res, next) => {
      const own = { regenerate: (done: () => void) => done(), save: (done: () => void) => done() };
      Reflect.set(req, 'session', Object.defineProperties(kept, Object.getOwnPropertyDescriptors(own)));
      next();
    });
    app.express.use(app.restored());
    app.passport.serializeUser((user, done) => done(null, user));
    app.passport.deserializeUser((user: Express.User, done) => done(null, user));
  };
  const app = await App.start(op, {}, { before: standIn, build: plainPages });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  expect(await isIn(app, agent)).toBe(true);
  await endBehind(app);
  expect([await isIn(app, agent), kept.latchkey]).toEqual([false, undefined]);
  kept = {};
});

describe('the middleware says when it is mounted too early', () => {
  const sessions = (app: App) =>
    session({ secret, name: app.client.ref.clientId, resave: false, saveUninitialized: false });
  const restoring = ({ passport: own }: App): void => {
    own.serializeUser((user, done) => done(null, user));
    own.deserializeUser((user: Express.User, done) => done(null, user));
  };

  it('before express-session, at the first login', async () => {
    const build = (app: App): void => {
      restoring(app);
      app.express.use(sessions(app), app.restored());
      pages(app);
    };
    const app = await App.start(op, {}, { build });
    const page = await signIn(new UserAgent(), op, app);
    expect([page.status, page.text.includes('Expected the session middleware before')]).toEqual([500, true]);
  });

  it.each<[what: string, before: (app: App) => void]>([
    ['passport', () => {}],
    ['passport.session()', ({ express, passport: own }) => express.use(own.initialize())],
  ])('before %s, at the page after the first login', async (_what, before) => {
    const build: Build = {
      before: (app) => {
        app.express.use(sessions(app));
        before(app);
      },
      build: (app) => {
        restoring(app);
        app.express.use(app.restored());
        pages(app);
      },
    };
    const app = await App.start(op, {}, build);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page: Page = await agent.fetch(`${app.url}/who`);
    expect([page.status, page.text.includes('Expected passport.session() before')]).toEqual([500, true]);
  });

  it('and not where the program has let go of the user', async () => {
    let isGone = false;
    const build = (app: App): void => {
      app.express.use(sessions(app), app.restored());
      app.passport.serializeUser((user, done) => done(null, user));
      app.passport.deserializeUser((user: Express.User, done) => done(null, isGone ? false : user));
    };
    const { app, agent } = await startSignedIn({}, { before: build, loginSession: false });
    isGone = true;
    expect(await isIn(app, agent)).toBe(false);
    expect(await isIn(app, agent)).toBe(false);
  });
});
