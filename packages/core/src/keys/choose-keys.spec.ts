import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { makeKey, suiteKeys, type TestKey } from '../../test/keys.js';
import { chooseKeys } from './choose-keys.js';
import { usableKeys } from './import-key.js';
import type { JwtHeader } from './jwt-header.js';

const rsa = makeKey('RSA', { kid: 'a' });
const other = makeKey('RSA', { kid: 'b' });
const ec = makeKey('P-256', { kid: 'a' });
const ed = makeKey('Ed25519', { kid: 'ed' });

/** The names of those keys that are chosen. */
function choose(keys: Record<string, TestKey | JWK>, header: JwtHeader): string[] {
  const named = Object.entries(keys).map(([name, key]) => [name, 'jwk' in key ? key.jwk : key] as const);
  const chosen = chooseKeys(usableKeys(named.map(([, jwk]) => jwk)), header);
  return named.filter(([, jwk]) => chosen.some((key) => isKey(key, jwk))).map(([name]) => name);
}
function isKey(key: KeyObject, { kty, n, e, crv, x, y }: JWK): boolean {
  try {
    return key.equals(createPublicKey({ key: { kty, n, e, crv, x, y } as never, format: 'jwk' }));
  } catch {
    return false;
  }
}

describe('[R26] the keys for a header', () => {
  it.each([
    ['by kid', { rsa, other, ed }, { alg: 'RS256', kid: 'b' }, ['other']],
    ['none, of an unknown kid', { rsa, other }, { alg: 'RS256', kid: 'c' }, []],
    ['none, of a kid whose type does not fit', { rsa, other }, { alg: 'ES256', kid: 'a' }, []],
    ['by type, of two with one kid', { rsa, ec }, { alg: 'ES256', kid: 'a' }, ['ec']],
    ['the other by type, of two with one kid', { rsa, ec }, { alg: 'PS384', kid: 'a' }, ['rsa']],
    [
      'by curve',
      { ec, p384: makeKey('P-384', { kid: 'a' }), p521: makeKey('P-521', { kid: 'a' }) },
      { alg: 'ES512', kid: 'a' },
      ['p521'],
    ],
    [
      'by alg',
      { rs: { ...rsa.jwk, alg: 'RS256' }, ps: { ...other.jwk, kid: 'a', alg: 'PS256' } },
      { alg: 'PS256', kid: 'a' },
      ['ps'],
    ],
    ['EdDSA by its other name', { ed: { ...ed.jwk, alg: 'Ed25519' } }, { alg: 'EdDSA', kid: 'ed' }, ['ed']],
    ['all that fit, without kid', { rsa, other, ec, ed }, { alg: 'RS512' }, ['rsa', 'other']],
    ['one that fits, without kid', { rsa, ec, ed }, { alg: 'ES256' }, ['ec']],
    ['those without kid for a header with one: none', { bare: makeKey('RSA') }, { alg: 'RS256', kid: 'a' }, []],
  ] as const)('%s', (_name, keys, header, expected) => {
    expect(choose(keys, header)).toEqual(expected);
  });
});

describe('the set of the conformance suite', () => {
  const keys = suiteKeys();
  const bare = suiteKeys(() => ({}));
  it.each([
    ['RS256', 'rsa1', ['rsa1']],
    ['PS256', 'rsa2', ['rsa2']],
    ['ES256', 'ec2', ['ec2']],
    ['EdDSA', 'ed', ['ed']],
    ['ES256K', 'koblitz', []],
    ['RS256', 'rsaEnc', []],
    ['ES256', 'ecEnc', []],
  ])('%s of %s', (alg, kid, expected) => {
    expect(choose(keys, { alg, kid })).toEqual(expected);
  });
  it.each([
    ['RS256', ['rsa1', 'rsa2']],
    ['ES256', ['ec1', 'ec2']],
    ['Ed25519', ['ed']],
  ])('without kid: %s', (alg, expected) => {
    expect(choose(bare, { alg })).toEqual(expected);
  });
});
