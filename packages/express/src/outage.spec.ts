import { breakableStore } from '../../core/test/breakable-store.js';
import { TestClock } from '../../core/test/clock.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { actionOf, App, json, majors, signIn } from '../test/app.js';

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };
const hour = 3_600_000;

let op: ForeignOp;
let isUp: boolean;
beforeEach(async () => {
  op = await ForeignOp.start([]);
  isUp = true;
});
afterEach(() => (isUp ? op.stop() : undefined));

async function down(): Promise<void> {
  await op.stop();
  isUp = false;
}

async function up(): Promise<void> {
  await op.resume();
  isUp = true;
}

describe.each(majors)('while the OP is down, on $name', ({ express }) => {
  it('[D6] whoever is signed in goes on, for hours', async () => {
    const clock = new TestClock();
    const app = await App.start(op, express, { clock });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await down();
    for (let hours = 0; hours < 20; hours++) {
      clock.advance(hour);
      expect(json(await agent.fetch(`${app.url}/private`)).user).toEqual(ada);
    }
  });

  it.each([
    ['a moment', 0],
    ['longer than what it said of itself is kept', 25],
  ])('[D6] signing in is answered with 503, down for %s: a page for people, JSON for others', async (_name, hours) => {
    const clock = new TestClock();
    const app = await App.start(op, express, { clock, session: { idle: false } });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await down();
    clock.advance(hours * hour);
    const page = await new UserAgent().fetch(`${app.url}/private?a=1`);
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(page.text).toContain('The sign-in service cannot be reached');
    expect(page.headers.getSetCookie()).toEqual([]);
    const data = await new UserAgent().fetch(`${app.url}/private`, { headers: { accept: 'application/json' } });
    expect([data.status, json(data).error]).toEqual([503, 'op_unreachable']);
    expect(await app.who(agent)).toEqual(ada);
  });

  it('[D6] [D17] the program starts, and signs in without a restart when the OP is there', async () => {
    const clock = new TestClock();
    await down();
    const app = await App.start(op, express, { clock });
    const agent = new UserAgent();
    expect((await agent.fetch(`${app.url}/public`)).status).toBe(200);
    const page = await agent.fetch(`${app.url}/private?a=1`);
    expect(page.status).toBe(503);
    await up();
    clock.advance(2001); // a fetch that failed is not repeated for two seconds
    const back = await op.signIn(agent, await agent.open(page.url));
    expect([back.url, json(back).user]).toEqual([`${app.url}/private?a=1`, ada]);
  });

  it('[RULE 4.3] a login that was under way gets a page whose link starts another', async () => {
    const app = await App.start(op, express);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const sent = await agent.fetch(`${app.url}/auth/login?returnTo=%2Fwho`);
    const answered = await agent.fetch(sent.headers.get('location') ?? '');
    await down();
    const page = await agent.fetch(answered.headers.get('location') ?? '');
    expect(page.status).toBe(503);
    expect(actionOf(page)).toBe(`${app.url}/auth/login?returnTo=%2Fwho`);
    await up();
    expect((await agent.open(actionOf(page))).url).toBe(`${app.url}/who`);
  });

  it('[RULE 3.8] signing out works here, and says that the OP could not be told', async () => {
    const clock = new TestClock();
    const app = await App.start(op, express, { clock, session: { idle: false } });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    await down();
    clock.advance(25 * hour);
    const sent = await app.post(agent, '/auth/logout');
    const page = await agent.open(new URL(sent.headers.get('location') ?? '', app.url).href);
    expect(page.text).toContain('The sign-in service could not be told.');
    expect(await app.who(agent)).toBeNull();
  });
});

describe.each(majors)('while the store is down, on $name', ({ express }) => {
  it('[RULE 2.6] a callback is answered with 503, and a reload completes the login', async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store } });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    const sent = await agent.fetch(`${app.url}/auth/login?returnTo=%2Fwho`);
    const answered = await agent.fetch(sent.headers.get('location') ?? '');
    store.down.add('all');
    const callback = answered.headers.get('location') ?? '';
    const page = await agent.fetch(callback);
    expect(page.status).toBe(503);
    expect(page.headers.getSetCookie()).toEqual([]);
    store.down.clear();
    expect((await agent.open(callback)).url).toBe(`${app.url}/who`);
  });

  it('[RULE 3.8] signing out is answered with 503, clears nothing, and works when it is back', async () => {
    const store = breakableStore();
    const app = await App.start(op, express, { session: { store } });
    const agent = new UserAgent();
    await signIn(agent, op, app);
    store.down.add('end');
    const failed = await app.post(agent, '/auth/logout');
    expect([failed.status, failed.headers.getSetCookie()]).toEqual([503, []]);
    store.down.clear();
    expect(await app.who(agent)).toEqual(ada);
    expect((await app.post(agent, '/auth/logout')).status).toBe(200);
    expect(await app.who(agent)).toBeNull();
  });
});
