import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactEncrypt, CompactSign, type CompactJWEHeaderParameters, type JWK } from 'jose';

/** A key pair for tests: the private half to sign with, the public half as it stands in a JWK set. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
}

const kinds: Record<string, () => { privateKey: KeyObject }> = {
  RSA: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'RSA-1024': () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'P-521': () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  secp256k1: () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
};

/** Makes a key of a kind: RSA, RSA-1024, a curve's name; `members` (kid, alg, use) stand in its JWK. */
export function makeKey(kind: string, members: JWK = {}): TestKey {
  const pair = kinds[kind]!();
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = pair.privateKey.export({ format: 'jwk' });
  return { privateKey: pair.privateKey, jwk: { ...jwk, ...members } };
}

/** The private half of a key as JWK. */
export function privateJwk({ privateKey }: TestKey): JWK {
  return privateKey.export({ format: 'jwk' });
}

/** Signs claims, an object or raw text, with a key and the header as given. */
export async function sign(
  key: TestKey | Uint8Array,
  header: { alg: string; [member: string]: unknown },
  claims: unknown = { sub: 'alice' },
): Promise<string> {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims);
  const signer = new CompactSign(new TextEncoder().encode(text)).setProtectedHeader(header);
  return signer.sign(
    'privateKey' in key ? createPrivateKey(key.privateKey.export({ type: 'pkcs8', format: 'pem' })) : key,
  );
}

/** Encrypts a text for the holder of a key, with the header as given. */
export async function encryptFor(key: KeyObject, header: CompactJWEHeaderParameters, text: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader(header).encrypt(key);
}

/** A token put together by hand, with the signature as given: what no library would sign. */
export function unsigned(header: unknown, claims: unknown = { sub: 'alice' }, signature = ''): string {
  const encode = (part: unknown): string =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode(claims)}.${signature}`;
}

/** What the OpenID Foundation's suite publishes: keys that serve, keys that nobody here can use, none with `alg`. */
export function suiteKeys(kid = (name: string): JWK => ({ kid: name })): Record<string, TestKey> {
  return {
    rsa1: makeKey('RSA', { use: 'sig', ...kid('rsa1') }),
    rsa2: makeKey('RSA', { use: 'sig', ...kid('rsa2') }),
    ec1: makeKey('P-256', { use: 'sig', ...kid('ec1') }),
    ec2: makeKey('P-256', { use: 'sig', ...kid('ec2') }),
    koblitz: makeKey('secp256k1', { use: 'sig', ...kid('koblitz') }),
    ed: makeKey('Ed25519', { use: 'sig', ...kid('ed') }),
    rsaEnc: makeKey('RSA', { use: 'enc', alg: 'RSA-OAEP', ...kid('rsaEnc') }),
    ecEnc: makeKey('P-256', { use: 'enc', alg: 'ECDH-ES', ...kid('ecEnc') }),
  };
}
