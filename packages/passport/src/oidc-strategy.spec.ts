import { OidcError, UnavailableError, DeniedError } from '@latchkey/core';
import type { IncomingMessage } from 'node:http';
import passport from 'passport';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, majors, pages, signIn } from '../test/app.js';
import type { VerifiedLogin } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

describe.each(majors)('on $name', ({ make }) => {
  it('asks the program who that is, with all that is known', async () => {
    let asked: VerifiedLogin | undefined;
    const verify = (login: VerifiedLogin): Promise<Express.User> => {
      asked = login;
      return Promise.resolve({ sub: 'customer 7' });
    };
    const app = await App.start(op, {}, { make, verify });
    const agent = new UserAgent();
    expect(json(await signIn(agent, op, app)).user).toEqual({ sub: 'customer 7' });
    expect(asked?.user).toMatchObject({ sub: 'ada', email: 'ada@example.com' });
    expect(asked?.idToken).toMatchObject({ iss: op.issuer, sub: 'ada' });
    expect(asked?.tokens.access_token).toEqual(expect.any(String));
    expect(asked?.req.originalUrl).toMatch(/^\/auth\/callback\?/);
    expect(await app.who(agent)).toEqual({ sub: 'customer 7' });
  });

  it('shows whom the program refuses why, and keeps nobody', async () => {
    const app = await App.start(
      op,
      {},
      { make, verify: (_login, done) => done(null, false, { message: 'Not <you>.' }) },
    );
    const agent = new UserAgent();
    const page = await signIn(agent, op, app);
    expect([page.status, page.text.includes('Not &#60;you&#62;.')]).toEqual([403, true]);
    expect(await app.who(agent)).toBeNull();
  });

  it('refuses without a word as well', async () => {
    const app = await App.start(op, {}, { make, verify: () => false });
    const page = await signIn(new UserAgent(), op, app);
    expect([page.status, page.text.includes('You cannot sign in here.')]).toEqual([403, true]);
  });
});

it('goes by the name that the program gives it', async () => {
  const app = await App.start(
    op,
    {},
    {
      build: (app) => {
        app.passport.use('staff', app.strategy);
        app.express.get('/staff', app.by('staff'), (req, res) => void res.json(req.user));
      },
    },
  );
  const agent = new UserAgent();
  expect(json(await op.signIn(agent, await agent.open(`${app.url}/staff`)))).toMatchObject({ sub: 'ada' });
});

it('says so where its middleware has not seen a request', async () => {
  const before = (app: App): void => void app.express.get('/early', app.by('oidc'));
  const app = await App.start(op, {}, { before });
  const page = await new UserAgent().fetch(`${app.url}/early`);
  expect([page.status, page.text.includes('Expected app.use(strategy.middleware())')]).toEqual([500, true]);
});

describe('in a chain', () => {
  class Key extends passport.Strategy {
    override readonly name: string = 'key';
    override authenticate(req: IncomingMessage): void {
      if (req.headers['x-key'] === 'right') this.success({ sub: 'machine' });
      else this.fail('Key realm="api"', 401);
    }
  }
  const build = (app: App): void => {
    app.passport.use(new Key());
    const handler = app.by(['oidc', 'key'], { failWithError: true, session: false });
    app.express.get('/both', handler, (req, res) => void res.json(req.user));
    pages(app);
  };

  it('leaves who is no navigation to the next', async () => {
    const app = await App.start(op, {}, { build });
    const page = await new UserAgent().fetch(`${app.url}/both`, { headers: { ...background, 'x-key': 'right' } });
    expect(json(page)).toEqual({ sub: 'machine' });
    const none = await new UserAgent().fetch(`${app.url}/both`, { headers: background });
    expect([none.status, none.headers.get('www-authenticate'), json(none).error]).toEqual([
      401,
      'Key realm="api"',
      'login_required',
    ]);
  });

  it('signs in who is one', async () => {
    const app = await App.start(op, {}, { build });
    const agent = new UserAgent();
    expect(json(await op.signIn(agent, await agent.open(`${app.url}/both`)))).toMatchObject({ sub: 'ada' });
  });
});

describe('the error handler', () => {
  const failing = (app: App): void => {
    const fail = (path: string, error: unknown): void => {
      app.express.get(path, () => {
        throw error;
      });
    };
    fail('/denied', new DeniedError('login_refused', 'Expected another.', { publicMessage: 'Not <you>.' }));
    fail('/over', new DeniedError('login_required', 'Expected a session.', { status: 401 }));
    fail('/down', new UnavailableError('op_unreachable', 'Expected an answer, came none.', { retryAfter: 7 }));
    fail('/other', new Error('none of ours'));
    app.express.get('/late', (_req, res, next) => {
      res.write('a beginning');
      next(new OidcErrorLate());
    });
    app.express.get('/after', app.by('oidc', { failWithError: true }), () => {
      throw new Error('none of ours');
    });
    pages(app);
  };
  class OidcErrorLate extends DeniedError {
    constructor() {
      super('login_refused', 'Expected another.');
    }
  }

  it.each<[page: string, status: number, body: object]>([
    ['/denied', 403, { error: 'login_refused', error_description: 'Not <you>.' }],
    ['/over', 401, { error: 'login_required' }],
    ['/down', 503, { error: 'op_unreachable' }],
  ])('answers errors of ours: %s', async (page, status, body) => {
    const app = await App.start(op, {}, { build: failing });
    const answer = await new UserAgent().fetch(app.url + page, { headers: background });
    expect([answer.status, json(answer)]).toEqual([status, expect.objectContaining(body)]);
  });

  it('sends a person whose session is over to sign in', async () => {
    const app = await App.start(op, {}, { build: failing });
    const { status, headers } = await new UserAgent().fetch(`${app.url}/over`);
    expect([status, headers.get('location')?.startsWith(op.issuer)]).toEqual([303, true]);
  });

  it.each(['/other', '/after'])('leaves others alone: %s', async (page) => {
    const app = await App.start(op, {}, { build: failing });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const answer = await agent.fetch(app.url + page);
    expect([answer.status, answer.text.includes('none of ours')]).toEqual([500, true]);
  });

  it('leaves an answer alone that is under way', async () => {
    const app = await App.start(op, {}, { build: failing });
    await expect(new UserAgent().fetch(`${app.url}/late`)).rejects.toThrow('aborted');
  });

  it('leaves alone what its middleware has not seen', async () => {
    const before = (app: App): void => {
      app.express.get('/early', () => {
        throw new UnavailableError('op_unreachable', 'Expected an answer, came none.');
      });
    };
    const app = await App.start(op, {}, { before });
    const page = await new UserAgent().fetch(`${app.url}/early`, { headers: background });
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    expect(new UnavailableError('op_unreachable', '')).toBeInstanceOf(OidcError);
  });
});
