import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { settingsOf, type Settings } from './settings.js';

const settings = (options: PartyOptions = {}, baseUrl = 'https://app.example'): Settings =>
  settingsOf(optionsFor('https://op.example', baseUrl, options));

it('fills in the defaults, in the units that the code works in', () => {
  expect(settings()).toMatchObject({
    clientAuthMethod: 'client_secret_basic',
    scope: 'openid profile email',
    authorizationParams: {},
    idTokenAlgorithm: undefined,
    userinfo: true,
    clockTolerance: 60,
    home: '/',
    returnTo: '/',
    extraTrustedAudiences: [],
    loginLifetime: 900_000,
    maxLogins: 7,
    idle: 86_400_000,
    absolute: 604_800_000,
    httpTimeout: 5000,
    persistentCookie: true,
    ignore: [],
    skipCsrf: false,
    backchannel: { maxAge: 300, requireExp: true, strictTyp: false },
    hooks: {},
    allowHttp: false,
    secure: true,
  });
});

it('cannot be changed', () => expect(Object.isFrozen(settings())).toBe(true));

it.each<[options: PartyOptions, member: keyof Settings, value: unknown]>([
  [{ clientAuthMethod: 'none' }, 'clientAuthMethod', 'none'],
  [{ clientSecret: undefined }, 'clientAuthMethod', 'none'],
  [{ clientAuthMethod: 'client_secret_post' }, 'clientAuthMethod', 'client_secret_post'],
  [{ idTokenSignedResponseAlg: 'ES256' }, 'idTokenAlgorithm', 'ES256'],
  [{ clockTolerance: 0 }, 'clockTolerance', 0],
  [{ returnTo: '/home' }, 'returnTo', '/home'],
  [{ login: { lifetime: 60 } }, 'loginLifetime', 60_000],
  [{ login: { max: 3 } }, 'maxLogins', 3],
  [{ session: { idle: false } }, 'idle', Infinity],
  [{ session: { idle: 60 } }, 'idle', 60_000],
  [{ session: { absolute: false } }, 'absolute', Infinity],
  [{ session: { cookie: { persistent: false } } }, 'persistentCookie', false],
  [{ csrf: { origins: ['https://a.example'] } }, 'csrfOrigins', new Set(['https://a.example'])],
  [
    { backchannel: { maxAge: 60, acceptLogoutTokenWithoutExp: true, strictTyp: true } },
    'backchannel',
    { maxAge: 60, requireExp: false, strictTyp: true },
  ],
  [{ http: { timeout: 100 } }, 'httpTimeout', 100],
])('takes %j: %s is %j', (options, member, value) => expect(settings(options)[member]).toEqual(value));

it.each([
  ['https://app.example', '/', true],
  ['https://app.example/', '/', true],
  ['https://app.example/shop', '/shop/', true],
  ['HTTPS://app.example/shop/', '/shop/', true],
  ['http://localhost:3000', '/', false],
])('[RULE 1.5] of the base URL %s: begins at %s, secure %s', (baseUrl, home, secure) => {
  expect(settings({}, baseUrl)).toMatchObject({ home, returnTo: home, secure });
});
