import { makeKey, privateJwk } from '../../test/keys.js';
import { fitsAlgorithm, usableKeys } from './import-key.js';

const rsa = makeKey('RSA', { kid: 'a' });
const ec = makeKey('P-256', { kid: 'b' });

describe('[R26] a key that verifies', () => {
  it.each([
    ['use: enc', { ...rsa.jwk, use: 'enc' }],
    ['another use', { ...rsa.jwk, use: 'tls' }],
    ['key_ops without verify', { ...rsa.jwk, key_ops: ['encrypt'] }],
    ['key_ops that are no list', { ...rsa.jwk, key_ops: 'verify' }],
    ['an alg for encryption', { ...rsa.jwk, alg: 'RSA-OAEP' }],
    ['a symmetric alg', { ...rsa.jwk, alg: 'HS256' }],
    ['RSA of 1024 bits', makeKey('RSA-1024', { kid: 'a' }).jwk],
    ['a private key', { ...privateJwk(rsa), kid: 'a' }],
    ['an RSA key without n', { kty: 'RSA', e: 'AQAB', kid: 'a' }],
    ['a type that is unknown', { ...rsa.jwk, kty: 'AKP' }],
  ])('never %s', (_name, jwk) => {
    expect(usableKeys([jwk])).toEqual([]);
    expect(usableKeys([jwk, ec.jwk])).toHaveLength(1);
  });

  it.each([
    ['secp256k1', makeKey('secp256k1').jwk],
    ['a point beside its curve', { ...ec.jwk, y: ec.jwk.x }],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }],
    ['a null', null],
    ['a text', 'key'],
    ['a list', []],
  ])('never %s, of which nothing breaks', (_name, jwk) => {
    expect(usableKeys([jwk, ec.jwk])).toHaveLength(1);
  });

  it('may be marked for verifying', () => {
    const marked = { ...rsa.jwk, use: 'sig', key_ops: ['verify'], alg: 'RS256', x5c: ['ignored'], ext: true };
    expect(usableKeys([marked])).toHaveLength(1);
  });

  it('is imported once, as a public key', () => {
    const [first] = usableKeys([rsa.jwk]);
    expect(first?.key.type).toBe('public');
    expect(usableKeys([rsa.jwk])[0]?.key).toBe(first?.key);
  });
});

it.each([
  [{ kty: 'RSA' }, 'RS256', true],
  [{ kty: 'RSA' }, 'PS512', true],
  [{ kty: 'RSA', alg: 'RS256' }, 'PS256', false],
  [{ kty: 'EC', crv: 'P-384' }, 'ES384', true],
  [{ kty: 'EC', crv: 'P-384' }, 'ES256', false],
  [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA' }, 'Ed25519', true],
  [{ kty: 'OKP', crv: 'X25519' }, 'EdDSA', false],
  [{ kty: 'oct' }, 'HS256', false],
  [{ kty: 'RSA' }, 'none', false],
])('%j fits %s: %s', (jwk, alg, fits) => {
  expect(fitsAlgorithm(jwk, alg)).toBe(fits);
});
