import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, pages, signIn } from '../test/app.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

it('concerns the request that was asked about, where passport is given the strategy in place of its name', async () => {
  const held: (() => void)[] = [];
  const app = await App.start(
    op,
    {},
    {
      build: (app) => {
        app.express.get('/mine', app.by(app.strategy), (req, res) => void res.json({ user: req.user }));
        pages(app);
      },
    },
  );
  const [ada, eve] = [new UserAgent(), new UserAgent()];
  await signIn(ada, op, app);
  await signIn(eve, op, app, 'eve');
  const { store } = app.client;
  const read = store.read.bind(store);
  const both = new Promise<void>((done) => {
    store.read = async (...of) => {
      await new Promise<void>((go) => {
        held.push(go);
        if (held.length === 2) done();
      });
      return read(...of);
    };
  });
  const asked = [ada, eve].map((agent) => agent.fetch(`${app.url}/mine`));
  await both;
  for (const go of held) go();
  const answers = await Promise.all(asked);
  expect(answers.map((page) => (json(page).user as { sub: string }).sub)).toEqual(['ada', 'eve']);
});

describe('without an error handler, passport says no itself', () => {
  it.each<[what: string, headers: Record<string, string>, status: number, text: string]>([
    ['nobody is signed in', background, 401, 'Unauthorized'],
    ['it is a look ahead', { 'sec-purpose': 'prefetch' }, 503, 'Service Unavailable'],
  ])('where %s', async (_what, headers, status, text) => {
    const build = (app: App): void => {
      app.express.get('/mine', app.by('oidc'), (_req, res) => void res.json({}));
    };
    const app = await App.start(op, {}, { build });
    const page = await new UserAgent().fetch(`${app.url}/mine`, { headers });
    expect([page.status, page.text, page.headers.get('cache-control')]).toEqual([status, text, 'private, no-store']);
    expect(page.headers.get('content-security-policy')).toBeNull();
  });
});

describe("a program's own answer to an error", () => {
  const mine = (app: App): void => {
    app.express.get('/mine', app.signedIn(), (_req, res) => void res.json({ in: true }));
  };

  it('that says all is well lets nobody pass', async () => {
    const hooks = { onError: () => ({ html: 'Come in, but sign in.', status: 200 }) };
    const app = await App.start(op, { hooks }, { build: mine });
    const page = await new UserAgent().fetch(`${app.url}/mine`, { headers: background });
    expect([page.status, page.text]).toEqual([200, 'Come in, but sign in.']);
    const bare = await App.start(
      op,
      { hooks },
      { build: (own) => void own.express.get('/mine', own.by('oidc'), (_req, res) => void res.json({ in: true })) },
    );
    const answer = await new UserAgent().fetch(`${bare.url}/mine`, { headers: background });
    expect([answer.status, answer.text]).toEqual([401, 'Unauthorized']);
  });

  it('may lead elsewhere', async () => {
    const hooks = { onError: () => ({ redirect: '/welcome' }) };
    const app = await App.start(op, { hooks }, { build: mine });
    const { status, headers } = await new UserAgent().fetch(`${app.url}/mine`, { headers: background });
    expect([status, headers.get('location')]).toEqual([303, '/welcome']);
  });

  it('may be a whole response that says where something is', async () => {
    const hooks = { onError: () => Response.json({ sorry: true }, { status: 422, headers: { location: '/x' } }) };
    const app = await App.start(op, { hooks }, { build: mine });
    const page = await new UserAgent().fetch(`${app.url}/mine`, { headers: background });
    expect([page.status, json(page)]).toEqual([422, { sorry: true }]);
  });
});
