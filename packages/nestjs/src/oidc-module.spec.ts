import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, json, signIn, signOut, surroundings } from '../test/app.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };

describe.each(surroundings)('OidcModule on $name', (around) => {
  it('[R9] [R13] [R19] signs in, back to the very page, and knows ID token and userinfo as one user', async () => {
    const app = await App.start(op, around);
    const agent = new UserAgent();
    const page = await op.signIn(agent, await agent.open(`${app.pages}/private/list?page=2&tag=a%26b`));
    expect(page.url).toBe(`${app.pages}/private/list?page=2&tag=a%26b`);
    expect(json(page)).toMatchObject({ user: ada });
  });

  it('[R53] [R54] signs out here and at the OP, and comes back to where it was asked to', async () => {
    const app = await App.start(op, around);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    expect(await app.who(agent)).toEqual(ada);
    const back = await signOut(agent, app, { returnTo: '/public' });
    expect(back.url).toBe(`${app.url}/public`);
    expect(await app.who(agent)).toBeNull();
    expect((await agent.open(`${app.pages}/private`)).text).toContain('name="login"');
  });
});
