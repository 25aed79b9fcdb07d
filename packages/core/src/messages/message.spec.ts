import { IsString } from 'class-validator';
import { OidcError } from '../errors.js';
import { AuthenticationErrorResponse, AuthenticationRequest, AuthenticationSuccessResponse, IdToken } from './index.js';
import { BackChannelLogoutToken, FrontChannelLogoutNotification, ProviderMetadata, TokenRequest } from './index.js';
import { TokenSuccessResponse, UserinfoSuccessResponse } from './index.js';
import { Message } from './message.js';
import { Optional } from './optional.js';

const claims = { iss: 'https://op.example', sub: 'u', aud: 'c', exp: 2, iat: 1 };
const request = { scope: 'openid', response_type: 'code', client_id: 'c', redirect_uri: 'https://rp.example/cb' };
const metadata = {
  issuer: 'https://op.example',
  authorization_endpoint: 'https://op.example/auth',
  jwks_uri: 'https://op.example/jwks',
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};

function errorOf(run: () => unknown): { code?: string; message?: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof OidcError) return error;
    throw error;
  }
  return {};
}

describe('fromUrl', () => {
  const read = (url: string, part?: 'query' | 'fragment' | 'auto'): unknown =>
    AuthenticationSuccessResponse.fromUrl(url, part).toJSON();

  it.each([
    ['https://rp/cb?code=Q', undefined, { code: 'Q' }],
    ['https://rp/cb?code=Q#', undefined, { code: 'Q' }],
    ['https://rp/cb?code=Q#code=F', undefined, { code: 'F' }],
    ['https://rp/cb?code=Q#code=F', 'query', { code: 'Q' }],
    ['https://rp/cb?code=Q#code=F', 'fragment', { code: 'F' }],
    ['https://rp/cb?code=Q#_=_', undefined, { code: 'Q' }],
    ['https://rp/cb?code=Q#a=1&a=2', undefined, { code: 'Q' }],
    ['/cb?code=a%20b+c%26', undefined, { code: 'a b c&' }],
    ['?code=Q?', undefined, { code: 'Q?' }],
    ['https://rp/cb?code=Q&state=', undefined, { code: 'Q' }],
    ['https://rp/cb?code=Q&foreign=1', undefined, { code: 'Q' }],
  ] as const)('reads %s, %s', (url, part, members) => {
    expect(read(url, part)).toEqual(members);
  });

  it.each([
    ['https://rp/cb', 'invalid_message'],
    ['https://rp/cb?code', 'invalid_message'],
    ['https://rp/cb?code=', 'invalid_message'],
    ['https://rp/cb?code=a&code=a', 'duplicate_parameter'],
    ['https://rp/cb?code=a&code=', 'duplicate_parameter'],
    ['https://rp/cb?code=a&x=1&x=1', 'duplicate_parameter'],
    [`https://rp/cb?code=${'a'.repeat(65_536)}`, 'message_too_large'],
    [`https://rp/cb?code=a#${'a'.repeat(65_537)}`, 'message_too_large'],
    [`https://rp/cb?code=a&${Array.from({ length: 100 }, (_, n) => `p${n}=1`).join('&')}`, 'message_too_large'],
  ])('[R14] refuses #%#', (url, code) => {
    expect(errorOf(() => read(url)).code).toBe(code);
  });

  it('takes a URL object', () => {
    expect(AuthenticationSuccessResponse.fromUrl(new URL('https://rp/cb?code=Q'), 'query').code).toBe('Q');
  });

  it('[R94] leaves what the prototype has, and keeps other unknown parameters where the class does', () => {
    const read = AuthenticationErrorResponse.fromUrl<{ hint: string }>(
      '/cb?error=x&constructor=a&__proto__=b&toJSON=c&hint=d',
    );
    expect(read.hint).toBe('d');
    expect(read).toBeInstanceOf(AuthenticationErrorResponse);
    expect(Object.keys(read)).toEqual(['error', 'hint']);
  });
});

describe('fromForm', () => {
  const form = 'grant_type=refresh_token&refresh_token=r&client_secret=s';
  const members = { grant_type: 'refresh_token', refresh_token: 'r', client_secret: 's' };

  it.each([
    ['text', form],
    ['URLSearchParams', new URLSearchParams(form)],
    ['a parsed object', members],
    ['an object without a prototype', Object.assign(Object.create(null) as object, members)],
    ['lists of one', { grant_type: ['refresh_token'], refresh_token: ['r'], client_secret: 's', absent: undefined }],
  ])('reads %s', (_what, body) => {
    expect(TokenRequest.fromForm(body).toJSON()).toEqual(members);
  });

  it.each([
    ['nothing', undefined, 'invalid_message'],
    ['null', null, 'invalid_message'],
    ['a number', 5, 'invalid_message'],
    ['a list', [form], 'invalid_message'],
    ['an empty object', {}, 'invalid_message'],
    ['a leading question mark', `?${form}`, 'invalid_message'],
    ['a nested object, as qs makes it', { ...members, refresh_token: { a: 'b' } }, 'invalid_message'],
    ['a number as a value', { ...members, refresh_token: 5 }, 'invalid_message'],
    ['a repeated parameter', { ...members, refresh_token: ['r', 'r'] }, 'duplicate_parameter'],
    ['a repeated parameter that is not ours', { ...members, x: ['1', '2'] }, 'duplicate_parameter'],
    ['too many bytes', { ...members, x: 'a'.repeat(65_536) }, 'message_too_large'],
    [
      'too many parameters',
      Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`p${n}`, 'x'])),
      'message_too_large',
    ],
  ])('[R14] refuses %s', (_what, body, code) => {
    expect(errorOf(() => TokenRequest.fromForm(body)).code).toBe(code);
  });

  it('lets resource and audience repeat (RFC 8707 section 2)', () => {
    const read = TokenRequest.fromForm<{ audience: string }>(
      `${form}&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&audience=x`,
    );
    expect([read.resource, read.audience]).toEqual([['https://a', 'https://b'], 'x']);
    expect(read.toForm()).toBe(
      'grant_type=refresh_token&refresh_token=r&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&client_secret=s&audience=x',
    );
  });
});

describe('fromJson', () => {
  it.each([
    ['not JSON', '{', 'invalid_message'],
    ['single quotes', "{ 'iss': 'x' }", 'invalid_message'],
    ['a list', '[]', 'invalid_message'],
    ['a string', '"x"', 'invalid_message'],
    ['null', 'null', 'invalid_message'],
    ['nothing', undefined, 'invalid_message'],
    ['a number', 5, 'invalid_message'],
    ['an own __proto__', '{"iss":"x","__proto__":{"sub":"y"}}', 'invalid_message'],
    ['an own __proto__ below', `{"a":[{"b":{"__proto__":1}}],${JSON.stringify(claims).slice(1)}`, 'invalid_message'],
    ['33 levels', `{"a":${'['.repeat(32)}${']'.repeat(32)},${JSON.stringify(claims).slice(1)}`, 'invalid_message'],
    ['more than 64 KB', JSON.stringify({ ...claims, a: 'ä'.repeat(33_000) }), 'message_too_large'],
    ['a function', { ...claims, a: () => 1 }, 'invalid_message'],
    ['NaN', { ...claims, a: [NaN] }, 'invalid_message'],
  ])('[R94] refuses %s', (_what, body, code) => {
    expect(errorOf(() => IdToken.fromJson(body)).code).toBe(code);
  });

  it('reads 32 levels', () => {
    expect(
      IdToken.fromJson(`{"a":${'['.repeat(31)}${']'.repeat(31)},${JSON.stringify(claims).slice(1)}`),
    ).toHaveProperty('a');
  });

  it('refuses a cycle', () => {
    const cycle: Record<string, unknown> = { ...claims };
    cycle.self = cycle;
    expect(errorOf(() => IdToken.fromJson(cycle)).code).toBe('invalid_message');
  });

  it('[R94] refuses __proto__ in members that the message ignores', () => {
    expect(
      errorOf(() => TokenSuccessResponse.fromJson('{"access_token":"a","token_type":"b","x":{"__proto__":1}}')).code,
    ).toBe('invalid_message');
  });

  it('[R94] drops names that the prototype has before anything looks at them', () => {
    const hostile = '{"iss":5,"constructor":"x","validate":"x","toJSON":"x","hasOwnProperty":1}';
    expect(errorOf(() => IdToken.fromJson(hostile)).message).toContain('iss must be a string');
    const token = IdToken.fromJson({ ...claims, validate: 'x', toString: 'x' });
    expect(Object.keys(token).sort()).toEqual(Object.keys(claims).sort());
  });

  it('reads nested objects without a prototype, and keeps a copy', () => {
    const address = { country: 'DE' };
    const token = IdToken.fromJson<{ address: { country: string } }>({ ...claims, address });
    address.country = 'FR';
    expect(token.address.country).toBe('DE');
    expect(Object.getPrototypeOf(token.address)).toBeNull();
  });

  it('keeps or ignores unknown members as the class says, declared ones first', () => {
    expect(Object.keys(IdToken.fromJson({ roles: ['a'], ...claims }))).toEqual([
      'iss',
      'sub',
      'aud',
      'exp',
      'iat',
      'roles',
    ]);
    expect(TokenSuccessResponse.fromJson({ access_token: 'a', token_type: 'Bearer', x: 1 })).not.toHaveProperty('x');
  });

  it('takes null as absent where real OPs send it, and nowhere else', () => {
    expect(ProviderMetadata.fromJson({ ...metadata, token_endpoint: null, x: null }).toJSON()).toEqual(metadata);
    expect(UserinfoSuccessResponse.fromJson({ sub: 'u', email: null }).toJSON()).toEqual({ sub: 'u' });
    expect(
      IdToken.fromJson({
        ...claims,
        nonce: null,
        auth_time: null,
        acr: null,
        amr: null,
        azp: null,
        sid: null,
      }).toJSON(),
    ).toEqual(claims);
    expect(errorOf(() => IdToken.fromJson({ ...claims, sub: null })).code).toBe('id_token_sub');
    expect(errorOf(() => IdToken.fromJson({ ...claims, nbf: null })).code).toBe('id_token_nbf');
    expect(errorOf(() => UserinfoSuccessResponse.fromJson({ sub: null })).code).toBe('invalid_message');
  });

  it('converts expires_in alone', () => {
    const tokens = { access_token: 'a', token_type: 'Bearer' };
    expect(TokenSuccessResponse.fromJson({ ...tokens, expires_in: '3600' }).expires_in).toBe(3600);
    for (const expires_in of ['3600.5', '1h', '', '-1', ' 1', -1, 1.5, true, [3600]]) {
      expect(errorOf(() => TokenSuccessResponse.fromJson({ ...tokens, expires_in })).message).toContain('expires_in');
    }
    expect(errorOf(() => IdToken.fromJson({ ...claims, exp: '5' })).code).toBe('id_token_exp');
  });

  it.each([-1, 253402300800, Infinity, '1', true, [1], {}])('refuses %p as a point in time', (exp) => {
    expect(errorOf(() => IdToken.fromJson({ ...claims, exp })).code).toMatch(/^id_token_exp$|^invalid_message$/);
  });

  it('reads fractions of seconds and writes whole ones', () => {
    const token = IdToken.fromJson({ ...claims, exp: 2.75 });
    expect(token.exp).toBe(2.75);
    expect(token.toJSON().exp).toBe(2);
  });
});

describe('of', () => {
  it('types the members', () => {
    const token = IdToken.of<{ roles: string[] }>({ ...claims, roles: ['a'] });
    const roles: readonly string[] = token.roles;
    expect(roles).toEqual(['a']);
    // @ts-expect-error a member is missing
    expect(errorOf(() => AuthenticationSuccessResponse.of({})).message).toContain('code must be a string');
    // @ts-expect-error the base is no message
    expect(Message.of({})).toBeInstanceOf(Message);
  });

  it('follows the rules of JSON', () => {
    expect(errorOf(() => AuthenticationRequest.of({ ...request, state: null as never })).message).toContain('state');
    expect(errorOf(() => AuthenticationRequest.of({ ...request, max_age: '5' as never })).message).toContain('max_age');
    expect(AuthenticationRequest.of({ ...request, state: undefined }).toJSON()).toEqual(request);
    expect(AuthenticationRequest.of({ ...request, prompt: [], display: ['page'] as never }).toJSON()).toEqual({
      ...request,
      display: 'page',
    });
  });
});

describe('an instance', () => {
  it('is frozen all the way down where the class says so', () => {
    const token = IdToken.fromJson<{ roles: { admin: string[] } }>({ ...claims, aud: ['c'], roles: { admin: ['x'] } });
    for (const part of [token, token.aud, token.roles, token.roles.admin]) expect(Object.isFrozen(part)).toBe(true);
    expect(() => Object.assign(token, { sub: 'other' })).toThrow(TypeError);
    const logout = BackChannelLogoutToken.fromJson({
      ...claims,
      jti: 'j',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    logout.sub = 'other';
    expect(Object.isFrozen(logout)).toBe(false);
  });

  it('reads an absent member as its default, and does not send it', () => {
    const read = ProviderMetadata.fromJson(metadata);
    expect(read.token_endpoint_auth_methods_supported).toEqual(['client_secret_basic']);
    expect(read.request_uri_parameter_supported).toBe(true);
    expect(read.toJSON()).toEqual(metadata);
    const explicit = { ...metadata, grant_types_supported: ['authorization_code', 'implicit'] };
    expect(ProviderMetadata.fromJson(explicit).toJSON()).toEqual(explicit);
  });
});

describe('toForm and toUrl', () => {
  const message = AuthenticationRequest.of({
    claims: { id_token: null },
    ...request,
    prompt: ['login', 'consent'],
    max_age: 0,
  });

  it('write declared members in their order, then the others', () => {
    expect(message.toForm()).toBe(
      'scope=openid&response_type=code&client_id=c&redirect_uri=https%3A%2F%2Frp.example%2Fcb&prompt=login+consent&max_age=0&claims=%7B%22id_token%22%3Anull%7D',
    );
  });

  it.each([
    ['https://op', 'https://op?code=x+y'],
    ['https://op/a', 'https://op/a?code=x+y'],
    ['https://op/a?', 'https://op/a?code=x+y'],
    ['https://op/a?b=%20c&d#f', 'https://op/a?b=%20c&d&code=x+y#f'],
    ['https://op/a?code=old&%63ode=old&b=1', 'https://op/a?b=1&code=x+y'],
    ['com.example.app:/cb', 'com.example.app:/cb?code=x+y'],
  ])('merge into %s', (base, url) => {
    expect(AuthenticationSuccessResponse.of({ code: 'x y' }).toUrl(base)).toBe(url);
    expect(AuthenticationSuccessResponse.of({ code: 'x y' }).toUrl(base, 'query')).toBe(url);
  });

  it('write into the fragment', () => {
    const { code } = AuthenticationSuccessResponse.of({ code: 'x' });
    expect(AuthenticationSuccessResponse.of({ code }).toUrl(new URL('https://rp/cb?a=1#b=2&code=3'), 'fragment')).toBe(
      'https://rp/cb?a=1#b=2&code=x',
    );
  });

  it('leave an empty message out', () => {
    expect(FrontChannelLogoutNotification.of({}).toUrl('https://rp/out#f')).toBe('https://rp/out#f');
  });

  it('refuse what is no URL', () => {
    expect(errorOf(() => message.toUrl('/auth')).code).toBe('invalid_option');
  });

  it('leave out what was set to undefined or to an empty list', () => {
    const changed = AuthenticationRequest.of(request);
    changed.prompt = [];
    changed.state = undefined;
    expect(changed.toForm()).toBe(
      'scope=openid&response_type=code&client_id=c&redirect_uri=https%3A%2F%2Frp.example%2Fcb',
    );
    expect(changed.toJSON()).toEqual({ ...request, prompt: [] });
  });
});

describe('a refusal', () => {
  it('names the class and every member, with what was expected and what came', () => {
    const { message } = errorOf(() =>
      AuthenticationRequest.fromUrl('https://op/auth?scope=openid&max_age=1h&response_type=code'),
    );
    expect(message).toContain('AuthenticationRequest: client_id must be a string');
    expect(message).toContain('redirect_uri must be a string');
    expect(message).toMatch(/max_age must be an integer.*came "1h"/);
  });

  it('[R92] never shows a secret', () => {
    const secret = 'hush-hush';
    const texts = [
      errorOf(() => AuthenticationSuccessResponse.fromJson({ code: [secret], state: [secret] })).message,
      errorOf(() => IdToken.fromJson({ ...claims, nonce: { secret }, sid: [secret], acr: [secret] })).message,
      errorOf(() => TokenSuccessResponse.fromJson(`{"access_token":"${secret}"`)).message,
      errorOf(() => TokenSuccessResponse.fromJson(`{"access_token":"${secret}"}`)).message,
      errorOf(() => TokenSuccessResponse.fromJson({ access_token: [secret], id_token: { secret }, token_type: 'x' }))
        .message,
      errorOf(() => TokenRequest.fromForm({ grant_type: 'password', password: { secret } })).message,
    ];
    for (const text of texts) {
      expect(text).toMatch(/expected|must/);
      expect(text).not.toContain(secret);
    }
  });

  it('names the grant that needs a member', () => {
    expect(errorOf(() => TokenRequest.fromForm('grant_type=refresh_token')).message).toBe(
      "TokenRequest: refresh_token is required when grant_type is 'refresh_token', came nothing.",
    );
  });
});

it('keeps the order of parents and children, and refuses by the constraints of both', () => {
  class Parent extends Message {
    @IsString() readonly first!: string;
  }
  class Child extends Parent {
    @Optional() @IsString() readonly second?: string;
  }
  expect(Child.of({ second: 'b', first: 'a' }).toForm()).toBe('first=a&second=b');
  expect(errorOf(() => Child.of({ second: 'b' } as never)).message).toContain('first must be a string');
});
