import { ConfigurationError, type LoginDemand } from '@latchkey/core';
import { breakableStore } from '../../core/test/breakable-store.js';
import { TestClock } from '../../core/test/clock.js';
import { CrookedOp } from '../../core/test/crooked-op.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { codeOf } from '../../core/test/login-bench.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, background, json, majors, pages, signIn, type AppOptions } from '../test/app.js';
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

  it('[RULE 6.1] takes origins that one route names for its own, on that route alone', async () => {
    const app = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      pages(program);
      const guard = requireLogin({ csrf: { origins: ['https://shop.example'] } });
      program.post('/cart', guard, (_req, res) => void res.json({}));
      program.post('/orders', requireLogin(), (_req, res) => void res.json({}));
    });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const from = async (path: string, origin: string): Promise<number> =>
      (await agent.fetch(app.url + path, { form: {}, headers: { 'sec-fetch-site': 'cross-site', origin } })).status;
    expect([
      await from('/cart', 'https://shop.example'),
      await from('/cart', 'https://evil.example'),
      await from('/orders', 'https://shop.example'),
    ]).toEqual([200, 403, 403]);
  });

  it.each(['Bearer x', 'Bearer', 'DPoP x', 'Basic YTpi', 'Bearer a"b'])(
    '[RULE 6.1] never looks at the header Authorization: %s',
    async (authorization) => {
      const { app, agent } = await startSignedIn();
      const page = await agent.fetch(`${app.url}/private`, { headers: { authorization } });
      expect([page.status, json(page).user]).toEqual([200, ada]);
      const nobody = await new UserAgent().fetch(`${app.url}/private`, { headers: { ...background, authorization } });
      expect([nobody.status, json(nobody).error]).toEqual([401, 'login_required']);
      expect(nobody.headers.get('www-authenticate')).toBeNull();
    },
  );

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

describe.each(majors)('[R18] [R82] requireLogin({ acr, maxAge }) on $name', ({ express }) => {
  let clock: TestClock;
  let crooked: CrookedOp;
  let app: App;
  let agent: UserAgent;
  beforeEach(async () => {
    clock = new TestClock(Math.ceil(Date.now() / 1000) * 1000);
    crooked = await CrookedOp.start(clock);
    app = await App.start(crooked, express, { clock }, (program, auth) => {
      program.use(auth);
      pages(program);
      program.get(
        '/safe',
        requireLogin({ acr: ['gold', 'platinum'] }),
        (req, res) => void res.json(req.oidc.claims?.acr),
      );
      program.get('/now', requireLogin({ maxAge: 300 }), (req, res) => void res.json(req.oidc.claims?.auth_time));
    });
    agent = new UserAgent();
    await agent.open(`${app.url}/private`);
  });
  afterEach(() => crooked.stop());

  /** What the OP was asked for by the last login. */
  const asked = (name: string): string | null | undefined => crooked.at('/authorize').at(-1)?.parameters.get(name);

  it('sends a navigation to sign in better, and back to the very URL', async () => {
    crooked.idToken = { claims: { acr: 'platinum' } };
    const page = await agent.open(`${app.url}/safe?a=1`);
    expect([page.url, page.text]).toEqual([`${app.url}/safe?a=1`, '"platinum"']);
    expect([asked('acr_values'), asked('max_age')]).toEqual(['gold platinum', null]);
    const logins = crooked.at('/authorize').length;
    expect((await agent.open(`${app.url}/safe`)).status).toBe(200);
    expect(crooked.at('/authorize')).toHaveLength(logins);
  });

  it('sends whoever signed in too long ago to do it again', async () => {
    const { now } = crooked;
    expect(json(await agent.open(`${app.url}/now`))).toBe(now);
    clock.advance(361_000);
    expect(json(await agent.open(`${app.url}/now`))).toBe(now + 361);
    expect([asked('acr_values'), asked('max_age')]).toEqual([null, '300']);
  });

  it('answers fetch() with 401, and where to sign in better', async () => {
    const answer = await agent.fetch(`${app.url}/safe?a=1`, { headers: background });
    expect([answer.status, answer.headers.get('cache-control'), answer.headers.getSetCookie()]).toEqual([
      401,
      'private, no-store',
      [],
    ]);
    expect(json(answer)).toEqual({
      error: 'insufficient_user_authentication',
      error_description: 'You need to sign in again for this.',
      location: `${app.url}/auth/login?returnTo=${encodeURIComponent('/safe?a=1')}&acr_values=gold+platinum`,
    });
    crooked.idToken = { claims: { acr: 'gold' } };
    expect((await agent.open(String(json(answer).location))).text).toBe('"gold"');
  });

  it('does not go round in circles where the OP does no better: a page says so, and the session stays', async () => {
    crooked.idToken = { claims: { acr: 'silver' } };
    const page = await agent.open(`${app.url}/safe`);
    expect([page.status, codeOf(page), crooked.at('/authorize').length]).toEqual([502, 'id_token_acr', 2]);
    clock.advance(361_000);
    crooked.idToken = { claims: { auth_time: crooked.now - 361 } };
    const late = await agent.open(`${app.url}/now`);
    expect([late.status, codeOf(late), crooked.at('/authorize').length]).toEqual([502, 'id_token_auth_time', 3]);
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('nor where a foreign OP has no such class', async () => {
    const own = await App.start(op, express, {}, (program, auth) => {
      program.use(auth);
      program.get('/safe', requireLogin({ acr: 'gold' }), (_req, res) => void res.json({}));
    });
    const browser = new UserAgent();
    const page = await op.signIn(browser, await browser.open(`${own.url}/safe`));
    expect([page.status, codeOf(page)]).toEqual([502, 'id_token_acr']);
  });

  it('asks for it at once where nobody is signed in', async () => {
    crooked.idToken = { claims: { acr: 'gold' } };
    const page = await new UserAgent().open(`${app.url}/safe`);
    expect([page.text, asked('acr_values'), crooked.at('/authorize').length]).toEqual(['"gold"', 'gold platinum', 2]);
  });
});

it.each<[object, RegExp]>([
  [{ acr: '' }, /^Option acr: expected classes/],
  [{ acr: ['gö'] }, /^Option acr: expected classes/],
  [{ maxAge: -1 }, /^Option maxAge: expected a whole number of seconds/],
  [{ csrf: false }, /^Option csrf: expected an object/],
  [{ maxage: 300 }, /^Option maxage is unknown\.$/],
])('[R96] the options of requireLogin() are refused when it is made: %j', (wrong, message) => {
  const make = (): unknown => requireLogin(wrong as LoginDemand);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(message);
});
