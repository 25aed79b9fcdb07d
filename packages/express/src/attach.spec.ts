import { createGzip } from 'node:zlib';
import { OidcError } from '@latchkey/core';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { breakableStore } from '../../core/test/breakable-store.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, background, json, majors, pages, signIn } from '../test/app.js';
import { requireLogin } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

/** What compressing middleware does: it takes over `write` and `end`, and lets the body out in its own time. */
const compress: RequestHandler = (_req, res, next) => {
  const gzip = createGzip();
  const [write, end] = [res.write.bind(res), res.end.bind(res)] as [(chunk: Buffer) => boolean, () => Response];
  gzip.on('data', (chunk: Buffer) => void write(chunk));
  gzip.on('end', () => void end());
  res.setHeader('content-encoding', 'gzip');
  res.write = ((chunk: string) => gzip.write(chunk)) as typeof res.write;
  res.end = ((chunk?: string) => (gzip.end(chunk), res)) as typeof res.end;
  next();
};

describe.each(majors)('req.oidc on $name', ({ express }) => {
  it('tells who is signed in', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get('/all', (req, res) => {
        const { isAuthenticated, user, claims, idToken, session } = req.oidc;
        res.json({ isAuthenticated, user, aud: claims?.aud, parts: idToken?.split('.').length, sub: session?.sub });
      });
    });
    const agent = new UserAgent();
    expect(json(await agent.fetch(`${app.url}/all`))).toEqual({ isAuthenticated: false });
    await signIn(agent, op, app);
    expect(json(await agent.fetch(`${app.url}/all`))).toEqual({
      isAuthenticated: true,
      user: ada,
      aud: app.auth.client.ref.clientId,
      parts: 3,
      sub: 'ada',
    });
  });

  it('[RULE 2.8] hands out the access token, lists the sessions of the user, and ends the others', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get('/token', (req, res, next) => {
        req.oidc.accessToken().then((token) => res.json({ token }), next);
      });
      program.get('/sessions', (req, res, next) => {
        req.oidc.sessions().then((all) => res.json(all.map(({ current }) => current)), next);
      });
      program.post('/password', (req, res, next) => {
        req.oidc.endOthers().then((ended) => res.json({ ended }), next);
      });
    });
    const [here, elsewhere] = [new UserAgent(), new UserAgent()];
    for (const agent of [elsewhere, here]) await signIn(agent, op, app);
    const { token } = json(await here.fetch(`${app.url}/token`));
    const answer = await fetch(`${op.issuer}/me`, { headers: { authorization: `Bearer ${String(token)}` } });
    expect(await answer.json()).toMatchObject({ sub: 'ada' });
    expect(JSON.parse((await here.fetch(`${app.url}/sessions`)).text)).toEqual([true, false]);
    expect(json(await app.post(here, '/password'))).toEqual({ ended: 1 });
    expect([await app.who(here), await app.who(elsewhere)]).toEqual([ada, null]);
  });

  it.each(['/token', '/sessions', '/others'])('hands %s of nobody to the error handler, as a 401', async (path) => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      program.get('/token', (req, _res, next) => void req.oidc.accessToken().catch(next));
      program.get('/sessions', (req, _res, next) => void req.oidc.sessions().catch(next));
      program.get('/others', (req, _res, next) => void req.oidc.endOthers().catch(next));
      program.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
        res.status(error instanceof OidcError ? error.status : 500);
        res.json({ code: error instanceof OidcError ? error.code : String(error) });
      });
    });
    const answer = await new UserAgent().fetch(app.url + path);
    expect([answer.status, json(answer)]).toEqual([401, { code: 'login_required' }]);
  });

  it('is the same however often it is asked for, and also after the response has begun', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      program.get('/', (req, res) => {
        const { oidc } = req;
        res.write('');
        res.end(String(req.oidc === oidc));
      });
    });
    expect((await new UserAgent().fetch(`${app.url}/`)).text).toBe('true');
  });

  it('[R48] makes a response private where it was asked for, and there alone', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get('/late', (req, res) => {
        res.set('Cache-Control', 'public, max-age=60');
        res.json(req.oidc.isAuthenticated);
      });
      program.get('/guarded', requireLogin(), (req, res) => {
        res.set('Cache-Control', 'public, max-age=60');
        res.json(req.oidc.user);
      });
    });
    const agent = new UserAgent();
    const cached = async (path: string): Promise<string | null> =>
      (await agent.fetch(app.url + path)).headers.get('cache-control');
    expect([await cached('/who'), await cached('/public')]).toEqual(['private, no-store', null]);
    await signIn(agent, op, app);
    for (const path of ['/who', '/late', '/guarded']) expect(await cached(path)).toBe('private, no-store');
    expect(await cached('/public')).toBeNull();
  });

  it('[R44] [RULE 2.6] sets no cookie for an anonymous request, and asks the store nothing', async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store } });
    const { headers } = await new UserAgent().fetch(`${app.url}/who`);
    expect(headers.getSetCookie()).toEqual([]);
    expect(store.calls.get('read')).toBeUndefined();
  });

  it('[D9] [R44] takes no id that a browser made up, and leaves its cookie alone', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    agent.setCookie('localhost', app.auth.client.cookies.session, 'A'.repeat(43));
    const page = await agent.fetch(`${app.url}/who`);
    expect(json(page)).toEqual({ user: null });
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it('[R46] [RULE 2.6] is no anonymous user when the store fails: 503 for who asks, everybody else is served', async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store } });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    store.down.add('all');
    const asked = await agent.fetch(`${app.url}/who`);
    expect(asked.status).toBe(503);
    expect(asked.headers.get('retry-after')).toBe('5');
    expect(asked.headers.getSetCookie()).toEqual([]);
    expect((await agent.fetch(`${app.url}/public`)).status).toBe(200);
    store.down.clear();
    expect(await app.who(agent)).toEqual(ada);
  });

  it("[R46] hands a store's failure to the program's own error handler, as an error of ours", async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store } }, (program, auth) => {
      program.use(auth);
      pages(program);
      program.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
        const { code, status } = error instanceof OidcError ? error : { code: error.name, status: 500 };
        res.status(status).json({ code });
      });
    });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    store.down.add('read');
    for (const path of ['/who', '/private']) {
      const page = await agent.fetch(app.url + path);
      expect([page.status, json(page)]).toEqual([503, { code: 'store_unavailable' }]);
    }
  });

  it('[RULE 2.6] reads no session where session.ignore says so, unless a login is demanded there', async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store, ignore: ['/assets/'] } }, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get('/assets/mine', requireLogin(), (req, res) => void res.json(req.oidc.user));
      program.get('/assets/logo', (req, res) => void res.json(req.oidc.isAuthenticated));
    });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const before = store.calls.get('read');
    expect((await agent.fetch(`${app.url}/assets/logo`)).text).toBe('false');
    expect(store.calls.get('read')).toBe(before);
    expect(json(await agent.fetch(`${app.url}/assets/mine`))).toEqual(ada);
  });

  it('lets streams and compression be, and sets no cookie under them', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use('/zip', compress);
      program.use(auth);
      pages(program);
      program.get(['/zip', '/stream'], (req, res) => {
        res.write(`for ${req.oidc.user?.name}: `);
        for (let n = 0; n < 1000; n++) res.write(`${n} `);
        setImmediate(() => res.end('done'));
      });
    });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const plain = await agent.fetch(`${app.url}/stream`);
    expect(plain.text).toMatch(/^for Name of ada: 0 1 .* 999 done$/);
    expect(plain.headers.getSetCookie()).toEqual([]);
    const zipped = await fetch(`${app.url}/zip`, { headers: { cookie: agent.cookies('localhost') } });
    expect(await zipped.text()).toBe(plain.text);
    expect(zipped.headers.getSetCookie()).toEqual([]);
    expect(zipped.headers.get('cache-control')).toBe('private, no-store');
  });

  it('signs in and out under compression too', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use('/auth', compress);
      program.use(auth);
      pages(program);
    });
    const agent = new UserAgent();
    expect(json(await signIn(agent, op, app)).user).toEqual(ada);
    const out = await fetch(`${app.url}/auth/logout`, {
      method: 'POST',
      headers: { cookie: agent.cookies('localhost'), 'sec-fetch-site': 'same-origin' },
    });
    expect(await out.text()).toContain(`${op.issuer}/session/end?`);
    expect(await app.who(agent)).toBeNull();
  });
});

describe.each(majors)('res.oidc on $name', ({ express }) => {
  async function start(): Promise<App> {
    return App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      pages(program);
      program.all('/in', (_req, res) => res.oidc.login());
      program.get('/in-as', (req, res) => res.oidc.login({ returnTo: req.query.to as string }));
      program.get('/in-silently', (_req, res) =>
        res.oidc.login({ returnTo: '/public', authorizationParams: { prompt: 'none', ui_locales: 'de' } }),
      );
      program.all('/out', (_req, res) => res.oidc.logout({ returnTo: '/public' }));
    });
  }

  it('login() comes back to where it was called', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page = await agent.fetch(`${app.url}/in?again=1`);
    const back = await agent.fetch(page.headers.get('location') ?? '');
    const done = await agent.fetch(back.headers.get('location') ?? '');
    expect(done.headers.get('location')).toBe(`${app.url}/in?again=1`);
  });

  it('login() comes back to the first page where it was called by a form, which cannot be opened again', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page = await app.post(agent, '/in');
    const back = await agent.fetch(page.headers.get('location') ?? '');
    const done = await agent.fetch(back.headers.get('location') ?? '');
    expect(done.headers.get('location')).toBe(`${app.url}/`);
  });

  it.each([
    ['/who?a=b', '/who?a=b'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/auth/logout', '/'],
  ])('[R11] [D17] login({ returnTo: %j }) ends at %j of this program', async (to, end) => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page = await agent.fetch(`${app.url}/in-as?to=${encodeURIComponent(to)}`);
    const back = await agent.fetch(page.headers.get('location') ?? '');
    const done = await agent.fetch(back.headers.get('location') ?? '');
    expect(done.headers.get('location')).toBe(app.url + end);
  });

  it('login({ authorizationParams }) sends them along', async () => {
    const app = await start();
    const { headers } = await new UserAgent().fetch(`${app.url}/in-silently`);
    const { searchParams } = new URL(headers.get('location') ?? '');
    expect([searchParams.get('prompt'), searchParams.get('ui_locales')]).toEqual(['none', 'de']);
  });

  it('[R49] login() begins nothing for a request in the background', async () => {
    const app = await start();
    const page = await new UserAgent().fetch(`${app.url}/in`, { headers: background });
    expect([page.status, json(page).error]).toEqual([403, 'not_a_navigation']);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it('[R55] logout() signs out by a link of the program, to the page that it names', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const leaving = await agent.fetch(`${app.url}/out`, { headers: { 'sec-fetch-site': 'same-origin' } });
    expect(await app.who(agent)).toBeNull();
    const back = await agent.submit(await agent.open(actionOf(leaving)), { logout: 'yes' });
    expect(back.url).toBe(`${app.url}/public`);
  });

  it.each(['GET', 'POST'])('[R55] [RULE 6.1] logout() by %s is refused to a page of another site', async (method) => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const page = await agent.fetch(`${app.url}/out`, { method, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(page.status).toBe(403);
    expect(page.text).toContain('csrf_refused');
    expect(await app.who(agent)).toEqual(ada);
  });

  it('[RULE 3.8] logout() tells a script where to go on', async () => {
    const app = await start();
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const headers = { ...background, 'sec-fetch-site': 'same-origin' };
    const page = await agent.fetch(`${app.url}/out`, { method: 'POST', headers });
    expect(page.status).toBe(200);
    expect(String(json(page).location)).toMatch(`${op.issuer}/session/end?`);
    expect(await app.who(agent)).toBeNull();
  });
});
