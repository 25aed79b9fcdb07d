import { type Page, UserAgent } from '../../../packages/core/test/user-agent.js';
import { type Demo, startDemo } from './start-demo.js';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo({ notes: 0, photos: 0, op: 0 });
});
afterAll(() => demo.stop());

describe('the OP of the demo', () => {
  let agent: UserAgent;
  const begin = (): Promise<Page> => agent.open(`${demo.notes.client.baseUrl}/me`);
  beforeEach(() => {
    agent = new UserAgent();
  });

  it('knows two people, and says so to everybody else', async () => {
    const unknown = await agent.submit(await begin(), { user: '<b>bob', password: 'any' });
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain('Nobody is called “&#60;b&#62;bob” here.');
    expect((await agent.submit(unknown, { user: ' Grace ', password: 'any' })).text).toContain('Grace Hopper');
  });

  it('lets people change their mind, of which the app hears', async () => {
    const page = await agent.submit(await begin(), { cancel: 'yes' });
    expect(page.status).toBe(403);
    expect(page.text).toContain('The sign-in was cancelled or not allowed.');
  });

  it('has a page for a login that is over', async () => {
    const login = await begin();
    await agent.submit(login, { user: 'ada', password: 'any' });
    const again = await agent.open(login.url);
    expect(again.status).toBe(400);
    expect(again.text).toContain('Please go back to the app');
  });

  it('signs out by itself who comes from an app, and asks who comes from anywhere', async () => {
    await agent.submit(await begin(), { user: 'ada', password: 'any' });
    const asked = await agent.open(`${demo.op.origin}/session/end`);
    expect(asked.text).toContain('Sign out everywhere');
    expect(asked.text).not.toContain('leave.js');
    const form = await agent.submit(await agent.open(demo.notes.client.baseUrl));
    const [, href = ''] = /class="act" href="([^"]+)"/.exec(form.text) ?? [];
    expect((await agent.open(href.replace(/&#38;/g, '&'))).text).toContain('leave.js');
    const bye = await agent.submit(asked, { logout: 'yes' });
    expect(bye.status).toBeLessThan(500);
  });

  it('has a page of its own for whatever else goes wrong, and one at its root', async () => {
    const lost = await agent.open(`${demo.op.origin}/auth?client_id=nobody`);
    expect(lost.status).toBe(400);
    expect(lost.text).toContain('That did not work');
    expect((await agent.open(demo.op.origin)).text).toContain('Start at one of the apps');
    expect((await agent.open(`${demo.op.origin}/session/end/success`)).text).toContain('You are signed out');
  });
});

it('has a page, with a way on, for an address where nothing is', async () => {
  for (const origin of [demo.op.origin, demo.notes.client.baseUrl, demo.photos.client.baseUrl]) {
    const { status, text } = await new UserAgent().open(`${origin}/nothing/here`);
    expect([status, text.includes('There is no such page'), text.includes('href="/"')]).toEqual([404, true, true]);
  }
});

describe('an app of the demo', () => {
  it('tells an open page what is new, and what became of its session', async () => {
    const agent = new UserAgent();
    const { client, story } = demo.photos;
    const home = await agent.submit(await agent.open(`${client.baseUrl}/me`), { user: 'ada', password: 'any' });
    const session = /data-session="([^"]+)"/.exec(home.text)?.[1] ?? '';
    const news = async (after: number): Promise<Record<string, unknown>> => {
      const query = new URLSearchParams({ after: String(after), session }).toString();
      return JSON.parse((await agent.fetch(`${client.baseUrl}/news?${query}`)).text) as Record<string, unknown>;
    };
    const before = story.last;
    expect(await news(before)).toEqual({ last: before, items: '', session });
    await agent.submit(home);
    expect(await news(before)).toMatchObject({ session: '', reason: 'By the sign-out button of this app.' });
    expect(await news(0)).toMatchObject({ items: expect.stringContaining('Sign-in completed') as string });
  });
});
