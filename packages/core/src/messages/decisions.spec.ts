import { ResponseError } from '../errors.js';
import * as messages from './index.js';
import {
  AuthenticationErrorResponse,
  AuthenticationRequest,
  AuthenticationSuccessResponse,
  BackChannelLogoutToken,
  backChannelLogoutEvent,
  ClientRegistrationResponse,
  DeviceAuthorizationResponse,
  IdToken,
  JwtAccessToken,
  type Message,
  ProviderMetadata,
  PushedAuthorizationResponse,
  RpInitiatedLogoutRequest,
  TokenErrorResponse,
  TokenIntrospectionSuccessResponse,
  TokenRequest,
  TokenSuccessResponse,
  UserinfoSuccessResponse,
} from './index.js';

// Where the specifications and the world differ, it was settled in fifteen decisions. Each stands here by its number.

const op = 'https://op.example/auth';
const asked = { scope: 'openid', response_type: 'code', client_id: 'c', redirect_uri: 'https://rp.example/cb' };
const query = new URLSearchParams(asked).toString();
const claims = { iss: 'https://op.example', sub: 'u', aud: 'c', exp: 2, iat: 1 };
const logout = { ...claims, jti: 'j', events: { [backChannelLogoutEvent]: {} } };
const tokens = { access_token: 'a', token_type: 'Bearer' };
const metadata = {
  issuer: 'https://op.example',
  authorization_endpoint: op,
  jwks_uri: 'https://op.example/jwks',
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
};
const device = { device_code: 'd', user_code: 'u', verification_uri: 'https://op.example/d', expires_in: 60 };

type Members = Readonly<Record<string, unknown>>;
const ask = (more: string): AuthenticationRequest => AuthenticationRequest.fromUrl(`${op}?${query}&${more}`);
const askWith = (members: Members): string => AuthenticationRequest.fromJson({ ...asked, ...members }).toUrl(op);
/** `valid`, or the code of the refusal. */
function verdict(read: () => Message): string {
  try {
    read();
    return 'valid';
  } catch (error) {
    if (error instanceof ResponseError) return error.code;
    throw error;
  }
}

describe('[decision 1] a list travels as one parameter, separated by spaces', () => {
  it.each(['prompt', 'ui_locales', 'acr_values'] as const)('%s', (name) => {
    expect(ask(`${name}=a+b%20c`)[name]).toEqual(['a', 'b', 'c']);
    expect(askWith({ [name]: ['a', 'b'] })).toBe(`${op}?${query}&${name}=a+b`);
    expect(askWith({ [name]: [] })).toBe(`${op}?${query}`);
    expect(verdict(() => ask(`${name}=a&${name}=b`))).toBe('duplicate_parameter');
    expect(verdict(() => AuthenticationRequest.fromJson({ ...asked, [name]: ['a b'] }))).toBe('invalid_message');
  });

  it('in a logout request too', () => {
    const request = RpInitiatedLogoutRequest.fromJson({ ui_locales: ['fr-CA', 'fr'] });
    expect(request.toForm()).toBe('ui_locales=fr-CA+fr');
    expect(RpInitiatedLogoutRequest.fromForm('ui_locales=fr-CA+fr').ui_locales).toEqual(['fr-CA', 'fr']);
  });
});

it.each<[string, string]>([
  ['state=a&state=a', 'duplicate_parameter'],
  ['state=a&state=', 'duplicate_parameter'],
  ['unknown=1&unknown=2', 'duplicate_parameter'],
  ['resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb', 'valid'],
  ['audience=a&audience=b', 'valid'],
])('[decision 2] %s is %s', (more, expected) => {
  expect(verdict(() => ask(more))).toBe(expected);
});

it.each<[string, (aud: unknown) => Message]>([
  ['IdToken', (aud) => IdToken.fromJson({ ...claims, aud })],
  ['JwtAccessToken', (aud) => JwtAccessToken.fromJson({ ...claims, aud })],
  ['BackChannelLogoutToken', (aud) => BackChannelLogoutToken.fromJson({ ...logout, aud })],
  ['TokenIntrospectionSuccessResponse', (aud) => TokenIntrospectionSuccessResponse.fromJson({ active: true, aud })],
])('[decision 3] aud of %s is a string or a list of strings', (_name, read) => {
  for (const aud of ['c', ['c'], ['c', 'd']]) expect(read(aud)).toMatchObject({ aud });
  for (const aud of [5, [5], { c: 1 }, true]) expect(verdict(() => read(aud))).not.toBe('valid');
});

it('[decision 3] our own client_id always counts as trusted', () => {
  const known = { issuer: claims.iss, clientId: 'c', now: 1 };
  IdToken.fromJson({ ...claims, aud: ['c'] }).validate({ ...known, nonce: null });
  BackChannelLogoutToken.fromJson({ ...logout, aud: ['c'] }).validate(known);
  expect(() =>
    BackChannelLogoutToken.fromJson({ ...logout, aud: ['c', 'd'] }).validate({
      ...known,
      extraTrustedAudiences: ['c'],
    }),
  ).toThrow('nobody but trusted audiences');
});

it.each<[unknown, string]>([
  ['page', 'page'],
  [['page'], 'page'],
  [['page', 'popup'], 'invalid_message'],
  ['page popup', 'invalid_message'],
  [[], 'invalid_message'],
])('[decision 4] display %j is one value: %s', (display, expected) => {
  const outcome = verdict(() => AuthenticationRequest.fromJson({ ...asked, display }));
  expect(outcome === 'valid' ? new URL(askWith({ display })).searchParams.get('display') : outcome).toBe(expected);
  if (typeof display === 'string') expect(verdict(() => ask(`display=${display}`))).toBe(outcome);
});

describe('[decision 5] [RULE 5.4] null', () => {
  it.each<[string, Members, (members: Members) => Message]>([
    ['ProviderMetadata', metadata, (members) => ProviderMetadata.fromJson(members)],
    ['TokenSuccessResponse', tokens, (members) => TokenSuccessResponse.fromJson(members)],
    ['introspection', { active: true }, (members) => TokenIntrospectionSuccessResponse.fromJson(members)],
    ['userinfo', { sub: 'u' }, (members) => UserinfoSuccessResponse.fromJson(members)],
    ['registration', { client_id: 'c' }, (members) => ClientRegistrationResponse.fromJson(members)],
    ['an authentication error', { error: 'e' }, (members) => AuthenticationErrorResponse.fromJson(members)],
    ['a token error', { error: 'e' }, (members) => TokenErrorResponse.fromJson(members)],
    ...[
      'UserinfoErrorResponse',
      'TokenIntrospectionErrorResponse',
      'ClientRegistrationError',
      'PushedAuthorizationError',
      'DeviceAuthorizationError',
      'RevocationError',
    ].map((name): [string, Members, (members: Members) => Message] => [
      name,
      { error: 'e' },
      (members) => (messages as unknown as Record<string, typeof TokenErrorResponse>)[name]!.fromJson(members),
    ]),
  ])('is absent in %s, of a known member and of any other', (_name, good, read) => {
    const nulls = { error_description: null, scope: null, exp: null, registration_endpoint: null, unheard_of: null };
    expect(read({ ...nulls, ...good }).toJSON()).toEqual(good);
    // What is required is then missing.
    for (const name of Object.keys(good))
      expect(verdict(() => read({ ...good, [name]: null }))).toBe('invalid_message');
  });

  it('is absent in an ID token for six members', () => {
    const nulls = { auth_time: null, nonce: null, acr: null, amr: null, azp: null, sid: null };
    const token = IdToken.fromJson({ ...claims, ...nulls });
    expect(token.toJSON()).toEqual(claims);
    const known = { issuer: claims.iss, clientId: 'c', now: 1 };
    expect(() => token.validate({ ...known, nonce: 'n' })).toThrow('the nonce that was sent');
    expect(() => token.validate({ ...known, nonce: null, minAuthTime: 0 })).toThrow('came nothing');
  });

  it.each<[string, () => Message]>([
    ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf'].map((name): [string, () => Message] => [
      `${name} of an ID token`,
      () => IdToken.fromJson({ ...claims, [name]: null }),
    ]),
    ...['sub', 'sid', 'exp', 'nonce'].map((name): [string, () => Message] => [
      `${name} of a logout token`,
      () => BackChannelLogoutToken.fromJson({ ...logout, sid: 's', [name]: null }),
    ]),
    ...['aud', 'sub', 'client_id', 'azp', 'scope'].map((name): [string, () => Message] => [
      `${name} of an access token`,
      () => JwtAccessToken.fromJson({ ...claims, [name]: null }),
    ]),
    ['state of a request', () => AuthenticationRequest.fromJson({ ...asked, state: null })],
    ['a member of a logout request', () => RpInitiatedLogoutRequest.fromJson({ client_id: null })],
  ])('is invalid for %s', (_what, read) => {
    expect(verdict(read)).not.toBe('valid');
  });
});

describe('[decision 6] [RULE 5.1] a point in time', () => {
  const readers: [string, (time: unknown) => Message][] = [
    ...(['exp', 'iat', 'nbf', 'auth_time'] as const).map((name): [string, (time: unknown) => Message] => [
      `${name} of an ID token`,
      (time) => IdToken.fromJson({ ...claims, [name]: time }),
    ]),
    ['exp of an access token', (exp) => JwtAccessToken.fromJson({ ...claims, exp })],
    ['iat of a logout token', (iat) => BackChannelLogoutToken.fromJson({ ...logout, iat })],
    ['nbf of an introspection', (nbf) => TokenIntrospectionSuccessResponse.fromJson({ active: true, nbf })],
  ];
  it.each(readers)('is a finite number from 0 to 253402300799: %s', (what, read) => {
    const name = what.split(' ', 1)[0]!;
    for (const time of [0, 1.75, 253402300799]) expect(read(time)).toHaveProperty(name, time);
    expect(read(1.75).toJSON()).toHaveProperty(name, 1);
    for (const time of [-1, 253402300800, '5', true, [1]]) expect(verdict(() => read(time))).not.toBe('valid');
  });

  it.each<[string, (seconds: unknown) => Message]>([
    ['expires_in', (expires_in) => TokenSuccessResponse.fromJson({ ...tokens, expires_in })],
    ['max_age', (max_age) => AuthenticationRequest.fromJson({ ...asked, max_age })],
    ['interval', (interval) => DeviceAuthorizationResponse.fromJson({ ...device, interval })],
  ])('but %s is whole', (name, read) => {
    for (const seconds of [0, 60]) expect(read(seconds)).toHaveProperty(name, seconds);
    for (const seconds of [-1, 0.5, true, [60]]) expect(verdict(() => read(seconds))).toBe('invalid_message');
  });
});

describe('[decision 7] [RULE 5.5] an error code', () => {
  it.each(['access_denied', 'Access_Denied', 'slow_down', 'urn:vendor:odd', 'mit Leerzeichen', 'x'.repeat(255)])(
    '%s is kept as it is',
    (error) => {
      const code: messages.OrUnknown<messages.TokenErrorCode> = TokenErrorResponse.fromJson({ error }).error;
      expect(code).toBe(error);
      const url = `https://rp.example/cb?${new URLSearchParams({ error }).toString()}`;
      expect(AuthenticationErrorResponse.fromUrl(url).error).toBe(error);
    },
  );

  it.each(['', 'x'.repeat(256), 5, null, ['a']])('%j is none', (error) => {
    expect(verdict(() => TokenErrorResponse.fromJson({ error }))).toBe('invalid_message');
  });
});

it.each<[string, (sub: unknown) => Message]>([
  ['an ID token', (sub) => IdToken.fromJson({ ...claims, sub })],
  ['an access token', (sub) => JwtAccessToken.fromJson({ ...claims, sub })],
  ['a logout token', (sub) => BackChannelLogoutToken.fromJson({ ...logout, sub })],
  ['a userinfo answer', (sub) => UserinfoSuccessResponse.fromJson({ sub })],
  ['an introspection answer', (sub) => TokenIntrospectionSuccessResponse.fromJson({ active: true, sub })],
])('[RULE 5.5] sub of %s has 1 to 255 characters', (_what, read) => {
  for (const sub of ['u', 'u'.repeat(255)]) expect(verdict(() => read(sub))).toBe('valid');
  for (const sub of ['', 'u'.repeat(256), 5]) expect(verdict(() => read(sub))).not.toBe('valid');
});

it('[decision 8] a token response may have no id_token', () => {
  expect(TokenSuccessResponse.fromJson(tokens).toJSON()).toEqual(tokens);
});

describe('[decision 9] a token request', () => {
  it.each([
    ['authorization_code', 'code'],
    ['authorization_code', 'redirect_uri'],
    ['refresh_token', 'refresh_token'],
    ['password', 'username'],
    ['password', 'password'],
    ['password', 'scope'],
  ])('of %s requires %s, and says so', (grant, member) => {
    const all = { code: 'c', redirect_uri: 'r', refresh_token: 't', username: 'u', password: 'p', scope: 's' };
    expect(TokenRequest.fromForm({ ...all, grant_type: grant })).toHaveProperty(member);
    expect(() => TokenRequest.fromForm({ ...all, [member]: '', grant_type: grant })).toThrow(
      `${member} is required when grant_type is '${grant}'`,
    );
    expect(() => TokenRequest.fromJson({ ...all, [member]: null, grant_type: grant })).toThrow(member);
  });

  it.each(['client_credentials', 'urn:vendor:grant'])('of %s requires nothing more', (grant_type) => {
    expect(TokenRequest.fromForm({ grant_type }).toForm()).toBe(`grant_type=${encodeURIComponent(grant_type)}`);
  });

  it('declares code_verifier, and takes a code_challenge for a member like any other', () => {
    const request = TokenRequest.fromForm('grant_type=x&zeta=1&code_challenge=c&code_verifier=v');
    expect(request.toForm()).toBe('grant_type=x&code_verifier=v&zeta=1&code_challenge=c');
  });
});

it('[decision 10] an access token needs iss and exp, and azp stands in for client_id', () => {
  const { iss, exp } = claims;
  expect(JwtAccessToken.fromJson({ iss, exp }).toJSON()).toEqual({ iss, exp });
  expect(JwtAccessToken.fromJson({ iss, exp, azp: 'a' }).client_id).toBe('a');
  expect(JwtAccessToken.fromJson({ iss, exp, azp: 'a', client_id: 'c' }).client_id).toBe('c');
});

it.each<[string, Members, string]>([
  ['all it should', {}, 'valid'],
  ['sub alone', { sid: undefined }, 'valid'],
  ['sid alone', { sub: undefined }, 'valid'],
  ['neither', { sub: undefined, sid: undefined }, 'invalid_message'],
  ['no exp, which validate asks for', { exp: undefined }, 'valid'],
  ['no event', { events: {} }, 'logout_token_events'],
  ['an event that is no object', { events: { [backChannelLogoutEvent]: 'yes' } }, 'logout_token_events'],
  ['an event with members', { events: { [backChannelLogoutEvent]: { a: 1 } } }, 'valid'],
  ['a nonce', { nonce: 'n' }, 'logout_token_nonce'],
])('[decision 11] a logout token with %s: %s', (_what, more, expected) => {
  expect(verdict(() => BackChannelLogoutToken.fromJson({ ...logout, sid: 's', ...more }))).toBe(expected);
});

describe('[decision 12] numbers', () => {
  it.each(['1h', '+5', '-1', '1.0', '1e3', '0x10', '05', ' 5', '5 ', '٥', '9007199254740993'])(
    'max_age=%s is none',
    (text) => {
      expect(verdict(() => ask(`max_age=${encodeURIComponent(text)}`))).toBe('invalid_message');
    },
  );

  it('of a query are digits', () => {
    expect(ask('max_age=0').max_age).toBe(0);
    expect(ask('max_age=3600').max_age).toBe(3600);
  });

  it.each<[string, (text: unknown) => Message]>([
    ['exp of an ID token', (exp) => IdToken.fromJson({ ...claims, exp })],
    ['iat of an introspection', (iat) => TokenIntrospectionSuccessResponse.fromJson({ active: true, iat })],
    ['refresh_expires_in', (refresh_expires_in) => TokenSuccessResponse.fromJson({ ...tokens, refresh_expires_in })],
    ['interval', (interval) => DeviceAuthorizationResponse.fromJson({ ...device, interval })],
    ['max_age in JSON', (max_age) => AuthenticationRequest.fromJson({ ...asked, max_age })],
  ])('%s is a number in JSON, and no text', (_what, read) => {
    expect([verdict(() => read(5)), verdict(() => read('5')) === 'valid']).toEqual(['valid', false]);
  });

  it.each<[string, (expires_in: unknown) => Message]>([
    ['a token response', (expires_in) => TokenSuccessResponse.fromJson({ ...tokens, expires_in })],
    ['a pushed request', (expires_in) => PushedAuthorizationResponse.fromJson({ request_uri: 'urn:x', expires_in })],
    ['a device', (expires_in) => DeviceAuthorizationResponse.fromJson({ ...device, expires_in })],
  ])('expires_in of %s alone takes digits as text', (_what, read) => {
    expect(read('3600')).toHaveProperty('expires_in', 3600);
    for (const text of ['', '1h', '3600.5', '-1', ' 1', true])
      expect(verdict(() => read(text))).toBe('invalid_message');
  });

  it.each<[string, () => Message]>([
    ['a number for text', () => TokenSuccessResponse.fromJson({ ...tokens, access_token: 5 })],
    ['text for a truth', () => TokenIntrospectionSuccessResponse.fromJson({ active: 'true' })],
    ['a number for a truth', () => TokenIntrospectionSuccessResponse.fromJson({ active: 1 })],
    ['text for a list', () => IdToken.fromJson({ ...claims, amr: 'pwd' })],
  ])('nothing else is converted: %s', (_what, read) => {
    expect(verdict(read)).toBe('invalid_message');
  });
});

it('[decision 13] metadata may lack response_types_supported', () => {
  const read = ProviderMetadata.fromJson(metadata);
  expect([read.response_types_supported, read.toJSON()]).toEqual([undefined, metadata]);
});

describe('[decision 14] encoding', () => {
  it('leaves out what is undefined, and nothing else', () => {
    const request = AuthenticationRequest.of({ ...asked, state: undefined, max_age: 0, response_mode: 'query' });
    expect(request.toForm()).toBe(`${query}&response_mode=query&max_age=0`);
    const explicit = {
      ...metadata,
      response_modes_supported: ['query', 'fragment'],
      claims_parameter_supported: false,
    };
    expect(ProviderMetadata.fromJson(explicit).toJSON()).toEqual(explicit);
  });

  it('writes what is declared in its order, then the others in theirs', () => {
    const request = AuthenticationRequest.fromForm(`vendor=1&nonce=n&state=s&${query}&a=2`);
    expect(request.toForm()).toBe(`${query}&state=s&nonce=n&vendor=1&a=2`);
  });

  it.each([
    ['https://op.example/auth?tenant=t%20u&x', `https://op.example/auth?tenant=t%20u&x&${query}`],
    ['https://op.example/auth?scope=old&tenant=t&scope=older', `https://op.example/auth?tenant=t&${query}`],
    ['https://op.example/auth?a=b#top', `https://op.example/auth?a=b&${query}#top`],
    ['https://op.example/auth#scope=top', `https://op.example/auth?${query}#scope=top`],
  ])('into %s keeps its query and fragment, save parameters of the same name', (base, url) => {
    expect(AuthenticationRequest.of(asked).toUrl(base)).toBe(url);
  });
});

describe('[decision 15] decoding a URL', () => {
  it.each([
    ['?code=Q#code=F', 'F'],
    ['?code=Q#state=s', 'invalid_message'],
    ['?code=Q#_=_', 'Q'],
    ['?code=Q#', 'Q'],
    ['?code=Q#other=1', 'Q'],
    ['?code=Q#%63ode=F', 'F'],
    ['#code=F', 'F'],
    ['?code=', 'invalid_message'],
    ['?code', 'invalid_message'],
    ['#code=', 'invalid_message'],
    ['?code=Q#code=', 'invalid_message'],
  ])('auto reads %s as %s', (url, expected) => {
    const read = (): AuthenticationSuccessResponse =>
      AuthenticationSuccessResponse.fromUrl(`https://rp.example/${url}`);
    const outcome = verdict(read);
    expect(outcome === 'valid' ? read().code : outcome).toBe(expected);
  });

  it('query and fragment read what they are told to', () => {
    const url = 'https://rp.example/?code=Q#code=F';
    expect(AuthenticationSuccessResponse.fromUrl(url, 'query').code).toBe('Q');
    expect(AuthenticationSuccessResponse.fromUrl(url, 'fragment').code).toBe('F');
  });
});
