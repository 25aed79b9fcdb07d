import { TestClock } from '../../core/test/clock.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, json, pages, signIn } from '../test/app.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const isPage = (app: App): void => {
  app.express.get('/is', (req, res) => void res.json({ in: req.isAuthenticated() }));
  app.express.get('/begun', (_req, res, next) => {
    res.write('{"begun":');
    next();
  });
  app.express.get('/begun', app.signedIn(), (_req, res) => void res.end('true}'));
  pages(app);
};

async function startSealed(loginSession: boolean): Promise<{ app: App; agent: UserAgent; clock: TestClock }> {
  const clock = new TestClock();
  const session = { idle: 600, cookie: { sealed: true } };
  const app = await App.start(op, { clock, session }, { loginSession, build: isPage });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  return { app, agent, clock };
}

describe('[RULE 2.2] a session in sealed cookies', () => {
  it.each([
    ['/private', false],
    ['/is', true],
  ])('lives on while it is used, by %s', async (page, loginSession) => {
    const { app, agent, clock } = await startSealed(loginSession);
    for (let times = 0; times < 4; times++) {
      clock.advance(400_000);
      const answer = await agent.fetch(app.url + page);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    }
    expect(await app.who(agent)).toMatchObject({ sub: 'ada' });
  });

  it('changes no answer where there is nothing to carry', async () => {
    const { app, agent } = await startSealed(true);
    const answer = await agent.fetch(`${app.url}/is`);
    expect([json(answer), answer.headers.get('cache-control')]).toEqual([{ in: true }, null]);
  });
});

it('leaves an answer alone that is under way', async () => {
  const app = await App.start(op, {}, { build: isPage });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  expect(json(await agent.fetch(`${app.url}/begun`))).toEqual({ begun: true });
});
