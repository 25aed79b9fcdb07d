// What stands around the middleware in a program: body parsers, helmet, prefixes, proxies, another oidc().
import { request } from 'node:http';
import type { Express, RequestHandler } from 'express';
import helmet from 'helmet';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { TestServer } from '../../core/test/server.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, background, json, majors, pages, secret, signIn, signOut } from '../test/app.js';
import { oidc } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

describe.each(majors)('body parsers beside oidc() on $name', ({ express }) => {
  const parsers: [string, RequestHandler[]][] = [
    ['none', []],
    ['urlencoded, extended', [express.urlencoded({ extended: true })]],
    ['urlencoded, simple', [express.urlencoded({ extended: false })]],
    ['json', [express.json()]],
    ['raw', [express.raw({ type: '*/*' })]],
    ['text', [express.text({ type: '*/*' })]],
    ['all of them', [express.json(), express.urlencoded({ extended: true }), express.text(), express.raw()]],
  ];
  const places = parsers.flatMap(([name, parser]) => [
    { name: `${name} before`, before: parser, after: [] },
    { name: `${name} after`, before: [], after: parser },
  ]);

  it.each(places)('[R55] [R57] $name: forms and logout tokens are read', async ({ before, after }) => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(...before, auth, ...after);
      pages(program);
    });
    const other = await App.start(op, express);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await signIn(agent, op, other);
    // The OP tells the app of a sign-out elsewhere.
    await signOut(agent, other);
    expect(await app.who(agent)).toBeNull();
    // The app's own form names a page.
    await signIn(agent, op, app);
    expect((await signOut(agent, app, { returnTo: '/public' })).url).toBe(`${app.url}/public`);
  });

  it.each(places.slice(2))("$name: the program's own forms reach it", async ({ name, before, after }) => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(...before, auth, ...after);
      program.post('/echo', (req, res) => void res.json(req.body ?? null));
    });
    const page = await app.post(new UserAgent(), '/echo', { a: 'b' });
    if (/urlencoded|all/.test(name)) expect(json(page)).toEqual({ a: 'b' });
    expect(page.status).toBe(200);
  });
});

describe.each(majors)("helmet's defaults before oidc() on $name", ({ express }) => {
  function start(): Promise<App> {
    return App.start(op, express, {}, (program, auth) => {
      program.use(helmet(), auth);
      pages(program);
    });
  }

  it('[R64] [RULE 3.7] lets the OP, and nobody else, frame the front-channel page, which ends the session', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const { client } = app.auth;
    const [session] = await client.store.list(client.ref, 'ada');
    const query = new URLSearchParams({ iss: op.issuer, sid: session?.sid ?? '' }).toString();
    const page = await new UserAgent().fetch(`${app.url}/auth/frontchannel-logout?${query}`, {
      headers: { 'sec-fetch-dest': 'iframe' },
    });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${op.issuer}`);
    expect(page.headers.get('x-frame-options')).toBeNull();
    expect(await app.who(agent)).toBeNull();
  });

  it('[R98] [RULE 3.8] puts our policy in place of its own on the pages of ours', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const out = await app.post(agent, '/auth/logout');
    const policy = out.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    // Browsers apply form-action to the OP's redirects back, so there is none on the way out.
    expect(policy).not.toContain('form-action');
    const failed = await agent.fetch(`${app.url}/auth/callback?error=access_denied`);
    expect(failed.headers.get('content-security-policy')).toContain("form-action 'none'");
  });

  it("leaves the program's own pages as helmet made them", async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    for (const path of ['/public', '/who', '/private']) {
      const { headers } = await agent.fetch(app.url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    }
  });

  it('signs in, and out by the form of its own page', async () => {
    const app = await start();
    const agent = new UserAgent();
    expect(json(await signIn(agent, op, app)).user).toEqual(ada);
    expect((await signOut(agent, app)).url).toBe(`${app.url}/`);
  });
});

describe.each(majors)('oidc() below a prefix on $name', ({ express }) => {
  /** Mounted where the base URL says. */
  const mounted = (): Promise<App> =>
    App.start(op, express, { path: '/sub' }, (program, auth) => {
      const inner = express();
      pages(inner);
      program.use('/sub', auth, inner);
    });

  /** Mounted at the root of a server of its own, behind a proxy that cuts the prefix off. */
  async function proxied(): Promise<App> {
    const inner = express();
    const server = await TestServer.start(inner);
    const app = await App.start(op, express, { path: '/sub' }, (program, auth) => {
      inner.use(auth);
      pages(inner);
      program.use('/sub', (req, res) => {
        const onward = request(server.url + req.url, { method: req.method, headers: req.headers }, (answer) => {
          res.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(res);
        });
        req.pipe(onward);
      });
    });
    app.server.once('close', () => void server.stop());
    return app;
  }

  describe.each([
    ['mounted there', mounted],
    ['behind a proxy that cuts it off', proxied],
  ])('%s', (_where, start) => {
    it('[D20] [R10] signs in with the redirect URI of the base URL, back to the very page', async () => {
      const app = await start();
      const agent = new UserAgent();
      const sent = await agent.fetch(`${app.url}/private/list?page=2`);
      const to = new URL(sent.headers.get('location') ?? '');
      expect(to.searchParams.get('redirect_uri')).toBe(`${app.origin}/sub/auth/callback`);
      const page = await op.signIn(agent, await agent.open(to.href));
      expect(page.url).toBe(`${app.origin}/sub/private/list?page=2`);
      expect(json(page).user).toEqual(ada);
    });

    it('begins at the base URL where nothing else is said', async () => {
      const app = await start();
      const agent = new UserAgent();
      expect((await op.signIn(agent, await agent.open(`${app.url}/auth/login`))).url).toBe(`${app.origin}/sub/`);
      expect((await signOut(agent, app)).url).toBe(`${app.origin}/sub/`);
      const lost = await agent.fetch(`${app.url}/auth/callback?state=unknown`);
      expect(actionOf(lost)).toBe(`${app.origin}/sub/auth/login`);
    });

    it('[R57] takes logout tokens, and hints at its own login', async () => {
      const app = await start();
      const other = await App.start(op, express);
      const agent = new UserAgent();
      await signIn(agent, op, app);
      await signIn(agent, op, other);
      await signOut(agent, other);
      expect(await app.who(agent)).toBeNull();
      const hint = await agent.fetch(`${app.url}/private?a=1`, { headers: background });
      expect(json(hint).location).toBe(`${app.url}/auth/login?returnTo=${encodeURIComponent('/sub/private?a=1')}`);
    });
  });
});

describe.each(majors)('several oidc() in one program on $name', ({ express }) => {
  async function start(): Promise<{ app: App; agent: UserAgent }> {
    const app = await App.start(op, express, {}, (program, auth) => {
      const { issuer, baseUrl } = { issuer: op.issuer, baseUrl: `${auth.client.baseUrl}/admin` };
      const admin = oidc({ issuer, baseUrl, clientId: 'admin', clientSecret: 'another secret', session: { secret } });
      registered = op.register({
        client_id: 'admin',
        client_secret: 'another secret',
        redirect_uris: [`${baseUrl}/auth/callback`],
      });
      const inner: Express = express();
      pages(inner);
      program.use(auth);
      program.use('/admin', admin, inner);
      pages(program);
    });
    await registered;
    return { app, agent: new UserAgent() };
  }
  let registered: Promise<void>;

  it('keep a session each, and the nearest is what a page asks', async () => {
    const { app, agent } = await start();
    await signIn(agent, op, app);
    expect(json(await agent.fetch(`${app.url}/admin/who`))).toEqual({ user: null });
    const inside = await op.signIn(agent, await agent.open(`${app.url}/admin/private`));
    expect([inside.url, json(inside).user]).toEqual([`${app.url}/admin/private`, ada]);
    await app.post(agent, '/auth/logout');
    expect(await app.who(agent)).toBeNull();
    expect(json(await agent.fetch(`${app.url}/admin/who`))).toEqual({ user: ada });
  });
});
