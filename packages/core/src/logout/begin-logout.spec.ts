import { createHash } from 'node:crypto';
import { breakableStore } from '../../test/breakable-store.js';
import { jsonOf, LogoutBench, policyOf } from '../../test/logout-bench.js';
import type { PartyOptions, RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Ask, type Page } from '../../test/user-agent.js';
import { Visit } from '../visit.js';
import { beginLogout } from './begin-logout.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** What a browser sends with the program's own form. */
const form: Ask = { form: '', headers: { 'sec-fetch-site': 'same-origin' } };
/** What a script of the program's own page sends. */
const script: Ask = {
  method: 'POST',
  headers: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
};

function signOut(party: RelyingParty, agent: UserAgent, ask: Ask = form): Promise<Page> {
  return agent.fetch(`${party.url}/auth/logout`, ask);
}

function unescapeHtml(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/** The one text that matches within a page, as a browser reads it. */
function only(page: Page, pattern: RegExp): string {
  const found = [...page.text.matchAll(pattern)];
  expect(found).toHaveLength(1);
  return unescapeHtml(found[0]![1]!);
}

const refreshOf = (page: Page): string => only(page, /<meta http-equiv="refresh" content="0;url=([^"]*)">/g);
const linkOf = (page: Page): string => only(page, /<a [^>]*href="([^"]*)"/g);
const queryOf = (url: string): URLSearchParams => new URL(url).searchParams;
const hashOfTag = (page: Page, tag: string): string =>
  `'sha256-${createHash('sha256')
    .update(only(page, new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g')))
    .digest('base64')}'`;

/** A program whose sessions have an ID token too long for a URL. */
async function withLongHint(options: PartyOptions = {}): Promise<[RelyingParty, UserAgent]> {
  bench.op.idToken = { claims: { groups: Array.from({ length: 300 }, (_, n) => `group-${n}`) } };
  const party = await bench.party(options);
  return [party, await bench.signedIn(party)];
}

describe('[R53] [R54] [RULE 3.8] a navigation', () => {
  it('ends the session first; the page goes on to the OP at once, and by a link', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await signOut(party, agent);
    expect(page.status).toBe(200);
    expect(linkOf(page)).toBe(refreshOf(page));
    expect(refreshOf(page).startsWith(`${bench.op.issuer}/end-session?`)).toBe(true);
    expect(agent.names(party.host)).toEqual([party.client.cookies.logout]);
    expect(await party.whoIs(agent)).toBeNull();
    expect(await party.client.store.list(party.client.ref, 'ada')).toEqual([]);
    expect(bench.op.at('/end-session')).toEqual([]);
    expect(bench.logouts).toMatchObject([{ type: 'requested', sub: 'ada' }]);
  });

  it('[R53] shows the OP the ID token byte for byte, the client, the registered page and a state', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const begun = (await agent.fetch(`${party.url}/auth/login`)).headers.get('location') ?? '';
    const claims = { ...bench.op.idTokenClaims('app', queryOf(begun).get('nonce')), name: 'Ådä  \u2028' };
    const idToken = await bench.op.sign(claims, { header: { typ: 'JWT' } });
    bench.op.idToken = { raw: idToken };
    await agent.open(begun);
    const query = queryOf(refreshOf(await signOut(party, agent)));
    expect(query.get('id_token_hint')).toBe(idToken);
    expect([...query.keys()].sort()).toEqual(['client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state']);
    expect(query.get('client_id')).toBe('app');
    expect([query.get('post_logout_redirect_uri')]).toEqual(party.client.metadata().post_logout_redirect_uris);
    expect(query.get('state')).toMatch(/^[\w-]{43}$/);
  });

  it('takes a new state each time', async () => {
    const party = await bench.party();
    const states = new Set<string | null>();
    for (let times = 0; times < 3; times++)
      states.add(queryOf(refreshOf(await signOut(party, new UserAgent()))).get('state'));
    expect(states.size).toBe(3);
  });

  it('keeps what stands in the query of end_session_endpoint', async () => {
    bench.op.metadata = { end_session_endpoint: `${bench.op.issuer}/end-session?tenant=7` };
    const party = await bench.party();
    const url = refreshOf(await signOut(party, await bench.signedIn(party)));
    expect(queryOf(url).get('tenant')).toBe('7');
    expect(queryOf(url).get('client_id')).toBe('app');
  });

  it('is answered under a policy with nothing to spare, and without form-action', async () => {
    const party = await bench.party();
    const page = await signOut(party, await bench.signedIn(party));
    expect(policyOf(page)).toEqual({
      'default-src': ["'none'"],
      'style-src': [hashOfTag(page, 'style')],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).not.toMatch(/<script| style="| on[a-z]+="/);
  });

  it('over 4 KB of URL: a form with a visible button, and our constant script alone', async () => {
    const [party, agent] = await withLongHint();
    const page = await signOut(party, agent);
    expect(policyOf(page)).toEqual({
      'default-src': ["'none'"],
      'style-src': [hashOfTag(page, 'style')],
      'script-src': [hashOfTag(page, 'script')],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
    expect(only(page, /<script>(.*?)<\/script>/g)).toBe('document.forms[0].submit()');
    expect(only(page, /<form method="post" action="([^"]*)">/g)).toBe(`${bench.op.issuer}/end-session`);
    expect(only(page, /<button class="act">([^<]+)<\/button>/g)).toBe('Go on');
    expect(page.text).not.toContain('http-equiv');
    await agent.submit(page);
    const [request] = bench.op.at('/end-session');
    expect(request?.method).toBe('POST');
    expect([...(request?.parameters.keys() ?? [])].sort()).toEqual([
      'client_id',
      'id_token_hint',
      'post_logout_redirect_uri',
      'state',
    ]);
    expect(request?.parameters.get('id_token_hint')?.length).toBeGreaterThan(4096);
  });

  it('of 4096 characters still goes by URL, one more by form', async () => {
    const pad = async (length: number): Promise<Page> => {
      bench.op.metadata = { end_session_endpoint: `${bench.op.issuer}/end-session?pad=` };
      const probe = await bench.party();
      const url = refreshOf(await signOut(probe, new UserAgent()));
      const fill = 'x'.repeat(length - url.length);
      bench.op.metadata = { end_session_endpoint: `${bench.op.issuer}/end-session?pad=${fill}` };
      return signOut(await bench.party(), new UserAgent());
    };
    expect(refreshOf(await pad(4096))).toHaveLength(4096);
    expect((await pad(4097)).text).toContain('<form method="post"');
  });

  it('goes all the way: through the OP and back to the page that was asked for', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await signOut(party, agent, { ...form, form: { returnTo: '/public/bye?x=1#y' } });
    const back = await agent.fetch(refreshOf(page));
    const end = await agent.fetch(back.headers.get('location') ?? '');
    expect([end.status, end.headers.get('location')]).toEqual([303, `${party.url}/public/bye?x=1#y`]);
    expect(agent.names(party.host)).toEqual([]);
  });
});

describe('[RULE 3.8] what is no navigation', () => {
  it.each<[string, Record<string, string>]>([
    ['a fetch', script.headers ?? {}],
    ['a fetch that asks for HTML', { ...script.headers, accept: 'text/html' }],
    ['a navigation that does not take HTML', { ...script.headers, 'sec-fetch-mode': 'navigate' }],
    ['no Fetch Metadata and no HTML', { accept: 'application/json', 'sec-fetch-mode': '', 'sec-fetch-dest': '' }],
  ])('%s: 200 with the location as JSON', async (_what, headers) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await signOut(party, agent, { method: 'POST', headers });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(Object.keys(jsonOf(page))).toEqual(['location']);
    const query = queryOf(String(jsonOf(page).location));
    expect(query.get('id_token_hint')).toMatch(/^ey/);
    expect(agent.names(party.host)).toEqual([party.client.cookies.logout]);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('no Fetch Metadata but HTML: our page', async () => {
    const party = await bench.party();
    const headers = { 'sec-fetch-mode': '', 'sec-fetch-dest': '' };
    expect(refreshOf(await signOut(party, new UserAgent(), { method: 'POST', headers }))).toContain('/end-session?');
  });

  it('over 4 KB: without id_token_hint, with client_id', async () => {
    const [party, agent] = await withLongHint();
    const query = queryOf(String(jsonOf(await signOut(party, agent, script)).location));
    expect([...query.keys()].sort()).toEqual(['client_id', 'post_logout_redirect_uri', 'state']);
    expect(query.get('client_id')).toBe('app');
  });
});

describe('[R54] without what it would like to have', () => {
  it.each<[string, (party: RelyingParty) => Promise<UserAgent>]>([
    ['no session', () => Promise.resolve(new UserAgent())],
    [
      'a session that was ended elsewhere',
      async (party) => {
        const agent = await bench.signedIn(party);
        await party.client.store.end({ client: party.client.ref, sub: 'ada' }, { life: 1000 });
        return agent;
      },
    ],
    [
      'a session that has expired',
      async (party) => {
        const agent = await bench.signedIn(party);
        bench.clock.advance(86_400_000);
        return agent;
      },
    ],
    [
      'a cookie that nobody knows',
      (party) => {
        const agent = new UserAgent();
        agent.setCookie(party.host, party.client.cookies.session, 'x'.repeat(43));
        return Promise.resolve(agent);
      },
    ],
  ])('%s: goes to the OP with client_id, without a hint, and clears the cookie', async (_what, agentOf) => {
    const party = await bench.party();
    const agent = await agentOf(party);
    const page = await signOut(party, agent);
    const query = queryOf(refreshOf(page));
    expect([page.status, query.get('id_token_hint'), query.get('client_id')]).toEqual([200, null, 'app']);
    expect(query.get('post_logout_redirect_uri')).toBe(`${party.url}/auth/logged-out`);
    expect(agent.names(party.host)).toEqual([party.client.cookies.logout]);
  });

  it('a session whose tokens do not open any more, since a secret was taken out of use: ended, without a hint', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    const secret = 'another secret of forty bytes, for tests';
    const next = await bench.party({ baseUrl: party.url, session: { store, secret } });
    const page = await signOut(next, agent);
    expect(queryOf(refreshOf(page)).get('id_token_hint')).toBeNull();
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('no route to come back to: neither post_logout_redirect_uri nor state', async () => {
    const party = await bench.party({ routes: { loggedOut: false } });
    const page = await signOut(party, await bench.signedIn(party));
    expect([...queryOf(refreshOf(page)).keys()].sort()).toEqual(['client_id', 'id_token_hint']);
    expect(party.client.metadata()).not.toHaveProperty('post_logout_redirect_uris');
  });

  /** What to do so that there is no way to the OP. */
  const obstacles: [string, () => unknown][] = [
    ['no end_session_endpoint', () => (bench.op.metadata = { end_session_endpoint: undefined })],
    ['no metadata to be had', () => (bench.op.metadata = { issuer: 'https://other.example' })],
    ['an OP that is down', () => bench.op.stop()],
  ];
  afterEach(() => bench.op.server.stop().then(() => bench.op.listen()));

  it.each(obstacles)('%s: a page here, which says that the session at the OP may live on', async (_what, block) => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    await block();
    const cold = await bench.party({ baseUrl: party.url, session: { store } });
    const page = await signOut(cold, agent);
    expect([page.status, page.headers.get('location')]).toEqual([303, `${party.url}/auth/logged-out`]);
    const end = await agent.fetch(page.headers.get('location') ?? '');
    expect(end.status).toBe(200);
    expect(end.text).toContain('<h1>You are signed out here</h1>');
    expect(end.text).toContain('You may still be signed in there');
    expect(await party.whoIs(agent)).toBeNull();
  });

  it.each(obstacles)('%s, for a script: the location of that page', async (_what, block) => {
    await block();
    const party = await bench.party();
    const page = await signOut(party, new UserAgent(), script);
    expect([page.status, jsonOf(page)]).toEqual([200, { location: `${party.url}/auth/logged-out` }]);
  });

  it('no way to the OP, and no page of ours: to the page that was asked for', async () => {
    bench.op.metadata = { end_session_endpoint: undefined };
    const party = await bench.party({ routes: { loggedOut: false } });
    const page = await signOut(party, new UserAgent(), { ...form, form: { returnTo: '/public' } });
    expect([page.status, page.headers.get('location')]).toEqual([303, `${party.url}/public`]);
  });

  it('an OP that is down while its metadata is known: the browser goes there, as it may be up again for it', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    await bench.op.stop();
    expect(refreshOf(await signOut(party, agent))).toContain('/end-session?');
  });

  it.each(['read', 'end'] as const)(
    'a store that fails at %s: 503, nothing is cleared, and trying again works',
    async (method) => {
      const store = breakableStore({ clock: bench.clock });
      const party = await bench.party({ session: { store } });
      const agent = await bench.signedIn(party);
      await agent.fetch(`${party.url}/auth/login`);
      const before = agent.cookies(party.host);
      store.down.add(method);
      const page = await signOut(party, agent);
      expect([page.status, page.headers.getSetCookie()]).toEqual([503, []]);
      expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(page.text).toContain('store_unavailable');
      expect(page.text).toContain('<h1>Please try again in a moment</h1>');
      expect(agent.cookies(party.host)).toBe(before);
      expect([bench.logouts, bench.op.at('/end-session')]).toEqual([[], []]);
      store.down.clear();
      expect(await party.whoIs(agent)).toBe('ada');
      await signOut(party, agent);
      expect(await party.whoIs(agent)).toBeNull();
    },
  );
});

describe('[RULE 3.1] the cookies of this browser', () => {
  it('those of logins in flight go with the session; the other cookies stay', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    for (let tabs = 0; tabs < 3; tabs++) await agent.fetch(`${party.url}/auth/login`);
    const foreign = ['theme', 'latchkey-AAAAAAAA', `latchkey-AAAAAAAA-${'x'.repeat(16)}`];
    for (const name of foreign) agent.setCookie(party.host, name, 'mine');
    expect(agent.names(party.host)).toHaveLength(7);
    const page = await signOut(party, agent);
    expect(agent.names(party.host)).toEqual([...foreign, party.client.cookies.logout]);
    for (const line of page.headers.getSetCookie())
      expect(line).toMatch(/; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/);
  });

  it('the one that remembers the state lives 15 minutes, is sealed, and bears __Host- under https', async () => {
    const party = await bench.party();
    const page = await signOut(party, new UserAgent(), { ...form, form: { returnTo: '/public/secret-page' } });
    const [line = '', ...others] = page.headers.getSetCookie();
    expect(others).toEqual([]);
    expect(line).toContain('Max-Age=900');
    const state = queryOf(refreshOf(page)).get('state') ?? '';
    const value = line.slice(line.indexOf('=') + 1, line.indexOf(';'));
    for (const text of [line, Buffer.from(value, 'base64url').toString('latin1')]) {
      expect(text).not.toContain(state);
      expect(text).not.toContain('secret-page');
    }
    const secure = await bench.party({ baseUrl: 'https://app.example' });
    const answer = await signOut(secure, new UserAgent());
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-latchkey-.{8}-logout=.*; Path=\/; Max-Age=900; HttpOnly; Secure; SameSite=Lax$/,
    );
  });
});

describe('[R55] [RULE 6.1] who may ask for it', () => {
  it.each<[string, Record<string, string>, PartyOptions]>([
    ['a form of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, {}],
    ['a form of a sister site', { 'sec-fetch-site': 'same-site' }, {}],
    ['what no page asked for', { 'sec-fetch-site': 'none' }, {}],
    ['another Origin, without Fetch Metadata', { origin: 'https://evil.example' }, {}],
    ['an Origin of null', { origin: 'null' }, {}],
    ['our Origin, though Fetch Metadata says otherwise', { 'sec-fetch-site': 'cross-site', origin: 'SELF' }, {}],
    [
      'an origin that is not the listed one',
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { csrf: { origins: ['https://app.example'] } },
    ],
  ])('%s: 403 csrf_refused, and the session lives', async (_what, headers, options) => {
    const party = await bench.party(options);
    const agent = await bench.signedIn(party);
    const own = { ...headers, ...(headers.origin === 'SELF' && { origin: party.url }) };
    const page = await signOut(party, agent, { form: '', headers: own });
    expect([page.status, page.headers.get('location'), page.headers.getSetCookie()]).toEqual([403, null, []]);
    expect(page.text).toContain('<h1>This request was stopped</h1>');
    expect(page.text).toContain('csrf_refused');
    const json = await signOut(party, agent, {
      method: 'POST',
      headers: { ...script.headers, 'sec-fetch-site': '', ...own },
    });
    expect([json.status, jsonOf(json).error]).toEqual([403, 'csrf_refused']);
    expect(await party.whoIs(agent)).toBe('ada');
    expect(bench.logouts).toEqual([]);
  });

  it.each<[string, Record<string, string>, PartyOptions]>([
    ['our own page', { 'sec-fetch-site': 'same-origin' }, {}],
    ['our own Origin, without Fetch Metadata', { origin: 'SELF' }, {}],
    ['what is no browser', {}, {}],
    [
      'a listed origin',
      { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' },
      { csrf: { origins: ['https://app.example'] } },
    ],
    [
      'anybody, where dangerouslySkipCsrf is on',
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { dangerouslySkipCsrf: true },
    ],
  ])('%s: signed out', async (_what, headers, options) => {
    const party = await bench.party(options);
    const agent = await bench.signedIn(party);
    const own = { ...headers, ...(headers.origin === 'SELF' && { origin: party.url }) };
    expect((await signOut(party, agent, { form: '', headers: own })).status).toBe(200);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it.each(['GET', 'HEAD', 'PUT'])('%s: 405, and the session lives', async (method) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await signOut(party, agent, { method, headers: { 'sec-fetch-site': 'same-origin' } });
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it.each<[string, Record<string, string>, number]>([
    ['a link of our own page', { 'sec-fetch-site': 'same-origin' }, 200],
    ['a link of another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('the program itself may sign out by GET, with the same check: %s', async (_what, headers, status) => {
    const party = await bench.party();
    const all: Record<string, string> = { accept: 'text/html', 'sec-fetch-mode': 'navigate', ...headers };
    const visit = new Visit(party.client, 'GET', '/bye', (name) => all[name]);
    const answer = beginLogout(visit).then(
      (response) => response.status,
      (error: { status: number }) => error.status,
    );
    expect(await answer).toBe(status);
  });
});

describe('[R11] [RULE 4.5] where it ends', () => {
  it.each<[string, string]>([
    ['/public', '/public'],
    ['/public?a=1&b=2#c', '/public?a=1&b=2#c'],
    ['SELF/public', '/public'],
    ['', '/'],
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/%2f/evil.example', '/'],
    ['https://user@SELFHOST/', '/'],
    ['javascript:alert(1)', '/'],
    ['/auth/login', '/'],
    ['/auth/logout', '/'],
  ])('%s: %s', async (returnTo, expected) => {
    const party = await bench.party();
    const agent = new UserAgent();
    const target = returnTo.replace('SELFHOST', new URL(party.url).host).replace('SELF', party.url);
    const page = await signOut(party, agent, { ...form, form: { returnTo: target } });
    const back = await agent.open(refreshOf(page));
    expect(back.url).toBe(new URL(expected, party.url).href);
  });

  it('[RULE 3.8] the page that was asked for does not travel to the OP', async () => {
    const party = await bench.party();
    const page = await signOut(party, new UserAgent(), { ...form, form: { returnTo: '/public/private-matter' } });
    expect(page.text).not.toContain('private-matter');
  });
});
