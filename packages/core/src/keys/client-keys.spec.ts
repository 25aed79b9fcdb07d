import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { makeKey, privateJwk } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { importClientKeys, isPrivateKey, publicKeysOf } from './client-keys.js';

const rsa = makeKey('RSA');
const ec = makeKey('P-256');
const x25519 = generateKeyPairSync('x25519').privateKey;
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey;

describe('what may be a private key', () => {
  it.each<[string, unknown, boolean]>([
    ["Node's private key", rsa.privateKey, true],
    ["Node's public key", createPublicKey(rsa.privateKey), false],
    ['a private JWK', privateJwk(ec), true],
    ['a public JWK', ec.jwk, false],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }, false],
    ['PEM', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), false],
    ['null', null, false],
    ['nothing', undefined, false],
  ])('%s: %s', (_what, value, is) => expect(isPrivateKey(value)).toBe(is));
});

describe('[R33] keys to sign with', () => {
  it.each([
    ['RSA', 'RS256'],
    ['P-256', 'ES256'],
    ['P-384', 'ES384'],
    ['P-521', 'ES512'],
    ['Ed25519', 'EdDSA'],
  ])('a key object of %s signs with %s, and is named by its thumbprint', async (kind, alg) => {
    const { privateKey, jwk } = makeKey(kind);
    const [key] = importClientKeys({ clientKeys: [privateKey] }).clientKeys;
    expect(key?.key).toBe(privateKey);
    expect(key?.jwk).toEqual({ ...jwk, alg, kid: await calculateJwkThumbprint(jwk), use: 'sig' });
  });

  it.each<[string, string]>([
    ['RSA', 'PS256'],
    ['RSA', 'RS512'],
    ['Ed25519', 'Ed25519'],
  ])('a JWK of %s says that it signs with %s, and what it is called', (kind, alg) => {
    const key = makeKey(kind);
    const { clientKeys } = importClientKeys({ clientKeys: [{ ...privateJwk(key), alg, kid: 'mine', use: 'sig' }] });
    expect(clientKeys[0]?.jwk).toEqual({ ...key.jwk, alg, kid: 'mine', use: 'sig' });
  });
});

describe('[R66] keys to decrypt with', () => {
  it.each<[string, KeyObject]>([
    ['RSA', rsa.privateKey],
    ['P-256', ec.privateKey],
    ['X25519', x25519],
  ])('of %s: no algorithm unless it says so', (_kind, privateKey) => {
    const [key] = importClientKeys({ decryptionKeys: [privateKey] }).decryptionKeys;
    expect(key?.jwk).toMatchObject({ use: 'enc', kid: expect.stringMatching(/^[\w-]{43}$/) as string });
    expect(key?.jwk).not.toHaveProperty('alg');
  });

  it('a JWK may say so', () => {
    const jwk = { ...privateJwk(ec), alg: 'ECDH-ES+A128KW', kid: 'mine', use: 'enc' };
    expect(importClientKeys({ decryptionKeys: [jwk] }).decryptionKeys[0]?.jwk).toEqual({
      ...ec.jwk,
      alg: 'ECDH-ES+A128KW',
      kid: 'mine',
      use: 'enc',
    });
  });
});

it('publishes nothing private', () => {
  const keys = importClientKeys({ clientKeys: [privateJwk(rsa), ec.privateKey], decryptionKeys: [x25519] });
  const text = JSON.stringify(publicKeysOf(keys));
  for (const key of [privateJwk(rsa), privateJwk(ec), x25519.export({ format: 'jwk' }) as JWK])
    for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
      if (key[name] !== undefined) expect(text).not.toContain(key[name]);
  expect(publicKeysOf(keys).keys.map(({ use, kty }) => [use, kty])).toEqual([
    ['sig', 'RSA'],
    ['sig', 'EC'],
    ['enc', 'OKP'],
  ]);
});

it('keeps the old keys where there are no new ones', () => {
  const old = importClientKeys({ clientKeys: [rsa.privateKey], decryptionKeys: [x25519] });
  const keys = importClientKeys({ clientKeys: [ec.privateKey] }, old);
  expect(keys.clientKeys[0]?.key).toBe(ec.privateKey);
  expect(keys.decryptionKeys).toBe(old.decryptionKeys);
});

const any = 'a private key: RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519 or X25519, came another';
const rsaWraps = 'alg RSA-OAEP or RSA-OAEP-256';

describe('[R96] [RULE 8.1] refuses, and shows nothing of the key', () => {
  it.each<[string, Parameters<typeof importClientKeys>[0], string]>([
    ['a short key', { clientKeys: [makeKey('RSA-1024').privateKey] }, `clientKeys[0]: expected ${any}`],
    ['a curve of others', { clientKeys: [makeKey('secp256k1').privateKey] }, `clientKeys[0]: expected ${any}`],
    ['a key that has no JWK', { clientKeys: [pss] }, `clientKeys[0]: expected ${any}`],
    ['members that are no key', { clientKeys: [{ ...privateJwk(ec), x: 'AAAA' }] }, `clientKeys[0]: expected ${any}`],
    ['the second of two', { decryptionKeys: [x25519, { kty: 'EC', d: 'x' }] }, `decryptionKeys[1]: expected ${any}`],
    [
      'an alg of another kind of key',
      { clientKeys: [{ ...privateJwk(ec), alg: 'RS256' }] },
      'clientKeys[0]: expected a key that signs with "RS256", came one of another kind',
    ],
    [
      'an alg that signs nothing',
      { clientKeys: [{ ...privateJwk(rsa), alg: 'RSA-OAEP' }] },
      'clientKeys[0]: expected a key that signs with "RSA-OAEP", came one of another kind',
    ],
    [
      'alg none',
      { clientKeys: [{ ...privateJwk(rsa), alg: 'none' }] },
      'clientKeys[0]: expected a key that signs with "none", came one of another kind',
    ],
    [
      'one that cannot sign',
      { clientKeys: [x25519] },
      'clientKeys[0]: expected a key that signs with "what we support", came one of another kind',
    ],
    [
      'one that is for encryption',
      { clientKeys: [{ ...privateJwk(rsa), use: 'enc' }] },
      'clientKeys[0]: expected use sig, came "enc"',
    ],
    [
      'one that is for signatures',
      { decryptionKeys: [{ ...privateJwk(rsa), use: 'sig' }] },
      'decryptionKeys[0]: expected use enc, came "sig"',
    ],
    [
      'one that only signs',
      { decryptionKeys: [makeKey('Ed25519').privateKey] },
      'decryptionKeys[0]: expected a key that decrypts, came one of Ed25519, which only signs',
    ],
    [
      'an alg that is not taken',
      { decryptionKeys: [{ ...privateJwk(rsa), alg: 'RSA1_5' }] },
      `decryptionKeys[0]: expected ${rsaWraps}, came "RSA1_5"`,
    ],
    [
      'an alg of another kind of key, to decrypt',
      { decryptionKeys: [{ ...privateJwk(rsa), alg: 'ECDH-ES' }] },
      `decryptionKeys[0]: expected ${rsaWraps}, came "ECDH-ES"`,
    ],
    [
      'a kid that is no text',
      { clientKeys: [{ ...privateJwk(rsa), kid: 7 as unknown as string }] },
      'clientKeys[0]: expected kid to be a text, came number',
    ],
    [
      'one key twice',
      { clientKeys: [rsa.privateKey], decryptionKeys: [rsa.privateKey] },
      'clientKeys and decryptionKeys: expected keys with a kid of their own, came two with one',
    ],
  ])('%s', async (_what, given, message) => {
    const error = await refusal(() => importClientKeys(given));
    expect(error).toMatchObject({ code: 'invalid_option', message: `Option ${message}.` });
    const shown = inspect(error, { depth: 9 });
    for (const { d } of [privateJwk(rsa), privateJwk(ec)]) expect(shown).not.toContain(d);
  });
});
