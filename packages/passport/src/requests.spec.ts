import { breakableStore } from '../../core/test/breakable-store.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, json } from '../test/app.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const customerOf = (req: object): unknown => Reflect.get(req, 'customer');

const build = (app: App): void => {
  app.express.get('/private', app.signedIn(), (req, res) => void res.json({ user: customerOf(req) }));
  app.express.get('/is', (req, res) => void res.json({ user: customerOf(req) ?? null }));
};

describe('where passport keeps the user under another name', () => {
  it('it is found, withheld and forgotten there', async () => {
    const store = breakableStore();
    const before = ({ express, passport }: App): void =>
      void express.use(passport.initialize({ userProperty: 'customer' }));
    const app = await App.start(op, { session: { store } }, { before, build, loginSession: true });
    const agent = new UserAgent();
    const signedIn = await op.signIn(agent, await agent.open(`${app.url}/private`));
    expect(json(signedIn).user).toMatchObject({ sub: 'ada' });
    expect(json(await agent.fetch(`${app.url}/is`)).user).toMatchObject({ sub: 'ada' });
    expect(json(await agent.fetch(`${app.url}/private`)).user).toMatchObject({ sub: 'ada' });
    store.down.add('all');
    expect((await agent.fetch(`${app.url}/is`)).status).toBe(503);
    store.down.clear();
    await app.post(agent, '/auth/logout');
    expect(json(await agent.fetch(`${app.url}/is`)).user).toBeNull();
  });
});
