import { breakableStore } from '../../core/test/breakable-store.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, json, majors, pages, signIn, type AppOptions } from '../test/app.js';
import { requireLogin } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

describe.each(majors)('requireLogin() on $name', ({ express }) => {
  /** A program with a page to read and a form to send, both for signed-in users alone. */
  function start(options: AppOptions = {}): Promise<App> {
    return App.start(op, express, options, (program, auth) => {
      program.use(auth);
      pages(program);
      program.post('/orders', requireLogin(), (req, res) => void res.json({ by: req.oidc.user.sub }));
    });
  }

  async function startSignedIn(options: AppOptions = {}): Promise<{ app: App; agent: UserAgent }> {
    const app = await start(options);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    return { app, agent };
  }

  it('sends a navigation to sign in, and brings it back to the very URL', async () => {
    const app = await start();
    const agent = new UserAgent();
    const page = await op.signIn(agent, await agent.open(`${app.url}/private/a%20b?q=%C3%BC&q=2`));
    expect(page.url).toBe(`${app.url}/private/a%20b?q=%C3%BC&q=2`);
    expect(json(page).user).toEqual(ada);
  });

  it.each<[string, Record<string, string>]>([
    ['fetch()', { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['fetch() for JSON', { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['XMLHttpRequest in an old browser', { accept: '*/*', 'sec-fetch-mode': '', 'sec-fetch-dest': '' }],
    ['a program', { accept: 'application/json', 'sec-fetch-mode': '', 'sec-fetch-dest': '' }],
    ['an image', { accept: 'image/webp,*/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ])(
    '[R48] [R49] answers %s with 401 in JSON that hints where to sign in, without a cookie',
    async (_what, headers) => {
      const app = await start();
      const page = await new UserAgent().fetch(`${app.url}/private?page=2`, { headers });
      expect(page.status).toBe(401);
      expect(page.headers.get('cache-control')).toBe('private, no-store');
      expect(page.headers.getSetCookie()).toEqual([]);
      expect(json(page)).toEqual({
        error: 'login_required',
        error_description: 'You need to sign in first.',
        location: `${app.url}/auth/login?returnTo=${encodeURIComponent('/private?page=2')}`,
      });
    },
  );

  it('[R49] leads by that hint back to the page', async () => {
    const app = await start();
    const agent = new UserAgent();
    const hint = await agent.fetch(`${app.url}/private?page=2`, {
      headers: { accept: '*/*', 'sec-fetch-mode': 'cors' },
    });
    const page = await op.signIn(agent, await agent.open(String(json(hint).location)));
    expect(page.url).toBe(`${app.url}/private?page=2`);
  });

  it('[R49] answers a form of somebody signed out with a page, since what it sent could not come back', async () => {
    const app = await start();
    const agent = new UserAgent();
    const page = await app.post(agent, '/orders', { item: 'tea' });
    expect(page.status).toBe(401);
    expect(page.text).toContain('Please sign in');
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(actionOf(page)).toBe(`${app.url}/auth/login`);
  });

  it('[RULE 4.2] begins no login in a frame', async () => {
    const app = await start();
    const page = await new UserAgent().fetch(`${app.url}/private`, { headers: { 'sec-fetch-dest': 'iframe' } });
    expect(page.status).toBe(401);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['Sec-Purpose', { 'sec-purpose': 'prefetch;prerender' }],
    ['Purpose', { purpose: 'prefetch' }],
  ])('[RULE 4.2] begins no login ahead of time: 503 for %s', async (_name, headers) => {
    const app = await start();
    const page = await new UserAgent().fetch(`${app.url}/private`, { headers });
    expect(page.status).toBe(503);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['a page of this site', { 'sec-fetch-site': 'same-origin' }],
    ['an old browser on a page of this site', { origin: 'this' }],
    ['no browser', {}],
  ])('[RULE 6.1] lets %s do more than read', async (_who, headers) => {
    const { app, agent } = await startSignedIn();
    const origin = headers.origin && { origin: app.origin };
    const page = await agent.fetch(`${app.url}/orders`, { form: { item: 'tea' }, headers: { ...headers, ...origin } });
    expect([page.status, json(page)]).toEqual([200, { by: 'ada' }]);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sister site', { 'sec-fetch-site': 'same-site', origin: 'https://sister.app.example' }],
    ['an old browser elsewhere', { origin: 'https://evil.example' }],
    ['a sandbox', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ])('[RULE 6.1] refuses what %s sends with a session, and never sends it to sign in', async (_who, headers) => {
    const { app, agent } = await startSignedIn();
    const page = await agent.fetch(`${app.url}/orders`, { form: { item: 'tea' }, headers });
    expect(page.status).toBe(403);
    expect(page.text).toContain('This request came from another site');
    const data = await agent.fetch(`${app.url}/orders`, {
      form: { item: 'tea' },
      headers: { ...headers, accept: 'application/json', 'sec-fetch-mode': 'cors' },
    });
    expect([data.status, json(data).error]).toEqual([403, 'csrf_refused']);
    expect(await app.who(agent)).toEqual(ada);
  });

  it('[RULE 6.1] reads for whoever links here', async () => {
    const { app, agent } = await startSignedIn();
    const page = await agent.fetch(`${app.url}/private`, { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(page.status).toBe(200);
  });

  it('[RULE 6.1] takes the origins of csrf.origins for its own', async () => {
    const { app, agent } = await startSignedIn({ csrf: { origins: ['https://shop.example'] } });
    const from = async (origin: string): Promise<number> =>
      (await agent.fetch(`${app.url}/orders`, { form: {}, headers: { 'sec-fetch-site': 'cross-site', origin } }))
        .status;
    expect([await from('https://shop.example'), await from('https://evil.example')]).toEqual([200, 403]);
  });

  it('[R46] hands a store that fails to the error handler, and signs nobody out', async () => {
    const store = breakableStore();
    const { app, agent } = await startSignedIn({ session: { store } });
    store.down.add('all');
    const page = await agent.fetch(`${app.url}/private`);
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(page.headers.getSetCookie()).toEqual([]);
    store.down.clear();
    expect((await agent.fetch(`${app.url}/private`)).status).toBe(200);
  });

  it('says what is missing where oidc() is not mounted', async () => {
    const app = await App.start(op, express, {}, pages);
    const page = await new UserAgent().fetch(`${app.url}/private`);
    expect(page.status).toBe(500);
    expect(page.text).toContain('Expected app.use(oidc(...)) before requireLogin()');
  });

  it('guards a router, and what it does not guard stays open', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      const members = express.Router();
      members.use(requireLogin());
      members.get('/list', (req, res) => void res.json(req.oidc.user));
      program.use(auth);
      program.use('/members', members);
      pages(program);
    });
    const agent = new UserAgent();
    const page = await op.signIn(agent, await agent.open(`${app.url}/members/list?a=1`));
    expect([page.url, json(page)]).toEqual([`${app.url}/members/list?a=1`, ada]);
    expect((await new UserAgent().fetch(`${app.url}/public`)).status).toBe(200);
  });
});
