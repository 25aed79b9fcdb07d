import { getMetadataStorage } from 'class-validator';
import { makeKey } from '../test/keys.js';
import { MemoryStore } from './session/memory-store.js';
import { OidcClient } from './client/client.js';
import { ConfigurationError } from './errors.js';
import {
  BackChannelOptions,
  CsrfOptions,
  FrontChannelOptions,
  HttpClientOptions,
  LoginOptions,
  LogoutOptions,
  OidcOptions,
  SessionCookieOptions,
  SessionOptions,
} from './options.js';
import { RouteOptions } from './routes.js';

const { privateKey } = makeKey('P-256');
const right = {
  issuer: 'https://op.example',
  clientId: 'app',
  clientSecret: 'the-client-secret',
  baseUrl: 'https://app.example',
  session: { secret: 'a secret of forty bytes, for tests alone' },
};

function messageOf(options: object): string | undefined {
  try {
    new OidcClient(options as OidcOptions);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError && error.code === 'invalid_option') return error.message;
    throw error;
  }
}

/** Puts a value at a path like `session.cookie.sealed`. */
function withOption(path: string, value: unknown, options: object = right): object {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...options, [name]: value };
  const group = (Reflect.get(options, name) ?? {}) as object;
  return { ...options, [name]: withOption(rest.join('.'), value, group) };
}

const path = 'a path like /auth/login, or false';
const url = 'an http(s) URL without query and fragment';
const privateKeys = 'private keys, each a KeyObject or a JWK';
const lifetime = 'a whole number of seconds above 0, or false';

/** Each option, a good value, a bad one, and what is said of that; beside what it has to stand. */
const table: [option: string, good: unknown, bad: unknown, said: string, beside?: object][] = [
  [
    'issuer',
    'https://op.example/realm',
    'https://op.example?realm=1',
    `expected ${url}, came "https://op.example?realm=1"`,
  ],
  ['name', 'staff-2', 'a/b', 'expected a name of letters, digits, - and _, came "a/b"'],
  ['discoveryUrl', 'https://op.example/meta?a=1', 'op.example', 'expected an http(s) URL, came "op.example"'],
  ['clientId', 'app', '', 'expected a text that is not empty, came ""'],
  ['clientSecret', 's', 12345, 'expected a text that is not empty, came a value of type number'],
  [
    'clientAuthMethod',
    'client_secret_post',
    'basic',
    'expected client_secret_basic, client_secret_post, private_key_jwt or none, came "basic"',
  ],
  ['clientKeys', [privateKey], ['hunter2'], `expected a list of ${privateKeys}, came a list of a text of 7 bytes`],
  [
    'clientAssertionAudience',
    'token_endpoint',
    'https://op.example/token',
    'expected issuer or token_endpoint, came "https://op.example/token"',
    { clientKeys: [privateKey] },
  ],
  ['baseUrl', 'https://app.example/shop/', '/shop', `expected ${url}, came "/shop"`],
  ['scope', 'openid email', 'email', 'expected space-delimited scopes with openid among them, came "email"'],
  [
    'authorizationParams',
    { max_age: 60, prompt: 'login' },
    { state: 'mine' },
    'expected texts and numbers by parameter name, max_age in whole seconds, without state and what else a login sets itself, came {"state":"mine"}',
  ],
  ['idTokenSignedResponseAlg', 'ES256', '', 'expected a text that is not empty, came ""'],
  ['decryptionKeys', [privateKey], privateKey, `expected a list of ${privateKeys}, came a value of type object`],
  [
    'idTokenEncryptedResponseAlg',
    'ECDH-ES',
    256,
    'expected a text that is not empty, came 256',
    { decryptionKeys: [privateKey] },
  ],
  ['userinfo', false, 'no', 'expected true or false, came "no"'],
  ['clockTolerance', 0, 601, 'expected a whole number of seconds, from 0 to 600, came 601'],
  [
    'returnTo',
    '/home',
    'https://evil.example',
    'expected a path of this program, like /home, came "https://evil.example"',
  ],
  ['extraTrustedAudiences', ['api'], 'api', 'expected a list of texts, came "api"'],
  ['login', {}, 'long', 'expected an object, came "long"'],
  ['login.lifetime', 60, 59, 'expected a whole number of seconds, from 60 to 3600, came 59'],
  ['login.max', 1, 8, 'expected a whole number of logins, from 1 to 7, came 8'],
  [
    'session.secret',
    ['x'.repeat(32), 'y'.repeat(32)],
    'short',
    'expected a text of at least 32 bytes, or a list of such texts, came a text of 5 bytes',
  ],
  ['session.store', new MemoryStore(), { read: 1 }, 'expected a SessionStore, came {"read":1}'],
  ['session.idle', false, 0, `expected ${lifetime}, came 0`],
  ['session.absolute', 60, 1.5, `expected ${lifetime}, came 1.5`],
  ['session.cookie', {}, true, 'expected an object, came true'],
  ['session.cookie.persistent', false, 1, 'expected true or false, came 1'],
  ['session.cookie.sealed', true, 'yes', 'expected true or false, came "yes"'],
  [
    'session.ignore',
    ['/health', '/assets/'],
    ['health'],
    'expected a list of paths that begin with /, came ["health"]',
  ],
  [
    'csrf.origins',
    ['https://a.example'],
    ['https://a.example/'],
    'expected a list of origins like https://app.example, came ["https://a.example/"]',
  ],
  ['logout.revoke', 'offline_access', 'all', 'expected true, false or \'offline_access\', came "all"'],
  ['backchannel.maxAge', 60, '60', 'expected a whole number of seconds, 1 or more, came "60"'],
  ['backchannel.acceptLogoutTokenWithoutExp', true, 1, 'expected true or false, came 1'],
  ['backchannel.strictTyp', true, null, 'expected true or false, came null'],
  ['frontchannel.withoutCookie', false, 0, 'expected true or false, came 0'],
  ['frontchannel.requireIssuer', false, 'no', 'expected true or false, came "no"'],
  [
    'frontchannel.frameAncestors',
    ['https://op.example'],
    ['*'],
    'expected a list of origins like https://op.example, came ["*"]',
  ],
  ['http.timeout', 1000, 0, 'expected a whole number of milliseconds, 1 or more, came 0'],
  ['http.maxBytes', 1024, -1, 'expected a whole number of bytes, 1 or more, came -1'],
  ['http.dispatcher', { dispatch: () => true }, {}, 'expected an undici Dispatcher, came {}'],
  ['routes.login', '/in', 'in', `expected ${path}, came "in"`],
  ['routes.callback', '/cb', false, 'expected a path like /auth/callback, came false'],
  ['routes.logout', false, '/out?x', `expected ${path}, came "/out?x"`],
  ['routes.loggedOut', '/bye', '//bye', `expected ${path}, came "//bye"`],
  ['routes.backchannelLogout', '/bc', true, `expected ${path}, came true`],
  ['routes.frontchannelLogout', '/fc', '/f c', `expected ${path}, came "/f c"`],
  ['routes.jwks', '/keys', 'keys', `expected ${path}, came "keys"`, { clientKeys: [privateKey] }],
  [
    'hooks',
    { onLogin: () => undefined },
    { onLogn: () => undefined },
    'expected an object of the functions onLogin, onLogout and onError, came {}',
  ],
  ['clock', { now: () => 0 }, 5, 'expected an object with now(), came 5'],
  ['dangerouslyAllowHttp', false, 'yes', 'expected true or false, came "yes"'],
  ['dangerouslySkipCsrf', false, 'yes', 'expected true or false, came "yes"'],
];

it('[R96] every option is in the table', () => {
  const groups: [prefix: string, type: new () => object][] = [
    ['', OidcOptions],
    ['login.', LoginOptions],
    ['session.', SessionOptions],
    ['session.cookie.', SessionCookieOptions],
    ['csrf.', CsrfOptions],
    ['logout.', LogoutOptions],
    ['backchannel.', BackChannelOptions],
    ['frontchannel.', FrontChannelOptions],
    ['http.', HttpClientOptions],
    ['routes.', RouteOptions],
  ];
  const all = groups.flatMap(([prefix, type]) =>
    getMetadataStorage()
      .getTargetValidationMetadatas(type, '', false, false)
      .map(({ propertyName }) => prefix + propertyName),
  );
  const tested = new Set(table.flatMap(([option]) => [option, option.split('.')[0]]));
  expect([...new Set(all)].filter((option) => !tested.has(option))).toEqual([]);
});

it('takes the least there must be', () => expect(messageOf(right)).toBeUndefined());

it.each(table)('[R96] %s: takes %j', (...[option, good, , , beside]) => {
  expect(messageOf(withOption(option, good, { ...right, ...beside }))).toBeUndefined();
});

it.each(table)('[R96] %s: refuses what is not %j but %j', (option, _good, bad, said) => {
  expect(messageOf(withOption(option, bad))).toBe(`Option ${option}: ${said}.`);
});

it.each(['issuer', 'clientId', 'baseUrl', 'session'])('[R96] %s is required', (option) => {
  const { [option]: _left, ...rest } = right as Record<string, unknown>;
  expect(messageOf(rest)).toMatch(new RegExp(`^Option ${option}: expected .+, came nothing\\.$`));
});

it('[R47] there is no default secret', () => {
  expect(messageOf({ ...right, session: {} })).toBe(
    'Option session.secret: expected a text of at least 32 bytes, or a list of such texts, came nothing.',
  );
});

it.each([
  ['31 bytes', 'x'.repeat(31), false],
  ['32 bytes', 'x'.repeat(32), true],
  ['32 bytes in 16 letters', 'é'.repeat(16), true],
  ['a good one and a short one', ['x'.repeat(32), 'short'], false],
  ['none of several', [], false],
])('[R47] [RULE 1.2] a session secret of %s', (_what, secret, taken) => {
  expect(messageOf({ ...right, session: { secret } }) === undefined).toBe(taken);
});

it.each([
  ['clientSecret', { ...right, clientSecret: { text: 'hunter2' } }],
  ['session.secret', { ...right, session: { secret: 'hunter2' } }],
  ['clientKeys', { ...right, clientKeys: [{ kty: 'EC', d: 'hunter2' }] }],
  ['session.secret, one of several', { ...right, session: { secret: ['x'.repeat(40), 'hunter2'] } }],
])('[R96] [RULE 8.1] what came for %s is never shown', (_what, options) => {
  expect(messageOf(options)).toMatch(/^Option (clientSecret|clientKeys\[0\]|session\.secret): expected/);
  expect(messageOf(options)).not.toContain('hunter2');
});

it.each([
  ['clientsecret', { clientsecret: 'x' }, 'clientsecret'],
  ['postLogoutRedirectUri', { postLogoutRedirectUri: '/' }, 'postLogoutRedirectUri'],
  ['in a group', { login: { lifetme: 60 } }, 'login.lifetme'],
  ['in a group of a group', { session: { ...right.session, cookie: { name: 'sid' } } }, 'session.cookie.name'],
  ['a route', { routes: { logn: '/in' } }, 'routes.logn'],
])('[R96] refuses the unknown option %s', (_what, options, name) => {
  expect(messageOf({ ...right, ...options })).toBe(`Option ${name} is unknown.`);
});

it.each([
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
])('[R2] [R3] [R4] [R10] authorizationParams may not set %s', (name) => {
  expect(messageOf({ ...right, authorizationParams: { [name]: 'x' } })).toMatch(
    /^Option authorizationParams: expected/,
  );
});

it.each(['soon', -1, 1.5, null])('[R18] authorizationParams.max_age may not be %j', (max_age) => {
  expect(messageOf({ ...right, authorizationParams: { max_age } })).toMatch(/max_age in whole seconds/);
});

describe('contradictions', () => {
  it.each([
    [
      'a method that needs a secret, without one',
      { clientSecret: undefined, clientAuthMethod: 'client_secret_post' },
      'Option clientSecret: expected a text, since clientAuthMethod is client_secret_post, came nothing.',
    ],
    [
      '[R29] HS256 without a secret',
      { clientSecret: undefined, idTokenSignedResponseAlg: 'HS256' },
      'Option clientSecret: expected a text, since idTokenSignedResponseAlg is HS256, came nothing.',
    ],
    [
      '[R30] alg none',
      { idTokenSignedResponseAlg: 'none' },
      'Option idTokenSignedResponseAlg: expected an algorithm that is supported, came "none".',
    ],
    [
      '[R30] alg None',
      { idTokenSignedResponseAlg: 'None' },
      'Option idTokenSignedResponseAlg: expected an algorithm that is supported, came "None".',
    ],
    [
      '[RULE 2.4] no lifetime at all',
      { session: { ...right.session, idle: false, absolute: false } },
      'Options session.idle and session.absolute: expected at least one lifetime, came false twice.',
    ],
    [
      '[RULE 1.5] an issuer of http',
      { issuer: 'http://op.example' },
      'Option issuer: expected https (http is for loopback, or with dangerouslyAllowHttp), came "http://op.example".',
    ],
    [
      '[RULE 1.5] a base URL of http',
      { baseUrl: 'http://app.example' },
      'Option baseUrl: expected https (http is for loopback, or with dangerouslyAllowHttp), came "http://app.example".',
    ],
    [
      '[RULE 1.5] a base URL of HTTP in capitals',
      { baseUrl: 'HTTP://app.example' },
      'Option baseUrl: expected https (http is for loopback, or with dangerouslyAllowHttp), came "HTTP://app.example".',
    ],
    [
      '[RULE 1.5] metadata over http',
      { discoveryUrl: 'http://op.example/m' },
      'Option discoveryUrl: expected https (http is for loopback, or with dangerouslyAllowHttp), came "http://op.example/m".',
    ],
    [
      'two routes at one path',
      { routes: { login: '/auth', loggedOut: '/auth' } },
      'Options routes.login and routes.loggedOut: expected paths of their own, came "/auth" twice.',
    ],
  ])('[R96] refuses %s', (_what, options, message) => expect(messageOf({ ...right, ...options })).toBe(message));

  it.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'http://127.1.2.3:8',
    'http://[::1]:3000',
    'http://a.localhost',
  ])('[RULE 1.5] http is good enough on this machine: %s', (url) => {
    expect(messageOf({ ...right, baseUrl: url })).toBeUndefined();
    expect(messageOf({ ...right, issuer: url })).toBeUndefined();
  });

  it.each([
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://10.0.0.1',
  ])('[RULE 1.5] http is not good enough elsewhere: %s', (url) =>
    expect(messageOf({ ...right, baseUrl: url })).toMatch(/^Option baseUrl: expected https/),
  );

  it('[RULE 1.5] dangerouslyAllowHttp takes http', () => {
    const options = { issuer: 'http://op.example', baseUrl: 'http://app.example', dangerouslyAllowHttp: true };
    expect(messageOf({ ...right, ...options })).toBeUndefined();
  });
});

it.each([
  'https://user@app.example',
  'https://user:pw@app.example',
  'https://app.example#x',
  'https://app.example\\x',
  ' https://app.example',
  'ftp://app.example',
  'javascript:alert(1)',
])('[R96] %j is no base URL', (baseUrl) =>
  expect(messageOf({ ...right, baseUrl })).toMatch(/^Option baseUrl: expected an http\(s\) URL/),
);

it.each(['issuer', 'discoveryUrl', 'baseUrl'])('[R96] %s has no user, and its password is not shown', (option) => {
  const message = messageOf({ ...right, [option]: 'https://admin:hunter2@op.example/a@b' });
  expect(message).toMatch(new RegExp(`^Option ${option}: expected .+, came "https://…@op.example/a@b"\\.$`));
});
