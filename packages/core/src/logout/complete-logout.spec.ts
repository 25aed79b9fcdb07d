import { LogoutBench, policyOf } from '../../test/logout-bench.js';
import type { RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** Signs out, and returns the state that went to the OP. */
async function signOut(party: RelyingParty, agent: UserAgent, returnTo = '/public/bye'): Promise<string> {
  const page = await agent.fetch(`${party.url}/auth/logout`, {
    form: { returnTo },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  return /state=([\w-]{43})/.exec(page.text)?.[1] ?? '';
}

function comeBack(party: RelyingParty, agent: UserAgent, query: string): Promise<Page> {
  return agent.fetch(`${party.url}/auth/logged-out${query}`, { headers: { 'sec-fetch-site': 'cross-site' } });
}

const linksOf = ({ text }: Page): unknown[] =>
  [...text.matchAll(/(?:href|src|action|url)="?=?([^"]*)"/g)].map(([, url]) => url);

function expectPlainPage(page: Page): void {
  expect([page.status, page.headers.get('location')]).toEqual([200, null]);
  expect(page.text).toContain('<h1>You are signed out</h1>');
  expect(page.headers.get('cache-control')).toBe('private, no-store');
  expect(policyOf(page)).toMatchObject({
    'default-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'none'"],
  });
}

describe('[R53] [RULE 3.8] the return from the OP', () => {
  it('with the state that left: to the page that was asked for, once', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const state = await signOut(party, agent);
    const page = await comeBack(party, agent, `?state=${state}`);
    expect([page.status, page.headers.get('location')]).toEqual([303, `${party.url}/public/bye`]);
    expect(agent.names(party.host)).toEqual([]);
    expectPlainPage(await comeBack(party, agent, `?state=${state}`));
  });

  it.each<[string, (state: string) => string]>([
    ['another state', (state) => `?state=${state}_INVALID`],
    ['the state of somebody else', () => `?state=${'x'.repeat(43)}`],
    ['the state in other letters', (state) => `?state=${state.toUpperCase()}x`],
    ['no state', () => ''],
    ['an empty state', () => '?state='],
    ['the state twice', (state) => `?state=${state}&state=${state}`],
    ['the state beside another', (state) => `?state=other&state=${state}`],
    ['an error', () => '?error=server_error&error_description=boom'],
  ])('with %s: a plain page, nowhere to go but a page of this program', async (_what, query) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const state = await signOut(party, agent);
    const page = await comeBack(party, agent, query(state));
    expectPlainPage(page);
    expect(linksOf(page)).toEqual(['/public/bye']);
    expect(page.text).not.toContain('boom');
    // Somebody else's link to this address does not spoil the return that is still to come.
    const right = await comeBack(party, agent, `?state=${state}`);
    expect(right.headers.get('location')).toBe(`${party.url}/public/bye`);
  });

  it.each<[string, (agent: UserAgent, party: RelyingParty) => void]>([
    ['no cookie', (agent, party) => agent.deleteCookie(party.host, party.client.cookies.logout)],
    [
      'a cookie that does not open',
      (agent, party) => agent.setCookie(party.host, party.client.cookies.logout, 'A'.repeat(200)),
    ],
    ['an empty cookie', (agent, party) => agent.setCookie(party.host, party.client.cookies.logout, '')],
  ])('with %s: a plain page', async (_what, change) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const state = await signOut(party, agent);
    change(agent, party);
    const page = await comeBack(party, agent, `?state=${state}`);
    expectPlainPage(page);
    expect(linksOf(page)).toEqual(['/']);
  });

  it('[RULE 1.3] a logout of another program opens nothing here, though its secret is the same', async () => {
    const [one, two] = [await bench.party(), await bench.party()];
    const agent = new UserAgent();
    const state = await signOut(one, agent);
    const value = agent.cookies(one.host).slice(one.client.cookies.logout.length + 1);
    agent.setCookie(two.host, two.client.cookies.logout, value);
    expectPlainPage(await comeBack(two, agent, `?state=${state}`));
  });

  it('of the latest of two logouts counts', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const states = [await signOut(party, agent, '/public/one'), await signOut(party, agent, '/public/two')];
    expectPlainPage(await comeBack(party, agent, `?state=${states[0]}`));
    expect((await comeBack(party, agent, `?state=${states[1]}`)).headers.get('location')).toBe(
      `${party.url}/public/two`,
    );
  });

  it('needs no session, reads no store, asks no OP', async () => {
    const party = await bench.party();
    bench.op.requests.length = 0;
    await bench.op.stop();
    expectPlainPage(await comeBack(party, new UserAgent(), '?state=x'));
    await bench.op.listen();
  });

  it('[R13] nothing of the query stands on the page', async () => {
    const party = await bench.party();
    const page = await comeBack(
      party,
      new UserAgent(),
      '?state=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&returnTo=//evil.example',
    );
    expectPlainPage(page);
    expect(page.text).not.toMatch(/alert|evil/);
  });
});

describe('[RULE 3.8] a logout that could not reach the OP', () => {
  it('says that the session there may live on, once; the same page opened later is the plain one', async () => {
    bench.op.metadata = { end_session_endpoint: undefined };
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    await signOut(party, agent);
    const page = await comeBack(party, agent, '');
    expect(page.status).toBe(200);
    expect(page.text).toContain('You may still be signed in there');
    expect(linksOf(page)).toEqual(['/public/bye']);
    expectPlainPage(await comeBack(party, agent, ''));
  });
});
