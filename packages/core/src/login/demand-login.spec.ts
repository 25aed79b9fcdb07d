import { breakableStore } from '../../test/breakable-store.js';
import { background, codeOf, cookiesOf, linkOf, locationOf, LoginBench } from '../../test/login-bench.js';
import { said } from '../../test/relying-party.js';
import { UserAgent, type Ask } from '../../test/user-agent.js';
import { Visit } from '../visit.js';
import { demandLogin, isAdmitted, type LoginDemand } from './demand-login.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

it('lets who is signed in pass', async () => {
  const party = await bench.party();
  const agent = await bench.signedIn(party);
  expect(said(await agent.fetch(`${party.url}/private`))).toMatchObject({ page: '/private', sub: 'ada' });
});

it('sends a navigation to sign in, and back to where it was', async () => {
  const party = await bench.party();
  const page = await party.login(new UserAgent(), '/private/orders?open=1&page=2');
  expect(said(page)).toMatchObject({ page: '/private/orders?open=1&page=2', sub: 'ada' });
});

const prefetch: Ask = {
  headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' },
};
const frame: Ask = { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } };

describe('[R49] who is no navigation gets no redirect and no cookie', () => {
  it.each<[what: string, ask: Ask, status: number, code: string]>([
    ['fetch()', background, 401, 'login_required'],
    ['a program', { headers: { accept: '*/*', 'sec-fetch-mode': '' } }, 401, 'login_required'],
    ['a frame', frame, 401, 'login_required'],
    ['a form', { form: { a: '1' } }, 401, 'login_required'],
    ['a DELETE of fetch()', { method: 'DELETE', ...background }, 401, 'login_required'],
    ['[RULE 4.2] a look ahead', prefetch, 503, 'prefetch'],
  ])('%s', async (_what, ask, status, code) => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/private`, ask);
    expect([page.status, codeOf(page), page.headers.get('location')]).toEqual([status, code, null]);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(bench.events).toEqual([]);
  });

  it('with a hint in the JSON, where a login begins', async () => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/private?a=1`, background);
    expect(JSON.parse(page.text)).toEqual({
      error: 'login_required',
      error_description: 'You need to sign in first.',
      location: `${party.url}/auth/login?returnTo=${encodeURIComponent('/private?a=1')}`,
    });
  });

  it('with a link on the page; what a form has sent leads nowhere', async () => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/private`, { form: { a: '1' } });
    expect(page.text).toContain('Please sign in');
    expect(linkOf(page)).toBe('/auth/login');
    expect(linkOf(await new UserAgent().fetch(`${party.url}/private`, frame))).toBe('/auth/login?returnTo=%2Fprivate');
  });
});

describe('[RULE 6.1] an unsafe request with a session', () => {
  it.each<[site: string, status: number]>([
    ['same-origin', 200],
    ['same-site', 403],
    ['cross-site', 403],
    ['none', 403],
  ])('from a page that is %s: %i', async (site, status) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const ask = { form: { a: '1' }, headers: { 'sec-fetch-site': site } };
    const page = await agent.fetch(`${party.url}/private`, ask);
    expect(page.status).toBe(status);
    expect(page.headers.get('location')).toBeNull(); // never sent to sign in
    if (status === 403) expect(codeOf(page)).toBe('csrf_refused');
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('is refused in JSON to who wants JSON', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const headers = { ...background.headers, 'sec-fetch-site': 'cross-site' };
    const page = await agent.fetch(`${party.url}/private`, { method: 'DELETE', headers });
    expect(JSON.parse(page.text)).toEqual({
      error: 'csrf_refused',
      error_description: 'This request came from another site, so it was not carried out.',
    });
  });
});

it('[D17] says 503 while the OP is down, and the link leads to the page that was wanted', async () => {
  const party = await bench.party();
  const agent = new UserAgent();
  await bench.op.stop();
  const page = await agent.fetch(`${party.url}/private/cart`);
  await bench.op.listen();
  bench.clock.advance(2000);
  expect([page.status, codeOf(page)]).toEqual([503, 'op_unreachable']);
  const back = await agent.open(party.url + (linkOf(page) ?? ''));
  expect(said(back)).toMatchObject({ page: '/private/cart', sub: 'ada' });
});

describe('[R11] [RULE 4.5] without a login route', () => {
  it('a page leads to itself', async () => {
    const party = await bench.party({ routes: { login: false } });
    const page = await new UserAgent().fetch(`${party.url}/private`, frame);
    expect(linkOf(page)).toBe('/private');
    const data = await new UserAgent().fetch(`${party.url}/private`, background);
    expect(JSON.parse(data.text)).toMatchObject({ location: `${party.url}/private` });
  });

  it('a path that looks like another host leads home', async () => {
    const visit = new Visit(bench.client({ routes: { login: false } }), 'GET', '//evil.example/', () => '*/*');
    const answer = await demandLogin(visit);
    expect(await answer?.json()).toMatchObject({ location: 'https://app.example/' });
  });
});

describe('a login that is asked for more', () => {
  const headers = (accept: string) => (name: string) => (name === 'accept' ? accept : undefined);
  const wanted = { returnTo: '/cart', authorizationParams: { prompt: 'select_account' } };

  it('asks the OP for it', async () => {
    const visit = new Visit(bench.client(), 'GET', '/private', headers('text/html'));
    const answer = await demandLogin(visit, {}, wanted);
    const url = new URL(answer?.headers.get('location') ?? '');
    expect(url.searchParams.get('prompt')).toBe('select_account');
  });

  it('leads to its own page', async () => {
    const visit = new Visit(bench.client(), 'GET', '/private', headers('*/*'));
    const answer = await demandLogin(visit, {}, wanted);
    expect(await answer?.json()).toMatchObject({ location: 'https://app.example/auth/login?returnTo=%2Fcart' });
  });
});

it('[R11] the page to come back to is judged: a path like another host is not', async () => {
  const party = await bench.party();
  const agent = new UserAgent();
  const page = await agent.fetch(locationOf(await agent.fetch(await bench.begin(party, agent, '//evil.example/'))));
  expect(page.url).toBe(`${party.url}/`);
});

describe('isAdmitted: at once', () => {
  async function visits() {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    const headers: Record<string, string> = { cookie: agent.cookies(party.host) };
    const visit = (method = 'GET', more: Record<string, string> = {}): Visit =>
      new Visit(party.client, method, '/', (name) => ({ ...headers, ...more })[name]);
    return { store, visit };
  }

  const ofSite = (site: string): [string, Record<string, string>] => ['POST', { 'sec-fetch-site': site }];
  it.each<[who: string, request: [method?: string, more?: Record<string, string>], demand: LoginDemand, is: boolean]>([
    ['who is signed in', [], {}, true],
    ['a page of this site', ofSite('same-origin'), {}, true],
    ['[RULE 6.1] a page of another site', ofSite('cross-site'), {}, false],
    ['who signed in well enough', [], { maxAge: 3600 }, true],
    ['who signed in otherwise', [], { acr: 'gold' }, false],
    ['nobody', ['GET', { cookie: '' }], {}, false],
  ])('%s', async (_who, request, demand, admitted) => {
    const { visit } = await visits();
    const one = visit(...request);
    await one.readAhead();
    expect(isAdmitted(one, demand)).toBe(admitted);
    // Both ways come to the same.
    expect((await demandLogin(visit(...request), demand)) === undefined).toBe(admitted);
  });

  it('[R46] not before the session is read, and not where it could not be', async () => {
    const { store, visit } = await visits();
    expect(isAdmitted(visit())).toBe(false);
    store.down.add('read');
    const one = visit();
    await one.readAhead();
    expect(isAdmitted(one)).toBe(false);
    await expect(demandLogin(one)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
