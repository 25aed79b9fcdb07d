import { randomToken } from '../crypto.js';
import { CookieNames, readCookies, type Cookies } from './cookies.js';
import { LoginCookies, type Login, type LoginCookie } from './login-cookies.js';
import { Sealer } from './sealer.js';

const binding = { issuer: 'https://op.example.com', clientId: 'app', baseUrl: 'https://app.example.com' };
const names = new CookieNames(binding);
const sealer = new Sealer('s'.repeat(32), binding);
const logins = new LoginCookies(sealer, names);

const loginOf = (members: Partial<Login> = {}): Login => ({
  state: randomToken(),
  nonce: randomToken(),
  codeVerifier: randomToken(),
  returnTo: '/page',
  createdAt: 1_700_000_000_000,
  ...members,
});
const headerOf = (...cookies: LoginCookie[]): string => cookies.map(({ name, value }) => `${name}=${value}; `).join('');
const sent = (...cookies: LoginCookie[]): Cookies => readCookies(headerOf(...cookies));
const many = (count: number, members: Partial<Login> = {}): LoginCookie[] =>
  Array.from({ length: count }, (_, n) => logins.seal(loginOf({ createdAt: 1000 + n, ...members })));
const namesOf = (cookies: readonly LoginCookie[]): string[] => cookies.map(({ name }) => name);

it.each<[string, Partial<Login>]>([
  ['the least', {}],
  ['everything', { sessionHash: randomToken(), maxAge: 60, acr: ['gold', 'silver'] }],
  ['a max_age of 0 alone', { maxAge: 0 }],
  ['acr alone', { acr: ['gold'] }],
  ['a session alone', { sessionHash: randomToken() }],
  ['an empty list of acr', { acr: [] }],
  ['a returnTo of 200 bytes', { returnTo: `/${'x'.repeat(199)}` }],
])('opens what it sealed: %s', (_what, members) => {
  const login = loginOf(members);
  expect(logins.open(sent(logins.seal(login)), login.state)).toEqual(login);
});

it('[RULE 4.1] neither state nor issuer nor client is in the cookie', () => {
  const login = loginOf();
  const { name, value } = logins.seal(login);
  const plain = sealer.open('login', name, value) ?? '';
  expect(JSON.parse(plain)).toEqual([login.nonce, login.codeVerifier, '/page', login.createdAt]);
  expect(name).not.toContain(login.state);
});

it.each([`/${'x'.repeat(200)}`, `/${'é'.repeat(100)}`])(
  '[RULE 4.1] a returnTo of over 200 bytes becomes /',
  (returnTo) => {
    const login = loginOf({ returnTo });
    expect(logins.open(sent(logins.seal(login)), login.state)?.returnTo).toBe('/');
  },
);

describe('[RULE 1.2] [R3] a login opens only', () => {
  const [login, other] = [loginOf(), loginOf()];
  const [cookie, otherCookie] = [logins.seal(login), logins.seal(other)];
  const foreign = new LoginCookies(new Sealer('s'.repeat(32), { ...binding, clientId: 'other' }), names).seal(login);
  it.each([
    ['when it comes', sent(), login.state],
    ['under its own state', sent(cookie), other.state],
    ['under its own name', sent({ name: otherCookie.name, value: cookie.value }), other.state],
    ['as it was', sent({ name: cookie.name, value: `${cookie.value}A` }), login.state],
    ['for its own client', sent(foreign), login.state],
    ['when it comes once', sent(cookie, cookie), login.state],
  ])('%s', (_what, cookies, state) => {
    expect(logins.open(cookies, state)).toBeUndefined();
  });
});

describe('[R6] [RULE 4.1] room', () => {
  const [fresh] = many(1, { createdAt: 5000 }) as [LoginCookie];

  it.each([0, 1, 6])('is enough for %d others', (count) => {
    expect(logins.makeRoom(sent(...many(count)), fresh)).toEqual([]);
  });

  it.each([7, 8, 16])('of %d others the oldest go, however they are sent', (count) => {
    const cookies = many(count);
    const oldest = namesOf(cookies.slice(0, count - 6));
    expect(logins.makeRoom(sent(...cookies), fresh).sort()).toEqual([...oldest].sort());
    expect(logins.makeRoom(sent(...[...cookies].reverse()), fresh).sort()).toEqual([...oldest].sort());
  });

  it('of 30 that were begun at once, six stay', () => {
    const cookies = many(30);
    expect(logins.makeRoom(sent(...cookies), fresh)).toEqual(namesOf(cookies.slice(0, 24)));
  });

  it('may be asked to be smaller', () => {
    const cookies = many(3);
    expect(new LoginCookies(sealer, names, 2).makeRoom(sent(...cookies), fresh)).toEqual(namesOf(cookies.slice(0, 2)));
    expect(new LoginCookies(sealer, names, 1).makeRoom(sent(...cookies), fresh)).toEqual(namesOf(cookies));
  });

  it('seven with 200 bytes of returnTo, max_age and a session fit into 4 KB', () => {
    const members = {
      returnTo: `/${'x'.repeat(199)}`,
      maxAge: 31_536_000,
      sessionHash: randomToken(),
      createdAt: 4_102_444_800_000,
    };
    const cookies = many(6, members);
    const [seventh] = many(1, members) as [LoginCookie];
    expect(headerOf(...cookies, seventh).length).toBeLessThanOrEqual(4096);
    expect(logins.makeRoom(sent(...cookies), seventh)).toEqual([]);
  });

  it('of what does not fit into 4 KB the oldest go', () => {
    const cookies = many(6, { acr: ['x'.repeat(300)] }).map((_, n) =>
      logins.seal(loginOf({ createdAt: 1000 + n, acr: ['x'.repeat(300)] })),
    );
    const cleared = logins.makeRoom(sent(...cookies), fresh);
    expect(cleared).toEqual(namesOf(cookies.slice(0, cleared.length)));
    const kept = cookies.slice(cleared.length);
    expect(kept.length).toBeGreaterThan(0);
    expect(headerOf(...kept, fresh).length).toBeLessThanOrEqual(4096);
    expect(headerOf(...cookies.slice(cleared.length - 1), fresh).length).toBeGreaterThan(4096);
  });

  it('the new one stays, however big', () => {
    const [big] = many(1, { acr: ['x'.repeat(5000)] }) as [LoginCookie];
    const cookies = many(2);
    expect(logins.makeRoom(sent(...cookies, big), big)).toEqual(namesOf(cookies));
  });

  it('what does not open is deleted, and nothing that is not ours', () => {
    const good = many(6);
    const bad = { name: names.login('bad'), value: 'x' };
    const foreign = [
      names.session,
      names.logout,
      new CookieNames({ ...binding, clientId: 'other' }).login('x'),
      'sid',
    ].map((name) => ({ name, value: 'x' }));
    expect(logins.makeRoom(sent(...foreign, bad, ...good), fresh)).toEqual([bad.name]);
    expect(logins.makeRoom(sent(...good.slice(1), good[5] as LoginCookie), fresh)).toEqual([good[5]?.name]);
  });

  it('[R95] crafted cookies are bounded work: 16 are tried, the rest of the last 64 deleted', () => {
    const crafted = Array.from({ length: 900 }, (_, n) => ({ name: names.login(String(n)), value: 'x'.repeat(20) }));
    const [own] = many(1) as [LoginCookie];
    const cleared = logins.makeRoom(sent(...crafted, own), fresh);
    expect(cleared).toEqual(namesOf(crafted).slice(-64));
  });
});
