import { generateKeyPairSync } from 'node:crypto';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { checkTokenOptions, textsOf } from './token-options.js';

const issuer = 'https://op.example';
const audience = 'https://api.example';
const least = { issuer, audience };
const secret = 'a secret of at least thirty-two bytes';
const { privateKey } = makeKey('RSA');
const asking = { ...least, mode: 'introspection', clientId: 'orders', clientSecret: 's' };

describe('[R96] options that are taken', () => {
  it.each<[string, object]>([
    ['the least', least],
    ['several audiences', { issuer, audience: [audience, 'orders'] }],
    ['several issuers', { issuer: [issuer, 'https://other.example'], audience }],
    [
      'issuers with audiences of their own',
      {
        issuer: [
          { issuer, audience },
          { issuer: `${issuer}/`, audience: 'b' },
        ],
      },
    ],
    ['algorithms', { ...least, algorithms: ['ES256', 'EdDSA'] }],
    ['a secret', { ...least, secret }],
    ['a secret and its algorithm', { ...least, secret, algorithms: ['HS512'] }],
    ['introspection', asking],
    ['introspection by a public client', { ...asking, clientSecret: undefined }],
    [
      'introspection by a key',
      { ...asking, clientSecret: undefined, clientKeys: [privateKey], clientAssertionAudience: 'token_endpoint' },
    ],
    ['either', { ...asking, mode: 'either', introspection: { ttl: 0, negativeTtl: 0, maxInFlight: 1 } }],
    [
      'one to be asked among several',
      { issuer: [issuer, { issuer: 'https://b.example', mode: 'either' }], audience, clientId: 'x' },
    ],
    ['marks', { ...least, lenient: { recognise: 'scp' } }],
    ['a mark by a claim', { ...least, lenient: { recognise: { claim: 'typ', value: '' } } }],
    ['policy', { ...least, scope: 'a  b', anyScope: ['c', 'd'], acr: 'x', maxAge: 0, claims: { role: 'admin' } }],
    ['dpop', { ...least, dpop: { required: true, nonce: [secret, secret], window: 300 }, baseUrl: audience }],
    ['mtls', { ...least, mtls: true }],
    [
      'what else there is',
      {
        ...least,
        resource: `${audience}/v1?a=b`,
        realm: 'x "y"',
        optional: true,
        preflight: 'pass',
        bodyToken: true,
        clockTolerance: 0,
        maxRemembered: 0,
      },
    ],
    ['decryption keys', { ...least, decryptionKeys: [privateKey] }],
  ])('%s', (_name, given) => {
    const said = Object.entries(given).filter(([, value]) => value !== undefined);
    expect({ ...checkTokenOptions(given).options }).toEqual(Object.fromEntries(said));
  });

  it('hold for every issuer that has none of its own [D13]', () => {
    const own = { issuer: 'https://b.example', audience: 'b', secret };
    const given = Object.freeze({
      issuer: Object.freeze([issuer, Object.freeze(own)]),
      audience,
      lenient: { recognise: 'scope' },
    });
    const { issuers } = checkTokenOptions(given);
    expect(issuers.map((each) => ({ ...each }))).toEqual([
      { issuer, audience, lenient: { recognise: 'scope' } },
      { ...own, lenient: { recognise: 'scope' } },
    ]);
  });
});

describe('[R96] options that are refused, by their names', () => {
  it.each<[string, object]>([
    ['Option audience: expected what this API is called in aud, came nothing.', { issuer }],
    [
      'Option issuer[1].audience: expected what this API is called in aud, came nothing.',
      { issuer: [{ issuer, audience }, `${issuer}/b`] },
    ],
    ['Option audience: expected a text, or a list of texts, came [].', { issuer, audience: [] }],
    ['Option audience: expected a text, or a list of texts, came " ".', { issuer, audience: ' ' }],
    ['Option issuer: expected an issuer, or a list of issuers, each a URL or an object, came nothing.', { audience }],
    [
      'Option issuer: expected an issuer, or a list of issuers, each a URL or an object, came [].',
      { issuer: [], audience },
    ],
    [
      'Option issuer: expected an issuer, or a list of issuers, each a URL or an object, came "op".',
      { issuer: 'op', audience },
    ],
    ['Option issuer: expected each once, came one twice.', { issuer: [issuer, { issuer }], audience }],
    [
      'Option issuer[0].issuer: expected an http(s) URL without query and fragment, came nothing.',
      { issuer: [{ audience }] },
    ],
    ['Option issuer[0].scope is unknown.', { issuer: [{ issuer, scope: 'a' }], audience }],
    ['Option verify is unknown.', { ...least, verify: false }],
    ['Option algorithms: expected a list of supported algorithms, came ["none"].', { ...least, algorithms: ['none'] }],
    ['Option algorithms: expected a list of supported algorithms, came [].', { ...least, algorithms: [] }],
    ['Option secret: expected a text for HS256, came nothing.', { ...least, algorithms: ['HS256'] }],
    [
      'Option issuer[1].secret: expected a text for HS256, came nothing.',
      { issuer: [issuer, { issuer: `${issuer}/b`, algorithms: ['HS256'] }], audience },
    ],
    [
      'Option algorithms: expected HS* alone beside secret, came HS256, RS256.',
      { ...least, secret, algorithms: ['HS256', 'RS256'] },
    ],
    ['Option secret: expected a text of at least 32 bytes, came a text of 5 bytes.', { ...least, secret: 'short' }],
    ['Option jwksUri: expected nothing beside secret, came a URL.', { ...least, secret, jwksUri: `${issuer}/jwks` }],
    [
      'Option jwksUri: expected an http(s) URL, came "file:///etc/passwd".',
      { ...least, jwksUri: 'file:///etc/passwd' },
    ],
    [
      "Option clientId: expected this API's name at the OP for mode either, came nothing.",
      { ...least, mode: 'either' },
    ],
    [
      'Option clientSecret: expected a text, since clientAuthMethod is client_secret_post, came nothing.',
      { ...asking, clientSecret: undefined, clientAuthMethod: 'client_secret_post' },
    ],
    [
      'Option clientKeys: expected private keys, since clientAuthMethod is private_key_jwt, came nothing.',
      { ...asking, clientAuthMethod: 'private_key_jwt' },
    ],
    ['Option mode: expected jwt, introspection or either, came "none".', { ...least, mode: 'none' }],
    [
      'Option mode: expected one issuer at most to be asked about tokens that name none, came several.',
      { issuer: [issuer, `${issuer}/b`], audience, mode: 'either', clientId: 'x' },
    ],
    [
      'Option introspection.ttl: expected a whole number of seconds, from 0 to 3600, came 3601.',
      { ...asking, introspection: { ttl: 3601 } },
    ],
    [
      'Option introspection.negativeTtl: expected a whole number of seconds, from 0 to 5, came 6.',
      { ...asking, introspection: { negativeTtl: 6 } },
    ],
    [
      "Option lenient.recognise: expected 'scope', 'scp', or { claim, value }, came nothing.",
      { ...least, lenient: {} },
    ],
    [
      "Option lenient.recognise: expected 'scope', 'scp', or { claim, value }, came \"aud\".",
      { ...least, lenient: { recognise: 'aud' } },
    ],
    [
      'Option lenient.recognise: expected \'scope\', \'scp\', or { claim, value }, came {"claim":"typ"}.',
      { ...least, lenient: { recognise: { claim: 'typ' } } },
    ],
    ['Option scope: expected scopes, space-delimited or a list, came "".', { ...least, scope: '' }],
    ['Option scope: expected scopes, space-delimited or a list, came [].', { ...least, scope: [] }],
    ['Option scope: expected scopes, space-delimited or a list, came ["a b"].', { ...least, scope: ['a b'] }],
    ['Option anyScope: expected scopes, space-delimited or a list, came "a\\r\\nb".', { ...least, anyScope: 'a\r\nb' }],
    ['Option anyScope: expected scopes, space-delimited or a list, came "größe".', { ...least, anyScope: 'größe' }],
    ['Option scope: expected scopes, space-delimited or a list, came "a\\"b".', { ...least, scope: 'a"b' }],
    ['Option acr: expected classes, space-delimited or a list, came ["\\n"].', { ...least, acr: ['\n'] }],
    ['Option maxAge: expected a whole number of seconds, 0 or more, came -1.', { ...least, maxAge: -1 }],
    ['Option realm: expected printable ASCII, came "a\\nb".', { ...least, realm: 'a\nb' }],
    [
      'Option resource: expected an http(s) URL without fragment, came "https://api.example/#a".',
      { ...least, resource: 'https://api.example/#a' },
    ],
    ["Option preflight: expected 'pass', came true.", { ...least, preflight: true }],
    [
      'Option clockTolerance: expected a whole number of seconds, from 0 to 600, came 601.',
      { ...least, clockTolerance: 601 },
    ],
    ['Option dpop: expected true, or an object, came "yes".', { ...least, dpop: 'yes' }],
    ['Option store: expected a LogoutStore, came {}.', { ...least, store: {} }],
  ])('%s', async (message, given) => {
    expect(await refusal(() => checkTokenOptions(given))).toMatchObject({ code: 'invalid_option', message });
  });

  it.each<[string, object, string]>([
    ['secret', { ...least, secret: 'sesame' }, 'sesame'],
    ['clientSecret', { ...asking, clientSecret: ['sesame'] }, 'sesame'],
    ['a URL with a password', { ...least, jwksUri: 'ftp://user:sesame@op.example' }, 'sesame'],
    ['keys', { ...least, decryptionKeys: [{ kty: 'oct', k: 'sesame' }] }, 'sesame'],
    ['keys that are public', { ...least, decryptionKeys: [generateKeyPairSync('ed25519').publicKey] }, 'asymmetric'],
  ])('[RULE 8.1] %s without its value', async (_name, given, shown) => {
    expect((await refusal(() => checkTokenOptions(given))).message).not.toContain(shown);
  });
});

it.each<[string | string[] | undefined, string[]]>([
  [undefined, []],
  ['', []],
  [' a  b ', ['a', 'b']],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
])('texts of %j are %j', (value, expected) => {
  expect(textsOf(value)).toEqual(expected);
});
