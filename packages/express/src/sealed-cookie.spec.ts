import { TestClock } from '../../core/test/clock.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent, type Page } from '../../core/test/user-agent.js';
import { App, majors, pages, signIn, signOut } from '../test/app.js';
import { requireLogin } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

/** Milliseconds after which a use is noted again. */
const interval = 60_000;
const setCookies = (page: Page): string[] => page.headers.getSetCookie();

describe.each(majors)('[RULE 2.2] sealed cookies on $name', ({ express }) => {
  let clock: TestClock;
  let agent: UserAgent;
  let app: App;
  beforeEach(async () => {
    clock = new TestClock();
    agent = new UserAgent();
    app = await App.start(op, express, { clock, session: { cookie: { sealed: true } } }, (program, auth) => {
      program.use(auth);
      program.get('/cached', (_req, res) => void res.set('Cache-Control', 'public, max-age=60').send('for all'));
      program.get('/stream', (req, res) => {
        res.write(`for ${req.oidc.user?.sub} `);
        setImmediate(() => res.end('and no more'));
      });
      program.get('/only-demanded', requireLogin(), (_req, res) => void res.send('demanded'));
      pages(program);
    });
    await signIn(agent, op, app);
  });

  it('a user signs in and out', async () => {
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
    await signOut(agent, app);
    expect([await app.who(agent), agent.names('localhost')]).toEqual([
      null,
      expect.not.arrayContaining([app.auth.client.cookies.session]),
    ]);
  });

  it('[R45] are set again at an interval and not before', async () => {
    clock.advance(interval - 1);
    expect(setCookies(await agent.fetch(`${app.url}/who`))).toEqual([]);
    clock.advance(1);
    expect(setCookies(await agent.fetch(`${app.url}/who`))).toHaveLength(1);
    expect(setCookies(await agent.fetch(`${app.url}/who`))).toEqual([]);
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('a streamed response keeps its own', async () => {
    clock.advance(interval);
    const page = await agent.fetch(`${app.url}/stream`);
    expect([page.text, setCookies(page).length]).toEqual(['for ada and no more', 1]);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('a route that only demands a login sets it too', async () => {
    clock.advance(interval);
    const page = await agent.fetch(`${app.url}/only-demanded`);
    expect([page.text, setCookies(page).length]).toEqual(['demanded', 1]);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
  });

  it('[R48] a response that does not depend on the session never carries one: a cache may keep it', async () => {
    clock.advance(interval);
    const page = await agent.fetch(`${app.url}/cached`);
    expect([page.headers.get('cache-control'), setCookies(page)]).toEqual(['public, max-age=60', []]);
  });

  it('[RULE 2.6] an anonymous request gets none', async () => {
    for (const path of ['/who', '/public', '/stream'])
      expect(setCookies(await new UserAgent().fetch(app.url + path))).toEqual([]);
  });
});
