import { metadataUrls } from './metadata-urls.js';
import type { TokenOptions } from './token-options.js';
import { TokenVerifier } from './token-verifier.js';

const audience = 'https://api.example';
const secret = 'a secret of forty bytes, for tests alone';

it.each<[string, TokenOptions, string[]]>([
  ['below the issuer', { issuer: 'https://op.example/t/' }, ['https://op.example/t/.well-known/openid-configuration']],
  [
    'where an option says',
    { issuer: 'https://op.example', discoveryUrl: 'https://a.example/b' },
    ['https://a.example/b'],
  ],
  [
    "where each issuer's own options say",
    { issuer: ['https://op.example', { issuer: 'https://b.example', discoveryUrl: 'https://c.example' }] },
    ['https://op.example/.well-known/openid-configuration', 'https://c.example'],
  ],
  ['nowhere, where keys are told', { issuer: 'https://op.example', jwksUri: 'https://op.example/jwks' }, []],
  ['nowhere, where a secret is', { issuer: ['https://op.example', { issuer: 'https://b.example' }], secret }, []],
])('the metadata of issuers is %s', (_where, options, urls) => {
  expect(metadataUrls(new TokenVerifier({ audience, ...options }))).toEqual(urls);
});
