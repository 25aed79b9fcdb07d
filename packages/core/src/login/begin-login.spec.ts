import { breakableStore } from '../../test/breakable-store.js';
import { background, codeOf, cookiesOf, linkOf, locationOf, LoginBench } from '../../test/login-bench.js';
import type { PartyOptions } from '../../test/relying-party.js';
import { UserAgent } from '../../test/user-agent.js';
import { handle } from '../handler.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' };

it('[R12] sends a navigation to the OP by 303, with one login cookie, and says so', async () => {
  const party = await bench.party();
  const agent = new UserAgent();
  const away = await agent.fetch(`${party.url}/auth/login?returnTo=/cart`);
  expect(away.status).toBe(303);
  expect(away.headers.get('cache-control')).toBe('private, no-store');
  const state = new URL(locationOf(away)).searchParams.get('state') ?? '';
  expect(cookiesOf(away)).toEqual({ set: [party.client.cookies.login(state)], deleted: [] });
  expect(bench.events).toEqual([{ type: 'started', client: party.client.ref, at: bench.clock.now() }]);
});

describe('[R43] [RULE 1.4] [RULE 1.5] the cookie', () => {
  it('is __Host-, Secure, HttpOnly and Lax under https', async () => {
    const client = bench.client();
    const answer = await handle(client, new Request('https://app.example/auth/login', { headers: navigation }));
    const [line = ''] = answer?.headers.getSetCookie() ?? [];
    expect(line).toMatch(
      /^__Host-latchkey-[\w-]{8}-[\w-]{16}=[\w-]+; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  it('has neither prefix nor Secure on http', async () => {
    const party = await bench.party();
    const [line = ''] = (await new UserAgent().fetch(`${party.url}/auth/login`)).headers.getSetCookie();
    expect(line).toMatch(/^latchkey-[\w-]{8}-[\w-]{16}=[\w-]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
  });

  it('shows nothing of what is in it', async () => {
    const party = await bench.party();
    const away = await new UserAgent().fetch(`${party.url}/auth/login?returnTo=/cart`);
    const { state = '', nonce = '' } = Object.fromEntries(new URL(locationOf(away)).searchParams);
    const [line = ''] = away.headers.getSetCookie();
    const value = Buffer.from(/=([\w-]+);/.exec(line)?.[1] ?? '', 'base64url').toString('latin1');
    for (const secret of [state, nonce, 'cart']) expect(line + value).not.toContain(secret);
  });
});

describe('[R49] [RULE 4.2] only a navigation begins a login', () => {
  type Row = [what: string, headers: Record<string, string>, status: number, code: string | undefined];
  it.each<Row>([
    ['a navigation', navigation, 303, undefined],
    ['a browser without Fetch Metadata', { 'sec-fetch-mode': '', 'sec-fetch-dest': '' }, 303, undefined],
    ['a look ahead', { ...navigation, 'sec-purpose': 'prefetch' }, 503, 'prefetch'],
    ['a page rendered ahead', { ...navigation, 'sec-purpose': 'prefetch;prerender' }, 503, 'prefetch'],
    ['a look ahead of an older browser', { ...navigation, purpose: 'prefetch' }, 503, 'prefetch'],
    ['fetch()', { ...background.headers }, 403, 'not_a_navigation'],
    ['fetch() that wants HTML', { ...background.headers, accept: 'text/html' }, 403, 'not_a_navigation'],
    [
      'an image',
      { accept: 'image/*', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      403,
      'not_a_navigation',
    ],
    ['a frame', { ...navigation, 'sec-fetch-dest': 'iframe' }, 403, 'not_a_navigation'],
    ['an old frame', { ...navigation, 'sec-fetch-dest': 'frame' }, 403, 'not_a_navigation'],
    ['an object', { ...navigation, 'sec-fetch-dest': 'object' }, 403, 'not_a_navigation'],
    ['a program', { accept: '*/*', 'sec-fetch-mode': '', 'sec-fetch-dest': '' }, 403, 'not_a_navigation'],
  ])('%s', async (_what, headers, status, code) => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/auth/login`, { headers });
    expect([page.status, code && codeOf(page)]).toEqual([status, code]);
    expect(cookiesOf(page).set).toHaveLength(status === 303 ? 1 : 0);
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.get('retry-after')).toBe(status === 503 ? '5' : null);
  });

  it('answers JSON, unless HTML is accepted', async () => {
    const party = await bench.party();
    const ask = (accept: string) =>
      new UserAgent().fetch(`${party.url}/auth/login`, { headers: { ...background.headers, accept } });
    expect((await ask('*/*')).headers.get('content-type')).toBe('application/json');
    expect((await ask('text/html')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it('a frame may sign in silently', async () => {
    const party = await bench.party({ authorizationParams: { prompt: 'none' } });
    const headers = { ...navigation, 'sec-fetch-dest': 'iframe' };
    expect((await new UserAgent().fetch(`${party.url}/auth/login`, { headers })).status).toBe(303);
  });

  it.each(['POST', 'HEAD', 'PUT'])('%s is no way to begin one', async (method) => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/auth/login`, { method });
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET']);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
  });
});

describe('[R6] [R52] [RULE 4.1] the logins in flight', () => {
  it('the eighth pushes out the oldest', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    for (let tab = 0; tab < 7; tab++) {
      await bench.begin(party, agent, `/${tab}`);
      bench.clock.advance(1);
    }
    const [oldest] = agent.names(party.host);
    const eighth = await agent.fetch(`${party.url}/auth/login`);
    expect(cookiesOf(eighth).deleted).toEqual([oldest]);
    expect(agent.names(party.host)).toHaveLength(7);
  });

  it('as many as the option says', async () => {
    const party = await bench.party({ login: { max: 2 } });
    const agent = new UserAgent();
    for (let tab = 0; tab < 4; tab++) {
      await bench.begin(party, agent, `/${tab}`);
      bench.clock.advance(1);
    }
    expect(agent.names(party.host)).toHaveLength(2);
  });

  it('seven with 200 bytes of page each fit into 4 KB', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party); // so that each holds the hash of a session too
    const before = agent.cookies(party.host).length;
    for (let tab = 0; tab < 7; tab++) await bench.begin(party, agent, `/${tab}`.padEnd(200, 'x'));
    expect(agent.names(party.host)).toHaveLength(8);
    expect(agent.cookies(party.host).length - before).toBeLessThanOrEqual(4096);
  });

  it('[RULE 1.4] names without our hash are never touched, what does not open under ours goes', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    const { session } = party.client.cookies;
    const foreign = ['sid', 'latchkey-AAAAAAAA', `latchkey-AAAAAAAA-${'A'.repeat(16)}`, `${session}-short`];
    const broken = `${session}-${'A'.repeat(16)}`;
    for (const name of [...foreign, broken]) agent.setCookie(party.host, name, 'x');
    expect(cookiesOf(await agent.fetch(`${party.url}/auth/login`)).deleted).toEqual([broken]);
  });
});

describe('[D17] while the OP is down', () => {
  it('says 503 with a page whose link begins again, and works when it is back', async () => {
    const party = await bench.party();
    const agent = new UserAgent();
    await bench.op.stop();
    const page = await agent.fetch(`${party.url}/auth/login?returnTo=/cart`);
    await bench.op.listen();
    expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'op_unreachable', '5']);
    expect(page.text).toContain('The sign-in service cannot be reached');
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    expect(linkOf(page)).toBe('/auth/login?returnTo=%2Fcart');
    bench.clock.advance(2000);
    const back = await agent.open(`${party.url}${linkOf(page)}`);
    expect([back.status, new URL(back.url).pathname]).toEqual([200, '/cart']);
  });
});

it('[R24] an OP that is another than configured is a fault of the program: 500, and nothing to try again', async () => {
  bench.op.metadata = { issuer: `${bench.op.issuer}/` };
  const party = await bench.party();
  const page = await new UserAgent().fetch(`${party.url}/auth/login`);
  expect([page.status, codeOf(page), linkOf(page)]).toEqual([500, 'issuer_mismatch', undefined]);
});

describe('[RULE 2.6] while the store is down', () => {
  it.each([
    ['for who is signed in', true],
    ['for who is not', false],
  ])('says 503 and touches no cookie, %s', async (_what, signedIn) => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = signedIn ? await bench.signedIn(party) : new UserAgent();
    store.down.add('all');
    const page = await agent.fetch(`${party.url}/auth/login`);
    expect([page.status, codeOf(page), page.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '5']);
    expect(cookiesOf(page)).toEqual({ set: [], deleted: [] });
    store.down.clear();
    expect(await party.whoIs(agent)).toBe(signedIn ? 'ada' : null);
  });
});

it.each<[string, PartyOptions]>([
  ['a Host header of somebody else', {}],
  ['a Host header and a proxy of somebody else', { returnTo: '/home' }],
])('[R10] [D20] %s changes no URL of ours', async (_what, options) => {
  const party = await bench.party(options);
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const away = await new UserAgent().fetch(`${party.url}/auth/login`, { headers });
  expect(new URL(locationOf(away)).searchParams.get('redirect_uri')).toBe(`${party.url}/auth/callback`);
});
