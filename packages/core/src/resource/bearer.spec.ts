import { type Brought, requestWith } from '../../test/access-tokens.js';
import { refusal } from '../../test/refusal.js';
import { hasCredentials, readCredentials, requireTokenShape } from './bearer.js';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const post = { method: 'POST', headers: form };

/** A request whose Authorization header is exactly this. */
const bringing = (authorization: string, more: Brought = {}): ReturnType<typeof requestWith> =>
  requestWith(undefined, { ...more, headers: { authorization, ...more.headers } });

describe('[R69] the token of a request', () => {
  it.each<[string, string, ReturnType<typeof readCredentials>]>([
    ['by Bearer', 'Bearer abc.d-e_f~g+h/i==', { token: 'abc.d-e_f~g+h/i==', scheme: 'Bearer' }],
    ['by DPoP', 'DPoP abc', { token: 'abc', scheme: 'DPoP' }],
    ['whatever the case of the scheme', 'bEARER abc', { token: 'abc', scheme: 'Bearer' }],
    ['of DPoP too', 'dpop abc', { token: 'abc', scheme: 'DPoP' }],
    ['after several spaces', 'Bearer   abc', { token: 'abc', scheme: 'Bearer' }],
    ['not by another scheme', 'Basic YTpi', undefined],
    ['not by one that begins like ours', 'Bearerish abc', undefined],
    ['not by one that begins like ours and a dash', 'DPoP-2 abc', undefined],
    ['not by nothing', '', undefined],
  ])('comes %s', (_name, header, expected) => {
    expect(readCredentials(bringing(header), false)).toEqual(expected);
    expect(hasCredentials(bringing(header))).toBe(expected !== undefined);
  });

  it('is none where there is no header', () => {
    expect(readCredentials(requestWith(undefined), false)).toBeUndefined();
    expect(hasCredentials(requestWith(undefined))).toBe(false);
  });

  it('[R69] never comes from the query', () => {
    expect(readCredentials(requestWith(undefined, { target: '/orders?access_token=abc' }), true)).toBeUndefined();
  });

  it('comes from a form where that is allowed, and from no other body', () => {
    const body = { access_token: 'abc' };
    const read = (brought: Brought, allowed = true): unknown =>
      readCredentials(requestWith(undefined, { ...post, body, ...brought }), allowed);
    expect(read({})).toEqual({ token: 'abc', scheme: 'Bearer' });
    expect(read({ headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' } })).toBeDefined();
    expect(read({ method: 'PUT' })).toBeDefined();
    expect([
      read({}, false),
      read({ method: 'GET' }),
      read({ method: 'HEAD' }),
      read({ headers: {} }),
      read({ headers: { 'content-type': 'application/json' } }),
      read({ headers: { 'content-type': 'application/x-www-form-urlencoded-not' } }),
      read({ body: undefined }),
      read({ body: null }),
      read({ body: 'access_token=abc' }),
      read({ body: {} }),
      read({ body: Object.create({ access_token: 'abc' }) as object }),
    ]).toEqual(Array(11).fill(undefined));
  });

  it('comes from a form beside another scheme', () => {
    const request = requestWith(undefined, {
      ...post,
      headers: { ...form, authorization: 'Basic YTpi' },
      body: { access_token: 'abc' },
    });
    expect(readCredentials(request, true)).toEqual({ token: 'abc', scheme: 'Bearer' });
  });
});

describe('[R70] [R72] 400 for', () => {
  const several = 'Expected one access token, came several.';
  const none = 'Expected a token after the scheme, came none.';
  it.each<[string, string, ReturnType<typeof requestWith>]>([
    ['a scheme alone', none, bringing('Bearer')],
    ['a scheme and a tab', none, bringing('Bearer\tabc')],
    ['a scheme and a comma', none, bringing('DPoP, Bearer abc')],
    ['a scheme and a quote', none, bringing('Bearer"abc"')],
    [
      'two headers',
      'Expected one Authorization header, came several.',
      requestWith(undefined, { headers: { authorization: ['Bearer abc', 'Bearer def'] } }),
    ],
    [
      'two headers, the first by another scheme',
      'Expected one Authorization header, came several.',
      requestWith(undefined, { headers: { authorization: ['Basic YTpi', 'Bearer abc'] } }),
    ],
    ['one in the query too', several, requestWith('abc', { target: '/?a=b&access_token=def' })],
    ['an empty one in the query too', several, requestWith('abc', { target: '/?access_token=' })],
    ['one in the form too', several, requestWith('abc', { ...post, body: { access_token: 'abc' } })],
    [
      'one in the form and in the query',
      several,
      requestWith(undefined, { ...post, target: '/?access_token=a', body: { access_token: 'abc' } }),
    ],
    [
      'two in the form',
      'Expected one access_token in the form, came several.',
      requestWith(undefined, { ...post, body: { access_token: ['abc', 'def'] } }),
    ],
    [
      'a token over 16 KB',
      'Expected a token of at most 16384 characters, came a longer one.',
      requestWith('a'.repeat(16_385)),
    ],
    [
      'one over 16 KB in a form',
      'Expected a token of at most 16384 characters, came a longer one.',
      requestWith(undefined, { ...post, body: { access_token: 'a'.repeat(16_385) } }),
    ],
  ])('%s', async (_name, message, request) => {
    const error = await refusal(() => readCredentials(request, true));
    expect(error).toMatchObject({ code: 'invalid_request', status: 400, message });
  });

  it.each(['', 'a b', 'a,b', 'a\tb', 'a\u0000', 'ä', '=', 'a=b', 'a"', 'Bearer abc'])('%j as a token', async (text) => {
    const error = await refusal(() => requireTokenShape(text));
    expect(error).toMatchObject({ code: 'invalid_request', status: 400 });
    expect(error.message).toBe('Expected a token of the characters that RFC 6750 has, came none, or another text.');
  });
});

it('takes what fits, at the most that a token may have', () => {
  const token = 'a'.repeat(16_384);
  expect(readCredentials(requestWith(token), false)?.token).toBe(token);
  expect(() => requireTokenShape(token)).not.toThrow();
});

it('counts no headers where nobody can, as one that was joined has a comma', () => {
  const { headerCount: _count, ...request } = bringing('Bearer abc, Bearer def');
  const { token = '' } = readCredentials(request, false) ?? {};
  expect(() => requireTokenShape(token)).toThrow();
});
