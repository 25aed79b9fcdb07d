import { Routes } from './routes.js';

describe('where our routes are', () => {
  it.each([
    ['login', '/auth/login', 'GET'],
    ['callback', '/auth/callback', 'GET'],
    ['logout', '/auth/logout', 'POST'],
    ['loggedOut', '/auth/logged-out', 'GET'],
    ['backchannelLogout', '/auth/backchannel-logout', 'POST'],
    ['frontchannelLogout', '/auth/frontchannel-logout', 'GET'],
    ['jwks', '/auth/jwks', 'GET'],
  ] as const)('%s is at %s for %s', (name, path, allow) => {
    const routes = new Routes('https://app.example');
    expect(routes.url(name)).toBe(`https://app.example${path}`);
    expect(routes.match(path)).toEqual({ name, allow });
  });

  it('below the path of the base URL', () => {
    const routes = new Routes('https://app.example/shop');
    expect(routes.url('callback')).toBe('https://app.example/shop/auth/callback');
    expect(routes.match('/shop/auth/callback')?.name).toBe('callback');
    expect(routes.match('/auth/callback')).toBeUndefined();
  });

  it('where the options say', () => {
    const routes = new Routes('https://app.example', { login: '/in', logout: false });
    expect([routes.url('login'), routes.url('logout')]).toEqual(['https://app.example/in', undefined]);
    expect(routes.match('/in')?.name).toBe('login');
    expect(routes.match('/auth/login')).toBeUndefined();
    expect(routes.match('/auth/logout')).toBeUndefined();
  });
});

it('[RULE 4.6] carry the name of their client', () => {
  const routes = new Routes('https://app.example', { login: '/in' }, 'staff');
  expect(routes.url('login')).toBe('https://app.example/in');
  expect(routes.url('callback')).toBe('https://app.example/auth/staff/callback');
  expect(routes.match('/auth/staff/frontchannel-logout')?.name).toBe('frontchannelLogout');
  expect(routes.match('/auth/callback')).toBeUndefined();
});

it.each(['/auth/login/', '/AUTH/login', '/auth//login', '/x/auth/login', '/auth/login/more', '/auth', '', '/'])(
  'no route is at %j',
  (path) => expect(new Routes('https://app.example').match(path)).toBeUndefined(),
);

describe('[D20] a proxy in front may cut off the path of the base URL', () => {
  const routes = new Routes('https://app.example/shop');
  it.each([
    ['/shop/cart?a=1', '/shop/cart?a=1'],
    ['/cart?a=1', '/shop/cart?a=1'],
    ['/shop', '/shop'],
    ['/shop?a=1', '/shop?a=1'],
    ['/shopping', '/shop/shopping'],
    ['/', '/shop/'],
  ])('%s is %s outside', (inside, outside) => expect(routes.outside(inside)).toBe(outside));

  it.each(['/cart', '/', '//evil.example'])('without one %s stays as it is', (target) =>
    expect(new Routes('https://app.example').outside(target)).toBe(target),
  );
});
