import type { Request, RequestHandler, Response } from 'express';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, type AppOptions, type Build, json, pages, signIn } from '../test/app.js';
import type { VerifiedLogin, Verify } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

/** A program that answers the callback itself, in passport's words. */
function start(build: (app: App) => void, more: Build = {}, options: AppOptions = {}): Promise<App> {
  const both = (app: App): void => {
    build(app);
    pages(app);
  };
  return App.start(op, options, { middleware: { callback: false }, build: both, ...more });
}

const refusing: Verify<VerifiedLogin> = (_login, done) => done(null, false, { message: 'Not you, <Ada>.', tries: 3 });

/** The OP's answer to a login that the user gives up, at a program. */
async function givenUp(app: App, agent: UserAgent): Promise<string> {
  const { headers } = await agent.fetch(`${app.url}/private`);
  const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
  return `${app.url}/auth/callback?${new URLSearchParams({ error: 'access_denied', state, iss: op.issuer }).toString()}`;
}

describe('passport.authenticate() at the callback', () => {
  it('has the very user that verify returned, the session and the page to go to', async () => {
    const made = { sub: 'ada', hash: new Map([['not', 'JSON']]) };
    let seen: unknown;
    const app = await start(
      (app) =>
        app.express.get('/auth/callback', app.by('oidc'), async (req, res) => {
          const { session, returnTo } = req.authInfo ?? {};
          seen = [req.user === made, await session?.accessToken(), returnTo];
          res.redirect(returnTo ?? '/');
        }),
      { verify: (_login, done) => done(null, made, { hint: 1 }) },
    );
    expect((await signIn(new UserAgent(), op, app)).url).toBe(`${app.url}/private`);
    expect(seen).toEqual([true, expect.any(String), '/private']);
  });

  it.each<[where: string, build: Build]>([
    ['express-session', { loginSession: true }],
    ['sessions of ours alone', {}],
  ])('[D1] [D19] leads each of two tabs to its own page, with %s', async (_where, more) => {
    const app = await start((app) => {
      const options = more.loginSession ? { successReturnToOrRedirect: '/' } : {};
      app.express.get('/auth/callback', app.by('oidc', options), (req, res) => res.redirect(req.authInfo!.returnTo!));
    }, more);
    const agent = new UserAgent();
    const first = await agent.open(`${app.url}/private?tab=1`);
    const second = await agent.open(`${app.url}/private?tab=2`);
    expect((await op.signIn(agent, second)).url).toBe(`${app.url}/private?tab=2`);
    expect((await op.signIn(agent, first)).url).toBe(`${app.url}/private?tab=1`);
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('leaves no page behind for strategies that lead on by it', async () => {
    const app = await start(
      (app) => {
        app.express.get('/auth/callback', app.by('oidc', { successRedirect: '/landing' }));
        app.express.get('/landing', (req, res) => void res.json({ session: req.session }));
      },
      { loginSession: true },
    );
    const { text } = await signIn(new UserAgent(), op, app);
    expect(JSON.parse(text)).toEqual({
      session: expect.not.objectContaining({ returnTo: expect.anything() as string }) as object,
    });
  });

  it('calls back', async () => {
    const heard: unknown[] = [];
    const app = await start(
      (app) => {
        app.express.get('/auth/callback', (req, res, next) => {
          const answer = (...all: unknown[]): void => {
            heard.push(all);
            res.json({});
          };
          const handler = app.passport.authenticate('oidc', answer) as RequestHandler;
          void handler(req, res, next);
        });
      },
      { verify: refusing },
    );
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await agent.fetch(await givenUp(app, agent));
    await agent.fetch(`${app.url}/auth/callback?code=a&state=b`);
    expect(heard).toEqual([
      [null, false, { message: 'Not you, <Ada>.', code: 'login_refused', tries: 3 }, 403],
      [null, false, { message: expect.stringContaining('cancelled') as string, code: 'authorization_error' }, 403],
      [null, false, { message: expect.stringContaining('not known') as string, code: 'login_unknown' }, 400],
    ]);
    expect(await app.who(agent)).toBeNull();
  });

  it.each<[how: string, visit: (app: App, agent: UserAgent) => Promise<string>]>([
    ['a login that the user gives up', givenUp],
    ['one that nobody began', (app) => Promise.resolve(`${app.url}/auth/callback?code=a&state=b`)],
    ['nothing at all', (app) => Promise.resolve(`${app.url}/auth/callback`)],
    ['two states', (app) => Promise.resolve(`${app.url}/auth/callback?code=a&state=b&state=c`)],
  ])('redirects after %s, as passport is told to', async (_how, visit) => {
    const app = await start((app) => app.express.get('/auth/callback', app.by('oidc', { failureRedirect: '/sorry' })));
    const agent = new UserAgent();
    const { headers, status } = await agent.fetch(await visit(app, agent));
    expect([status, headers.get('location')]).toEqual([302, '/sorry']);
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'private, no-store',
      expect.any(String),
    ]);
  });

  it('lets the error handler show why', async () => {
    const app = await start((app) => app.express.get('/auth/callback', app.signedIn()), { verify: refusing });
    const page = await signIn(new UserAgent(), op, app);
    expect([page.status, page.text.includes('Not you, &#60;Ada&#62;.')]).toEqual([403, true]);
    expect(actionOf(page)).toBe(`${app.url}/auth/login?returnTo=%2Fprivate`);
    expect(page.headers.getSetCookie().join()).toContain('Max-Age=0');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('goes on to the page where the login was completed before', async () => {
    const app = await start((app) => {
      app.express.get('/auth/callback', app.signedIn(), (req, res) => res.redirect(req.authInfo?.returnTo ?? '/'));
    });
    const agent = new UserAgent();
    const asking = await agent.open(`${app.url}/private?tab=1`);
    const before = agent.cookies('127.0.0.1').split('; ');
    await op.signIn(agent, asking);
    for (const pair of before) agent.setCookie('127.0.0.1', ...(pair.split('=') as [string, string]));
    const callbacks = app.server.paths.filter((path) => path.startsWith('/auth/callback'));
    const again = await agent.fetch(app.url + callbacks[0]!);
    expect([again.status, again.headers.get('location')]).toEqual([303, `${app.url}/private?tab=1`]);
  });

  it('is an error where the OP is at fault, and nobody is signed in', async () => {
    const errors: unknown[] = [];
    const app = await start((app) => {
      app.express.get('/auth/callback', app.by('oidc'));
      app.express.use((error: unknown, _req: Request, res: Response, next: (error: unknown) => void) => {
        errors.push(error);
        next(error);
      });
    });
    const agent = new UserAgent();
    const { headers } = await agent.fetch(`${app.url}/private`);
    const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
    const query = new URLSearchParams({ code: 'made-up', state, iss: op.issuer }).toString();
    const page = await agent.fetch(`${app.url}/auth/callback?${query}`);
    expect(page.status).toBe(502);
    expect(errors).toMatchObject([{ code: 'token_endpoint_error' }]);
    expect(await app.who(agent)).toBeNull();
  });

  it('is an error where verify fails', async () => {
    const verify = (): never => {
      throw new Error('the database is down');
    };
    const app = await start((app) => app.express.get('/auth/callback', app.signedIn()), { verify });
    const page = await signIn(new UserAgent(), op, app);
    expect([page.status, page.text.includes('the database is down')]).toEqual([500, true]);
  });

  it('signs nobody in whose session ended within the same moment: the page asks again', async () => {
    const app = await start((app) => {
      app.express.get('/auth/callback', app.signedIn(), (_req, res) => void res.json({ in: true }));
      const { store, ref } = app.client;
      const create = store.create.bind(store);
      store.create = async (record) => {
        store.create = create;
        const made = await create(record);
        await store.end({ client: ref, sessionId: record.id });
        return made;
      };
    });
    const page = await signIn(new UserAgent(), op, app);
    expect(json(page)).toEqual({ in: true });
    expect(app.server.paths.map((path) => path.split('?')[0])).toEqual([
      '/private',
      '/auth/callback',
      '/private',
      '/auth/callback',
    ]);
  });

  it('lets nobody pass who is not what it demands', async () => {
    const app = await start((app) => {
      const options = { claims: { role: 'admin' } };
      app.express.get('/auth/callback', app.signedIn(options), (_req, res) => void res.json({ in: true }));
    });
    const agent = new UserAgent();
    const page = await signIn(agent, op, app);
    expect([page.status, page.text.includes('insufficient_claims')]).toEqual([403, true]);
    expect(actionOf(page)).toBe(`${app.url}/auth/login?returnTo=%2Fprivate`);
  });

  it('is answered for GET alone', async () => {
    const app = await start((app) => app.express.all('/auth/callback', app.signedIn()));
    const page = await new UserAgent().fetch(`${app.url}/auth/callback`, { form: { code: 'a' } });
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET']);
  });
});
