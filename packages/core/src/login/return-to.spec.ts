import { OidcClient } from '../client/client.js';
import { optionsFor } from '../../test/relying-party.js';
import { localTarget } from './return-to.js';

const client = new OidcClient(optionsFor('https://op.example', 'https://app.example'));
const below = new OidcClient(optionsFor('https://op.example', 'https://app.example/shop'));

describe('[R11] [RULE 4.5] what lies in this program is a target', () => {
  it.each([
    ['/', '/'],
    ['/cart', '/cart'],
    ['/cart?a=1&b=%2F#top', '/cart?a=1&b=%2F#top'],
    ['cart', '/cart'],
    ['?a=1', '/?a=1'],
    ['#top', '/#top'],
    ['https://app.example/cart', '/cart'],
    ['https://app.example:443/cart', '/cart'],
    ['HTTPS://APP.example/cart', '/cart'],
    ['/a/../cart', '/cart'],
    ['/ä ö', '/%C3%A4%20%C3%B6'],
    ['/search?next=https://evil.example', '/search?next=https://evil.example'],
    ['/a//b', '/a//b'],
    ['/a/%2f%2fb', '/a/%2f%2fb'],
    ['/authors', '/authors'],
    ['/auth/profile', '/auth/profile'],
  ])('%j is %j', (target, local) => expect(localTarget(client, target)).toBe(local));
});

describe('[R11] [D17] [RULE 4.5] everything else is none', () => {
  it.each([
    ['another host', '//evil.example'],
    ['another host in three slashes', '///evil.example'],
    ['another host behind a backslash', '/\\evil.example'],
    ['another host behind two backslashes', '\\\\evil.example'],
    ['another host behind a backslash and a slash', '\\/evil.example'],
    ['another host behind a tab', '/\t/evil.example'],
    ['another host behind a line end', '/\n/evil.example'],
    ['another host behind a carriage return', '/\r/evil.example'],
    ['another host behind NUL', '/\0/evil.example'],
    ['another host behind a space', ' //evil.example'],
    ['another host behind encoded slashes', '%2f%2fevil.example'],
    ['another host behind a slash and an encoded one', '/%2fevil.example'],
    ['another host behind a slash and an encoded backslash', '/%5cevil.example'],
    ['another host behind an encoded backslash in capitals', '/%5Cevil.example'],
    ['another host behind an encoded slash', '%2Fevil.example/%2f..'],
    ['another host after dots', '/.//evil.example'],
    ['another host after two dots', '/a/..//evil.example'],
    ['another host after encoded dots', '/%2e/%2fevil.example'],
    ['a user', 'https://ada@app.example/cart'],
    ['a user and a password', 'https://ada:pw@app.example/cart'],
    ['a user that looks like us', 'https://app.example@evil.example/'],
    ['another origin', 'https://evil.example/'],
    ['another origin that begins like ours', 'https://app.example.evil.example/'],
    ['another scheme', 'http://app.example/'],
    ['another port', 'https://app.example:8443/'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['a control character', '/cart\u0007'],
    ['delete', '/cart\u007f'],
    ['a control character beyond ASCII', '/cart\u0085'],
    ['what is no URL', 'https://['],
    ['nothing', ''],
    ['what is no text', 5],
    ['a list', ['/cart']],
    ['undefined', undefined],
    ['null', null],
  ])('%s', (_what, target) => expect(localTarget(client, target)).toBeUndefined());

  it.each([
    '/auth/login',
    '/auth/login?returnTo=/auth/login',
    '/auth/callback?code=x&state=y',
    '/auth/logout',
    '/auth/logged-out',
    '/auth/backchannel-logout',
    '/auth/frontchannel-logout?iss=x&sid=y',
    'https://app.example/auth/logout',
    '/x/../auth/logout',
    '/auth/./logout',
    '/auth/%6cogout',
    '/auth/log%6fut?x',
  ])('our own route %s', (target) => expect(localTarget(client, target)).toBeUndefined());
});

describe('below a path', () => {
  it('targets are whole paths of the host', () => {
    expect(localTarget(below, '/shop/cart')).toBe('/shop/cart');
    expect(localTarget(below, '/shop/auth/logout')).toBeUndefined();
  });
});
