import { breakableStore } from '../../test/breakable-store.js';
import { codeOf, cookiesOf, linkOf, locationOf, LoginBench } from '../../test/login-bench.js';
import { said, type RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';
import { refuseLogin } from '../hooks.js';
import { MemoryStore } from '../session/memory-store.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

/** Asserts that an answer signs nobody in. */
async function expectNobody(party: RelyingParty, agent: UserAgent, page: Page): Promise<void> {
  expect(cookiesOf(page).set).toEqual([]);
  expect(await party.whoIs(agent)).toBeNull();
}

/** The part of a URL that a browser shows behind the host. */
const pathOf = (url: string): string => url.slice(new URL(url).origin.length);

describe('a callback that answers a login', () => {
  it('[R12] [R13] [R43] [R48] starts a session, forgets the login, and leaves code and state behind', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent, '/cart?a=1#top');
    const [login] = agent.names(party.host);
    const page = await agent.fetch(callback);
    expect([page.status, locationOf(page), page.text]).toEqual([303, `${party.url}/cart?a=1#top`, '']);
    expect(cookiesOf(page)).toEqual({ set: [party.client.cookies.session], deleted: [login] });
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const line = page.headers.getSetCookie().find((each) => each.startsWith(`${party.client.cookies.session}=`));
    expect(line).toMatch(/^latchkey-[\w-]{8}=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('publishes what happened, after it happened', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    bench.clock.advance(1234);
    await agent.fetch(callback);
    expect(bench.events.map(({ type }) => type)).toEqual(['started', 'succeeded']);
    expect(bench.events[1]).toMatchObject({ sub: 'ada', duration: 1234, at: bench.clock.now() });
  });
});

describe('[R6] [D1] [D19] logins in parallel tabs', () => {
  it.each([
    ['in their order', [0, 1, 2, 3, 4, 5, 6]],
    ['backwards', [6, 5, 4, 3, 2, 1, 0]],
    ['in any order', [3, 0, 6, 1, 5, 2, 4]],
  ])('seven, finished %s: each ends at its own page', async (_what, order) => {
    const party = await bench.party();
    const agent = new UserAgent();
    const tabs: string[] = [];
    for (let tab = 0; tab < 7; tab++) tabs.push(await bench.begin(party, agent, `/page-${tab}`));
    for (const tab of order) {
      const page = await agent.open(tabs[tab] ?? '');
      expect(said(page)).toMatchObject({ page: `/page-${tab}`, sub: 'ada' });
    }
    expect(agent.names(party.host)).toEqual([party.client.cookies.session]);
  });

  it('seven at once', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const tabs: string[] = [];
    for (let tab = 0; tab < 7; tab++) tabs.push(await bench.begin(party, agent, `/page-${tab}`));
    const pages = await Promise.all(tabs.map((tab) => agent.fetch(tab)));
    expect(pages.map((page) => pathOf(locationOf(page)))).toEqual(tabs.map((_tab, index) => `/page-${index}`));
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('of two users: the last one to finish is signed in, and the session of the first is over', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const first = await bench.begin(party, agent, '/first');
    bench.op.user = { sub: 'eve' };
    const second = await bench.begin(party, agent, '/second');
    await agent.fetch(first);
    const before = new UserAgent();
    before.setCookie(party.host, party.client.cookies.session, sessionCookieOf(party, agent));
    expect(await party.whoIs(before)).toBe('ada');
    expect(said(await agent.open(second))).toMatchObject({ page: '/second', sub: 'eve' });
    expect(await party.whoIs(before)).toBeNull();
  });

  it('[RULE 4.1] one that was pushed out says so, and begins again', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const oldest = await bench.begin(party, agent, '/oldest');
    for (let tab = 0; tab < 7; tab++) {
      bench.clock.advance(1);
      await bench.begin(party, agent);
    }
    const page = await agent.fetch(oldest);
    expect([page.status, codeOf(page)]).toEqual([400, 'login_unknown']);
    await expectNobody(party, agent, page);
  });
});

/** The callbacks that lead to no session of their own. */
describe('[R5] [RULE 4.3] a callback without its login', () => {
  type Case = (party: RelyingParty, agent: UserAgent) => Promise<string>;
  const used: Case = async (party, agent) => {
    const callback = await bench.begin(party, agent, '/cart');
    const copy = new UserAgent();
    for (const name of agent.names(party.host)) copy.setCookie(party.host, name, cookieOf(party, agent, name));
    await copy.fetch(callback);
    return callback;
  };
  const expired: Case = async (party, agent) => {
    const callback = await bench.begin(party, agent, '/cart');
    bench.clock.advance(900_001);
    return callback;
  };
  const unknown: Case = async (party) => bench.begin(party, new UserAgent(), '/cart');
  const finished: Case = async (party, agent) => {
    const callback = await bench.begin(party, agent, '/cart');
    await agent.fetch(callback);
    agent.deleteCookie(party.host, party.client.cookies.session);
    return callback;
  };
  const madeUp =
    (query: string): Case =>
    (party) =>
      Promise.resolve(`${party.url}/auth/callback${query}`);

  const table: [what: string, make: Case, code: string, page: string][] = [
    ['used, its cookie copied', used, 'login_used', '/cart'],
    ['expired', expired, 'login_expired', '/cart'],
    ['finished before', finished, 'login_unknown', '/'],
    ["another browser's", unknown, 'login_unknown', '/'],
    ['without anything', madeUp(''), 'login_unknown', '/'],
    ['[R15] an error without state', madeUp('?error=access_denied'), 'login_unknown', '/'],
    ['a code without state', madeUp('?code=x'), 'login_unknown', '/'],
    ['an empty state', madeUp('?code=x&state='), 'login_unknown', '/'],
    ['a state made up', madeUp(`?code=x&state=${'A'.repeat(43)}`), 'login_unknown', '/'],
    ['a state of 60 KB', madeUp(`?code=x&state=${'A'.repeat(12_000)}`), 'login_unknown', '/'],
  ];

  it.each(table)('%s: 400 with one link that begins again', async (_what, make, code, returnTo) => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await make(party, agent);
    bench.op.requests.length = 0;
    const page = await agent.fetch(callback);
    expect([page.status, codeOf(page)]).toEqual([400, code]);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(linkOf(page)).toBe(
      returnTo === '/' ? '/auth/login' : `/auth/login?returnTo=${encodeURIComponent(returnTo)}`,
    );
    expect(page.text.match(/<a |<form/g)).toHaveLength(1);
    expect(bench.op.requests).toEqual([]); // nothing is sent for it
    await expectNobody(party, agent, page);
    expect(bench.events.at(-1)).toMatchObject({ type: 'refused', code });
    expect(said(await agent.open(party.url + (linkOf(page) ?? '')))).toMatchObject({ page: returnTo, sub: 'ada' });
  });

  it.each(table)('%s, with a live session: 303 to where it would have led', async (_what, make, _code, returnTo) => {
    const party = await bench.party({ session: { absolute: false } });
    const agent = await bench.signedIn(party);
    const session = sessionCookieOf(party, agent);
    const other = new UserAgent();
    const callback = await make(party, other);
    other.setCookie(party.host, party.client.cookies.session, session);
    const page = await other.fetch(callback);
    expect([page.status, locationOf(page)]).toEqual([303, party.url + returnTo]);
    expect(cookiesOf(page).set).toEqual([]);
    expect(await party.whoIs(other)).toBe('ada');
  });

  it('shows nothing from a query whose state did not match', async () => {
    const party = await bench.party();
    const hostile = 'error=x&error_description=Call+0800-EVIL&error_uri=https://evil.example/&code=sesame';
    const page = await new UserAgent().fetch(`${party.url}/auth/callback?${hostile}`);
    expect(page.text).not.toMatch(/EVIL|evil|sesame/);
  });

  it('[R15] an error without state leaves the logins in flight alone', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent, '/cart');
    const page = await agent.fetch(`${party.url}/auth/callback?error=access_denied`);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    expect(said(await agent.open(callback))).toMatchObject({ page: '/cart', sub: 'ada' });
  });

  it('[R14] two states: 400, and the login stays', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    const page = await agent.fetch(`${callback}&state=${new URL(callback).searchParams.get('state')}`);
    expect([page.status, codeOf(page)]).toEqual([400, 'duplicate_parameter']);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    expect((await agent.fetch(callback)).status).toBe(303);
  });

  it('[R3] [RULE 4.3] twice at the same moment signs in once, and sends the code once', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    const pages = await Promise.all([agent.fetch(callback), agent.fetch(callback)]);
    expect(pages.map(({ status }) => status).sort()).toEqual([303, 400]);
    expect(bench.op.at('/token')).toHaveLength(1);
  });

  it('[R3] by POST is no callback', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    const page = await agent.fetch(callback, { method: 'POST' });
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET']);
    expect((await agent.fetch(callback)).status).toBe(303);
  });

  it('[R3] the lifetime of a login is an option', async () => {
    const party = await bench.party({ login: { lifetime: 60 } });
    const agent = new UserAgent();
    const [first, second] = [await bench.begin(party, agent), await bench.begin(party, agent)];
    bench.clock.advance(60_000);
    expect((await agent.fetch(first)).status).toBe(303);
    bench.clock.advance(1);
    agent.deleteCookie(party.host, party.client.cookies.session);
    expect(codeOf(await agent.fetch(second))).toBe('login_expired');
  });
});

describe('[RULE 1.2] a login cookie opens only under its own state', () => {
  it('not under the name of another login', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const [first, second] = [await bench.begin(party, agent, '/1'), await bench.begin(party, agent, '/2')];
    const [one = '', two = ''] = agent.names(party.host);
    const [valueOne, valueTwo] = [cookieOf(party, agent, one), cookieOf(party, agent, two)];
    agent.setCookie(party.host, one, valueTwo);
    agent.setCookie(party.host, two, valueOne);
    for (const callback of [first, second]) expect(codeOf(await agent.fetch(callback))).toBe('login_unknown');
  });

  it('not when two cookies have its name', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    const [name = ''] = agent.names(party.host);
    const cookie = `${agent.cookies(party.host)}; ${name}=x`;
    expect(codeOf(await agent.fetch(callback, { headers: { cookie } }))).toBe('login_unknown');
  });

  it('not when a character of it was changed', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent);
    const [name = ''] = agent.names(party.host);
    const value = cookieOf(party, agent, name);
    agent.setCookie(party.host, name, (value.startsWith('A') ? 'B' : 'A') + value.slice(1));
    expect(codeOf(await agent.fetch(callback))).toBe('login_unknown');
  });
});

describe('[RULE 1.3] two apps with one secret, one store and one host', () => {
  it.each([
    ['two clients of one OP', { clientId: 'one' }, { clientId: 'two' }],
    ['one client at two base URLs', {}, {}],
  ])('%s: cookies that are swapped and renamed sign nobody in', async (_what, left, right) => {
    const store = new MemoryStore({ clock: bench.clock });
    const [one, two] = [
      await bench.party({ ...left, session: { store } }),
      await bench.party({ ...right, session: { store } }),
    ];
    const [atOne, atTwo] = [await bench.signedIn(one), await bench.signedIn(two)];
    expect(one.client.cookies.session).not.toBe(two.client.cookies.session);
    const stolen = new UserAgent();
    stolen.setCookie(one.host, two.client.cookies.session, sessionCookieOf(one, atOne));
    expect(await two.whoIs(stolen)).toBeNull();
    stolen.setCookie(one.host, one.client.cookies.session, sessionCookieOf(two, atTwo));
    expect(await one.whoIs(stolen)).toBeNull();
    // and as they are, they do not collide
    const both = new UserAgent();
    expect(said(await one.login(both)).sub).toBe('ada');
    expect(said(await two.login(both)).sub).toBe('ada');
    expect([await one.whoIs(both), await two.whoIs(both)]).toEqual(['ada', 'ada']);
  });

  it('a login of one is not completed at the other', async () => {
    const [one, two] = [await bench.party(), await bench.party()];
    const agent = new UserAgent();
    const callback = await bench.begin(one, agent);
    expect(codeOf(await agent.fetch(callback.replace(one.url, two.url)))).toBe('login_unknown');
    const [name = ''] = agent.names(one.host);
    const renamed = name.replace(one.client.cookies.session, two.client.cookies.session);
    agent.setCookie(one.host, renamed, cookieOf(one, agent, name));
    expect(codeOf(await agent.fetch(callback.replace(one.url, two.url)))).toBe('login_unknown');
  });
});

describe('[R9] [R44] [D9] the session id', () => {
  it('is new at every login, and the session that the login began under is over', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const before = sessionCookieOf(party, agent);
    await agent.fetch(await bench.begin(party, agent));
    const after = sessionCookieOf(party, agent);
    expect(after).not.toBe(before);
    const old = new UserAgent();
    old.setCookie(party.host, party.client.cookies.session, before);
    expect([await party.whoIs(old), await party.whoIs(agent)]).toEqual([null, 'ada']);
  });

  it('[RULE 4.4] the session whose cookie came with the callback is over too', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent); // begun as nobody
    const elsewhere = await bench.signedIn(party);
    const other = sessionCookieOf(party, elsewhere);
    agent.setCookie(party.host, party.client.cookies.session, other);
    await agent.fetch(callback);
    expect([await party.whoIs(agent), await party.whoIs(elsewhere)]).toEqual(['ada', null]);
  });

  it('that a client chooses never becomes one', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = new UserAgent();
    const chosen = 'A'.repeat(43);
    agent.setCookie(party.host, party.client.cookies.session, chosen);
    expect(await party.whoIs(agent)).toBeNull();
    await agent.fetch(await bench.begin(party, agent));
    expect(sessionCookieOf(party, agent)).not.toBe(chosen);
    const attacker = new UserAgent();
    attacker.setCookie(party.host, party.client.cookies.session, chosen);
    expect(await party.whoIs(attacker)).toBeNull();
  });

  it('stands in no URL', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const page = await agent.fetch(await bench.begin(party, agent));
    expect(locationOf(page)).not.toContain(sessionCookieOf(party, agent));
  });
});

describe('[R7] [R10] [R14] [R15] [R16] [R19] what the OP does wrong ends the login, and nobody is signed in', () => {
  const exchange = (op: LoginBench['op']): number => op.at('/token').length;
  type Row = [what: string, crook: (op: LoginBench['op']) => void, status: number, code: string, tokenCalls: number];
  it.each<Row>([
    ['[R7] another iss', (op) => (op.authorization = { iss: 'https://evil.example' }), 400, 'response_iss', 0],
    ['[R7] no iss though promised', (op) => (op.authorization = { iss: undefined }), 400, 'response_iss', 0],
    ['[R14] two codes', (op) => (op.authorization = { code: ['a', 'b'] }), 400, 'duplicate_parameter', 0],
    ['no code', (op) => (op.authorization = { code: undefined }), 400, 'invalid_message', 0],
    [
      '[R15] access_denied',
      (op) => (op.authorization = { error: 'access_denied', code: undefined }),
      403,
      'authorization_error',
      0,
    ],
    [
      '[R15] server_error',
      (op) => (op.authorization = { error: 'server_error', code: undefined }),
      502,
      'authorization_error',
      0,
    ],
    [
      'invalid_grant',
      (op) => (op.token = { status: 400, members: { error: 'invalid_grant' } }),
      502,
      'token_endpoint_error',
      1,
    ],
    ['[R40] another token_type', (op) => (op.token = { members: { token_type: 'mac' } }), 502, 'token_type', 1],
    ['no id_token', (op) => (op.token = { members: { id_token: undefined } }), 502, 'id_token_missing', 1],
    ['[R30] [D10] alg none', (op) => (op.idToken = { sign: { alg: 'none' } }), 502, 'jwt_alg', 1],
    [
      '[D10] a wrong signature',
      (op) => (op.idToken = { sign: { kid: 'rsa', key: op.keys.rsa, alg: 'RS384' } }),
      502,
      'jwt_alg',
      1,
    ],
    ['[R16] another aud', (op) => (op.idToken = { claims: { aud: 'another' } }), 502, 'id_token_aud', 1],
    ['[R4] another nonce', (op) => (op.idToken = { claims: { nonce: 'A'.repeat(43) } }), 502, 'id_token_nonce', 1],
    ['[R19] the userinfo of another', (op) => (op.userinfo = { members: { sub: 'eve' } }), 502, 'userinfo_sub', 1],
    ['a userinfo that fails', (op) => (op.userinfo = { status: 500 }), 503, 'op_unreachable', 1],
    ['a token endpoint that fails', (op) => (op.token = { status: 500 }), 503, 'op_unreachable', 1],
  ])('%s', async (...[, crook, status, code, tokenCalls]) => {
    const party = await bench.party();
    const agent = new UserAgent();
    crook(bench.op);
    const callback = await bench.begin(party, agent, '/cart');
    const [login] = agent.names(party.host);
    const page = await agent.fetch(callback);
    expect([page.status, codeOf(page)]).toEqual([status, code]);
    expect(exchange(bench.op)).toBe(tokenCalls);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [login] });
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(linkOf(page)).toBe('/auth/login?returnTo=%2Fcart');
    expect(bench.events.at(-1)).toMatchObject({ type: 'refused', code });
    await expectNobody(party, agent, page);
    bench.op.straighten();
    expect(said(await agent.open(party.url + (linkOf(page) ?? '')))).toMatchObject({ page: '/cart', sub: 'ada' });
  });

  it('[R9] whoever was signed in before still is', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    bench.op.authorization = { error: 'access_denied', code: undefined };
    expect((await agent.fetch(await bench.begin(party, agent))).status).toBe(403);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[R98] what the OP says of its error is escaped, and its error_uri not linked', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const error_description = '<script>alert(1)</script>';
    bench.op.authorization = {
      error: 'server_error',
      error_description,
      error_uri: 'https://evil.example',
      code: undefined,
    };
    const page = await agent.fetch(await bench.begin(party, agent));
    expect(page.text).toContain('&#60;script&#62;alert(1)');
    expect(page.text).not.toMatch(/<script|evil\.example/);
  });
});

describe('[RULE 4.3] the OP is down', () => {
  it('at the exchange: 503, the login is used up, and the link begins a new one', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent, '/cart');
    const [login] = agent.names(party.host);
    await bench.op.stop();
    const page = await agent.fetch(callback);
    await bench.op.listen();
    expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'op_unreachable', '5']);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [login] });
    expect(page.text).toContain('The sign-in service cannot be reached');
    expect(said(await agent.open(party.url + (linkOf(page) ?? '')))).toMatchObject({ page: '/cart', sub: 'ada' });
  });

  it('at the callback, and its metadata unknown: 503, and a reload completes the login', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const first = await bench.party({ session: { store } });
    const agent = new UserAgent();
    const callback = await bench.begin(first, agent, '/cart');
    await bench.op.stop();
    // The program starts anew at the same place, and knows nothing of the OP.
    const restarted = await bench.party({ baseUrl: first.url, session: { store } });
    const moved = callback.replace(first.url, restarted.url);
    const page = await agent.fetch(moved);
    await bench.op.listen();
    expect([page.status, codeOf(page)]).toEqual([503, 'op_unreachable']);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    bench.clock.advance(2000);
    const again = await agent.fetch(moved);
    expect([again.status, locationOf(again)]).toEqual([303, `${first.url}/cart`]);
  });
});

describe('[R46] [RULE 2.6] [D7] the store is down', () => {
  it('at a request: 503, no cookie is touched, and the next request is signed in', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('all');
    for (const path of ['/who', '/private']) {
      const page = await agent.fetch(party.url + path);
      expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '5']);
      expect(page.headers.get('cache-control')).toBe('private, no-store');
      expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    }
    expect((await agent.fetch(`${party.url}/public`)).status).toBe(200);
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it.each(['all', 'now', 'read', 'firstUse'] as const)(
    'at the callback (%s): 503, the login stays, and a reload completes it',
    async (method) => {
      const store = breakableStore({ clock: bench.clock });
      const party = await bench.party({ session: { store } });
      const agent = await bench.signedIn(party);
      const callback = await bench.begin(party, agent, '/cart');
      store.down.add(method);
      const page = await agent.fetch(callback);
      expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '5']);
      expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
      store.down.clear();
      expect(said(await agent.open(callback))).toMatchObject({ page: '/cart', sub: 'ada' });
    },
  );

  it('when the session should begin: 503, nobody is signed in, and the link begins again', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = new UserAgent();
    const callback = await bench.begin(party, agent, '/cart');
    store.down.add('create');
    const page = await agent.fetch(callback);
    expect([page.status, codeOf(page)]).toEqual([503, 'store_unavailable']);
    store.down.clear();
    await expectNobody(party, agent, page);
    expect(said(await agent.open(party.url + (linkOf(page) ?? '')))).toMatchObject({ page: '/cart', sub: 'ada' });
  });

  it('when the session before should end: 503, and no second session lives on beside it', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    const callback = await bench.begin(party, agent, '/cart');
    store.down.add('end');
    const page = await agent.fetch(callback);
    expect([page.status, codeOf(page)]).toEqual([503, 'store_unavailable']);
    expect(cookiesOf(page).set).toEqual([]);
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
  });
});

describe('[RULE 4.9] onLogin', () => {
  it('gets the user, the token and the request without its query, and makes the user of the program', async () => {
    const seen: unknown[] = [];
    const party = await bench.party({
      hooks: {
        onLogin: ({ user, idToken, tokens, request }) => {
          seen.push(user, idToken.sub, tokens.token_type, request.url);
          return { id: 7, name: user.name };
        },
      },
    });
    const agent = new UserAgent();
    expect(said(await party.login(agent)).user).toEqual({ id: 7, name: 'Ada Lovelace' });
    expect(seen).toEqual([
      { sub: 'ada', name: 'Ada Lovelace', auth_time: bench.op.now },
      'ada',
      'Bearer',
      `${party.url}/auth/callback`,
    ]);
  });

  it('may refuse, in words of its own, which are escaped', async () => {
    const party = await bench.party({ hooks: { onLogin: () => refuseLogin('Only <b>staff</b> may sign in.') } });
    const agent = new UserAgent();
    const page = await party.login(agent);
    expect([page.status, codeOf(page)]).toEqual([403, 'login_refused']);
    expect(page.text).toContain('Only &#60;b&#62;staff&#60;/b&#62; may sign in.');
    await expectNobody(party, agent, page);
    expect(bench.events.at(-1)).toMatchObject({ type: 'refused', code: 'login_refused' });
  });

  it('is awaited', async () => {
    const party = await bench.party({ hooks: { onLogin: async () => Promise.resolve({ later: true }) } });
    expect(said(await party.login(new UserAgent())).user).toEqual({ later: true });
  });

  it('that breaks signs nobody in', async () => {
    const party = await bench.party({
      hooks: {
        onLogin: () => {
          throw new TypeError('a bug of the program');
        },
      },
    });
    const agent = new UserAgent();
    const page = await party.login(agent);
    expect(page.status).toBe(500);
    await expectNobody(party, agent, page);
    expect(bench.events.at(-1)).toMatchObject({ type: 'refused', code: 'hook_failed' });
  });
});

it('[D6] with the OP down for an hour, who is signed in stays so, and nothing asks the OP', async () => {
  const party = await bench.party();
  const agent = await bench.signedIn(party);
  await bench.op.stop();
  for (let minute = 0; minute < 60; minute += 5) {
    bench.clock.advance(300_000);
    expect(await party.whoIs(agent)).toBe('ada');
  }
  await bench.op.listen();
});

it('[D20] [R10] below the path of a base URL, whose proxy cuts the path off', async () => {
  const first = await bench.party();
  const party = await bench.party({ baseUrl: `${first.url}/shop` });
  const agent = new UserAgent();
  const inside = (url: string): string => url.replace(`${first.url}/shop`, party.url);
  const away = await agent.fetch(`${party.url}/private/cart`);
  const callback = locationOf(await agent.fetch(locationOf(away)));
  expect(callback).toMatch(`${first.url}/shop/auth/callback?`);
  const page = await agent.fetch(inside(callback));
  expect([page.status, locationOf(page)]).toEqual([303, `${first.url}/shop/private/cart`]);
  expect(bench.op.at('/token')[0]?.parameters.get('redirect_uri')).toBe(`${first.url}/shop/auth/callback`);
});

function cookieOf(party: RelyingParty, agent: UserAgent, name: string): string {
  const pairs = agent.cookies(party.host).split('; ');
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}

function sessionCookieOf(party: RelyingParty, agent: UserAgent): string {
  return cookieOf(party, agent, party.client.cookies.session);
}
