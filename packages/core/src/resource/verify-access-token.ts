import { ResponseError, show } from '../errors.js';
import { readHeader, readObject, type JwtHeader } from '../keys/jwt-header.js';
import { isSignedBy, type VerificationKey } from '../keys/verify-signature.js';
import { JwtAccessToken } from '../messages/index.js';
import type { TokenIssuer } from './token-issuer.js';
import type { AccessTokenMark } from './token-options.js';

type Claims = Readonly<Record<string, unknown>>;

/** A signed token in its parts. Of the claims nothing is believed yet; `iss` says whose keys to look for, if they are known. */
export interface ReadToken {
  readonly jws: string;
  readonly header: JwtHeader;
  readonly claims: Claims;
}

/** An access token that is what it says, and the key that says so. */
export interface SignedToken {
  readonly claims: JwtAccessToken;
  readonly key: VerificationKey;
}

/** Seconds. */
export interface TokenTime {
  readonly now: number;
  readonly tolerance: number;
}

const jwsShape = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const maxCandidates = 10;
/** What RFC 9068 demands beyond what every access token has. */
const required = ['aud', 'sub', 'client_id', 'iat', 'jti'] as const;
/** What some OPs call their other tokens within. */
const otherKinds = new Set<unknown>(['ID', 'Logout', 'Refresh']);

/** Takes a signed JWT apart; nothing where it is none. @throws ResponseError `jwt_malformed`, `jwt_crit` */
export function readToken(token: string): ReadToken | undefined {
  if (!jwsShape.test(token)) return undefined;
  const payload = token.slice(token.indexOf('.') + 1, token.lastIndexOf('.'));
  return {
    jws: token,
    header: readHeader(token),
    claims: readObject(Buffer.from(payload, 'base64url'), 'the JWT payload'),
  };
}

/**
 * Verifies an access token of a known issuer; at once where its key is at hand.
 * [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
 * @throws ResponseError `jwt_*`, `access_token_*`
 * @throws UnavailableError `op_unreachable`, `no_usable_key`
 */
export function verifyAccessToken(
  token: ReadToken,
  issuer: TokenIssuer,
  time: TokenTime,
): SignedToken | Promise<SignedToken> {
  const { header } = token;
  // 1. The algorithm, of those that are taken from this issuer
  if (!issuer.algorithms.has(header.alg))
    throw refusal('jwt_alg', `a JWT signed with ${[...issuer.algorithms].join(' or ')}`, show(header.alg));
  // 2. typ
  requireType(header, issuer.mark !== undefined);
  // 3. The keys
  const held = issuer.keysHeld(header);
  if (held.length) return verifyWith(held, { token, issuer, time });
  return issuer.keysFor(header).then((keys) => verifyWith(keys, { token, issuer, time }));
}

interface Question {
  readonly token: ReadToken;
  readonly issuer: TokenIssuer;
  readonly time: TokenTime;
}

function verifyWith(
  keys: readonly VerificationKey[],
  { token: { jws, header, claims: raw }, issuer, time: { now, tolerance } }: Question,
): SignedToken {
  // 4. The signature
  const key = keys.slice(0, maxCandidates).find((each) => isSignedBy(jws, header.alg, each));
  if (!key) throw refusal('jwt_signature', `a JWT signed with ${header.alg} by a key of its issuer`, 'one that is not');
  // 5. The kind: no other token of the same issuer
  requireKind(raw, issuer.mark);
  // 6. The claims, each as it must be, and those that must be there
  const claims = JwtAccessToken.fromJson(raw);
  if (issuer.mark === undefined) requireClaims(claims);
  // 7. iss, aud, exp, nbf, iat
  claims.validate({ issuer: issuer.name, audience: issuer.audience, now, clockTolerance: tolerance });
  return { claims, key };
}

function requireType({ typ }: JwtHeader, lenient: boolean): void {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (type === 'at+jwt' || (lenient && (type === undefined || type === 'jwt'))) return;
  const expected = lenient ? 'at+jwt, JWT or none' : 'at+jwt';
  throw refusal('jwt_typ', `a JWT with typ ${expected}`, show(typ));
}

function requireKind(claims: Claims, mark: AccessTokenMark | undefined): void {
  if (otherKinds.has(claims.typ))
    throw refusal('access_token_kind', 'an access token', `typ ${show(claims.typ)} within`);
  if ('events' in claims) throw refusal('access_token_kind', 'an access token', 'one with events');
  if (claims.token_use === 'id') throw refusal('access_token_kind', 'an access token', 'token_use "id"');
  if (mark !== undefined && !hasMark(claims, mark))
    throw refusal('access_token_kind', `a token with the mark of access tokens, ${show(mark)}`, 'one without');
}

function hasMark(claims: Claims, mark: AccessTokenMark): boolean {
  if (typeof mark === 'string') return claims[mark] !== undefined && claims[mark] !== null;
  const value = claims[mark.claim];
  return value === mark.value || (Array.isArray(value) && value.includes(mark.value));
}

function requireClaims(claims: JwtAccessToken): void {
  const missing = required.find((name) => claims[name] === undefined);
  if (missing !== undefined) throw refusal('access_token_claims', `${missing} in an access token`, 'none');
}

function refusal(code: ResponseError['code'], expected: string, came: string): ResponseError {
  return new ResponseError(code, `Expected ${expected}, came ${came}.`);
}
