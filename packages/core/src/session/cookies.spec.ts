import { clearCookie, CookieNames, readCookies, setCookie } from './cookies.js';

const binding = { issuer: 'https://op.example.com', clientId: 'app', baseUrl: 'https://app.example.com' };
const names = new CookieNames(binding);

describe('[RULE 1.4] names', () => {
  it.each([
    ['https://app.example.com', /^__Host-latchkey-[\w-]{8}$/],
    ['HTTPS://app.example.com', /^__Host-latchkey-[\w-]{8}$/],
    ['http://localhost:3000', /^latchkey-[\w-]{8}$/],
  ])('at %s', (baseUrl, form) => {
    const own = new CookieNames({ ...binding, baseUrl });
    expect(own.session).toMatch(form);
    expect(own.login('state')).toMatch(new RegExp(`^${own.session}-[\\w-]{16}$`));
    expect(own.logout).toBe(`${own.session}-logout`);
  });

  it('differ by issuer, client, base URL and state', () => {
    const others = [
      { issuer: 'https://other.example.com' },
      { clientId: 'other' },
      { baseUrl: 'https://app.example.com:8443' },
    ];
    const all = [{}, ...others].map((other) => new CookieNames({ ...binding, ...other }).session);
    expect(new Set(all).size).toBe(4);
    expect(names.login('a')).not.toBe(names.login('b'));
  });

  it('only names with our hash are ours', () => {
    const other = new CookieNames({ ...binding, clientId: 'other' });
    const login = names.login('state');
    expect([names.session, names.logout, login].map((name) => names.isOurs(name))).toEqual([true, true, true]);
    expect([names.session, names.logout, login].map((name) => names.isLogin(name))).toEqual([false, false, true]);
    for (const foreign of [
      other.session,
      other.logout,
      other.login('state'),
      login.slice(0, -1),
      `${login}a`,
      `${login.slice(0, -1)}.`,
      login.replace('__Host-', ''),
      `x${login}`,
      '',
      '__proto__',
    ]) {
      expect([names.isOurs(foreign), names.isLogin(foreign)]).toEqual([false, false]);
    }
  });
});

describe('reading', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['a=1', '1'],
    ['b=2; a=1; c=3', '1'],
    ['b=2;a=1;c=3', '1'],
    ['b=2; \t a=1 ; c=3', '1'],
    ['a=', ''],
    ['a=x=y', 'x=y'],
    ['a="1"', '"1"'],
    ['a', undefined],
    ['=a=1', undefined],
    ['ba=1; a-=2; A=3', undefined],
    ['b=a=1; c= a=2', undefined],
    ['b=a=1; a=2', '2'],
    ['a=1; a=2', undefined],
    ['a=1; b=3; a=1', undefined],
    ['a=1; a=', undefined],
  ])('[RULE 4.1] %s', (header, value) => {
    expect(readCookies(header).one('a')).toBe(value);
  });

  it('lists each name once, in order', () => {
    expect(readCookies('b=1; a=2;c=3; b=4; d; =e').names()).toEqual(['b', 'a', 'c']);
    expect(readCookies(undefined).names()).toEqual([]);
  });

  it('of every name that it lists and that comes once, it has the value', () => {
    const cookies = readCookies(' a=1;\tb=2; c =3; __proto__=4; constructor=5;; ;');
    expect(cookies.names().map((name) => cookies.one(name))).toEqual(['1', '2', '3', '4', '5']);
  });

  it.each([
    ['one cookie of 10 MB', `a=${'x'.repeat(10_000_000)}`],
    ['10,000 of ours', Array.from({ length: 10_000 }, (_, n) => `${names.session}-${n}=x`).join('; ')],
    ['nothing but our name', `${names.session}=`.repeat(2000)],
    ['half our name', names.session.slice(0, -1).repeat(2000)],
    ['semicolons', ';'.repeat(65_000)],
    ['spaces', ' '.repeat(65_000)],
    ['spaces before our name', `;${' '.repeat(30)}${names.session}`.repeat(1000)],
  ])('[R95] a crafted header is bounded work: %s', (_what, header) => {
    const began = process.cpuUsage();
    const cookies = readCookies(header);
    for (let n = 0; n < 20; n++)
      expect(cookies.one(names.session) ?? '').toHaveLength(cookies.one(names.session)?.length ?? 0);
    expect(cookies.names().length).toBeLessThanOrEqual(1000);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(1000);
  });
});

describe('[R43] [RULE 4.1] writing', () => {
  it.each([
    [setCookie('a', 'x', { secure: true, maxAge: 3600 }), 'a=x; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax'],
    [setCookie('a', 'x', { secure: true }), 'a=x; Path=/; HttpOnly; Secure; SameSite=Lax'],
    [setCookie('a', 'x', { secure: false }), 'a=x; Path=/; HttpOnly; SameSite=Lax'],
    [setCookie('a', 'x', { secure: true, sameSite: 'None' }), 'a=x; Path=/; HttpOnly; Secure; SameSite=None'],
    [setCookie('a', 'x', { secure: false, sameSite: 'None' }), 'a=x; Path=/; HttpOnly; Secure; SameSite=None'],
    [clearCookie('a', { secure: true }), 'a=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax'],
    [clearCookie('a', { secure: false }), 'a=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax'],
  ])('%s', (header, expected) => {
    expect(header).toBe(expected);
  });
});
