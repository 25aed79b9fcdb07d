import type { KeyObject } from 'node:crypto';
import { isCryptoKey, isKeyObject, isUint8Array } from 'node:util/types';
import type { CryptoKey, JWK } from 'jose';
import { ResponseError, show } from '../errors.js';
import { keyShape, symmetricAlgorithms } from './algorithms.js';
import { chooseKeys } from './choose-keys.js';
import { decryptJwe } from './decrypt-jwe.js';
import { usableKeys } from './import-key.js';
import { readHeader, readObject, type JwtHeader } from './jwt-header.js';
import { isSignedBy, type VerificationKey } from './verify-signature.js';

export type { JwtHeader } from './jwt-header.js';
export type { VerificationKey } from './verify-signature.js';

/**
 * Where the keys come from: a JWK set, one public key, the bytes of a client secret (HS* alone), or a function that finds
 * them for a header.
 */
export type JwtKeys =
  | { readonly keys: readonly JWK[] }
  | VerificationKey
  | ((header: JwtHeader) => Promise<VerificationKey | readonly VerificationKey[]>);

/** What a JWT must be before anything in it is believed. */
export interface VerifyJwtOptions {
  /** The signature algorithms that are allowed; `none` never is, whatever stands here. */
  readonly algorithms: readonly string[];
  /** The `typ` values that are allowed, without `application/`, in any case; `undefined` lets it be absent. */
  readonly types: readonly (string | undefined)[];
  /** Our private keys, where tokens may come encrypted. */
  readonly decryptionKeys?: readonly (CryptoKey | KeyObject)[] | undefined;
  /** The one algorithm by which it must come encrypted, where that was agreed on; else it may also be signed alone. */
  readonly encryptedBy?: string | undefined;
  /** Characters that the token may have; 16384 by default. */
  readonly maxLength?: number;
}

/** A JWT whose signature holds; its claims are not checked yet. */
export interface VerifiedJwt {
  readonly header: JwtHeader;
  readonly claims: Record<string, unknown>;
  /** The signed token itself, the inner one where it came encrypted: what an `id_token_hint` sends back. */
  readonly jws: string;
}

const jwsShape = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const jweShape = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;
const maxCandidates = 10;

/**
 * Verifies the signature of a JWT and reads its claims, after decrypting it where it came encrypted. Nothing but the
 * header is read before the signature holds, and no key is fetched for a header that is refused.
 *
 * @throws {ResponseError} `message_too_large`, `jwt_malformed`, `jwt_crit`, `jwt_alg`, `jwt_typ`, `jwt_key`, `jwt_signature`
 * @throws {UnavailableError} where the keys cannot be had
 * @see [RFC 7519, section 7.2](https://www.rfc-editor.org/rfc/rfc7519#section-7.2)
 */
export async function verifyJwt(jwt: string, keys: JwtKeys, options: VerifyJwtOptions): Promise<VerifiedJwt> {
  // 1. Size and shape; a nested JWT is opened first, and must hold a signed one
  const jws = await signedPart(jwt, options);
  // 2. The header, and no crit
  const header = readHeader(jws);
  // 3. alg, from the pinned list
  requireAlgorithm(header, keys, options.algorithms);
  // 4. typ
  requireType(header, options.types);
  // 5. The keys, and the signature
  verifySignature(jws, header, await candidates(header, keys));
  // 6. The claims: a JSON object
  const payload = jws.slice(jws.indexOf('.') + 1, jws.lastIndexOf('.'));
  return { header, claims: readObject(Buffer.from(payload, 'base64url'), 'the JWT payload'), jws };
}

/**
 * The signed JWT: decrypted, where it came encrypted. Nothing in it is verified.
 *
 * @throws {ResponseError} `message_too_large`, `jwt_malformed`, `jwt_crit`, `jwt_alg`, `jwt_key`
 */
export async function signedPart(
  jwt: string,
  { decryptionKeys = [], encryptedBy, maxLength = 16_384 }: Omit<VerifyJwtOptions, 'algorithms' | 'types'>,
): Promise<string> {
  if (typeof jwt !== 'string') throw refusal('jwt_malformed', 'a JWT', `a value of type ${typeof jwt}`);
  if (jwt.length > maxLength)
    throw refusal('message_too_large', `a JWT of at most ${maxLength} characters`, jwt.length);
  if (jwsShape.test(jwt)) {
    if (encryptedBy === undefined) return jwt;
    throw refusal('jwt_alg', `a JWT encrypted by ${encryptedBy}`, 'one that is only signed');
  }
  if (!jweShape.test(jwt)) throw refusal('jwt_malformed', 'a JWT in compact form', 'another text');
  if (!decryptionKeys.length)
    throw refusal('jwt_key', 'a JWT that is only signed', 'one to be decrypted without a key');
  const inner = await decryptJwe(jwt, decryptionKeys, encryptedBy === undefined ? undefined : [encryptedBy]);
  if (jwsShape.test(inner)) return inner;
  throw refusal('jwt_malformed', 'a signed JWT within the encrypted one', 'another text');
}

function requireAlgorithm({ alg }: JwtHeader, keys: JwtKeys, allowed: readonly string[]): void {
  // A public key must never serve as an HMAC secret: RFC 8725, section 2.1
  const mayBeSymmetric = typeof keys === 'function' || isUint8Array(keys);
  const possible = allowed.filter((each) => keyShape(each) ?? (mayBeSymmetric && symmetricAlgorithms.includes(each)));
  if (possible.includes(alg)) return;
  throw refusal('jwt_alg', `a JWT signed with ${possible.join(' or ') || 'what no key here can'}`, show(alg));
}

function requireType({ typ }: JwtHeader, allowed: readonly (string | undefined)[]): void {
  if (allowed.some((type) => mediaType(type) === mediaType(typ))) return;
  const expected = allowed.map((type) => type ?? 'none').join(' or ');
  throw refusal('jwt_typ', `a JWT with typ ${expected}`, show(typ));
}

function mediaType(typ: string | undefined): string | undefined {
  return typ?.toLowerCase().replace(/^application\//, '');
}

async function candidates(header: JwtHeader, keys: JwtKeys): Promise<VerificationKey[]> {
  const found = (await findKeys(header, keys)).filter((key) => fits(header.alg, key)).slice(0, maxCandidates);
  if (found.length) return found;
  const kid = header.kid === undefined ? 'without kid' : `with kid ${show(header.kid)}`;
  throw refusal('jwt_key', `a key for a JWT signed with ${header.alg}, ${kid}`, 'none that fits');
}

async function findKeys(header: JwtHeader, keys: JwtKeys): Promise<readonly VerificationKey[]> {
  if (typeof keys === 'function') {
    const found = await keys(header);
    return isKey(found) ? [found] : found;
  }
  return isKey(keys) ? [keys] : chooseKeys(usableKeys(keys.keys), header);
}

/** Whether this is one key: a public one, or the bytes of a secret. */
export function isKey(value: unknown): value is VerificationKey {
  return isUint8Array(value) || isKeyObject(value) || isCryptoKey(value);
}

function fits(alg: string, key: VerificationKey): boolean {
  if (symmetricAlgorithms.includes(alg)) return isUint8Array(key) && key.length > 0;
  return !isUint8Array(key) && key.type === 'public';
}

/** Several may have the kid, or there is none; why one has not signed is nobody's business. */
function verifySignature(jws: string, { alg }: JwtHeader, keys: readonly VerificationKey[]): void {
  if (keys.some((key) => isSignedBy(jws, alg, key))) return;
  throw refusal('jwt_signature', `a JWT signed with ${alg} by one of ${keys.length} keys`, 'one that is not');
}

function refusal(code: ResponseError['code'], expected: string, came: string | number): ResponseError {
  return new ResponseError(code, `expected ${expected}, came ${came}`);
}
