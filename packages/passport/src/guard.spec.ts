import { ForeignOp } from '../../core/test/foreign-op.js';
import { type Page, UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, pages, signIn } from '../test/app.js';

let op: ForeignOp;
let app: App;
beforeAll(async () => {
  op = await ForeignOp.start([], { acrValues: ['gold'] });
});
beforeEach(async () => {
  app = await App.start(op, {}, { build });
});
afterAll(() => op.stop());

function build(app: App): void {
  const { express } = app;
  express.get(
    '/chosen',
    app.signedIn({ prompt: 'login', returnTo: '/private?after=1' }),
    (req, res) => void res.json(req.user),
  );
  express.get('/german', app.signedIn({ authorizationParams: { ui_locales: 'de' } }), (_req, res) => void res.json({}));
  express.get(
    '/reserved',
    app.signedIn({ authorizationParams: { scope: 'openid admin' } }),
    (_req, res) => void res.json({}),
  );
  express.get('/gold', app.signedIn({ acr: 'gold' }), (req, res) => void res.json({ user: req.user }));
  express.post(
    '/hook',
    app.signedIn({ csrf: { origins: ['https://friend.example'] } }),
    (_req, res) => void res.json({}),
  );
  express.get('/verified', app.signedIn({ claims: { email_verified: true } }), (_req, res) => void res.json({}));
  express.get('/admin', app.signedIn({ claims: { role: 'admin' } }), (_req, res) => void res.json({}));
  express.post('/maybe', app.signedIn({ optional: true }), (req, res) => void res.json({ user: req.user ?? null }));
  express.get('/token', app.signedIn(), (req, res, next) => {
    req.authInfo!.session!.accessToken().then((token) => res.json({ type: typeof token }), next);
  });
  pages(app);
}

/** What a navigation is sent to ask the OP for. */
async function asked(path: string): Promise<URLSearchParams> {
  const { headers } = await new UserAgent().fetch(app.url + path);
  return new URL(headers.get('location') ?? '').searchParams;
}

describe('passport.authenticate() at a page', () => {
  it('[D18] [D20] always asks with PKCE, state and nonce, for the callback that is configured', async () => {
    const query = await asked('/private');
    expect(Object.fromEntries(query)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      redirect_uri: `${app.url}/auth/callback`,
    });
    const again = await asked('/private');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(again.get(name)).not.toBe(query.get(name));
  });

  it('asks for more', async () => {
    expect((await asked('/chosen')).get('prompt')).toBe('login');
    expect((await asked('/german')).get('ui_locales')).toBe('de');
  });

  it('lets nobody replace what belongs to the protocol', async () => {
    const page = await new UserAgent().fetch(`${app.url}/reserved`);
    expect([page.status, page.text.includes('invalid_option')]).toEqual([500, true]);
  });

  it('comes back to another page', async () => {
    const agent = new UserAgent();
    const page = await op.signIn(agent, await agent.open(`${app.url}/chosen`));
    expect(page.url).toBe(`${app.url}/private?after=1`);
  });

  it('[R52] wants a better authentication than the session has', async () => {
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const answer = await agent.fetch(`${app.url}/gold`, { headers: background });
    expect([answer.status, json(answer).error]).toEqual([401, 'insufficient_user_authentication']);
    const { headers } = await agent.fetch(`${app.url}/gold`);
    expect(new URL(headers.get('location') ?? '').searchParams.get('acr_values')).toBe('gold');
  });

  it('wants what the program knows of its user', async () => {
    const agent = new UserAgent();
    await signIn(agent, op, app);
    expect((await agent.fetch(`${app.url}/verified`)).status).toBe(200);
    const page = await agent.fetch(`${app.url}/admin`, { headers: background });
    expect([page.status, json(page).error]).toEqual([403, 'insufficient_claims']);
  });

  it.each([
    ['https://friend.example', 200],
    ['https://evil.example', 403],
  ])('[RULE 6.1] takes a form of %s: %i', async (origin, status) => {
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const send = (path: string): Promise<Page> =>
      agent.fetch(app.url + path, { form: {}, headers: { 'sec-fetch-site': 'cross-site', origin } });
    expect((await send('/hook')).status).toBe(status);
    expect((await send('/maybe')).status).toBe(403);
  });

  it('lets everybody pass where a user is optional, without one', async () => {
    const page = await new UserAgent().fetch(`${app.url}/maybe`, { form: {} });
    expect([page.status, json(page), page.headers.get('cache-control')]).toEqual([
      200,
      { user: null },
      'private, no-store',
    ]);
  });

  it('leaves the session to the program, for its tokens', async () => {
    const agent = new UserAgent();
    await signIn(agent, op, app);
    expect(json(await agent.fetch(`${app.url}/token`))).toEqual({ type: 'string' });
  });
});
