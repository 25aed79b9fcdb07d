import { ResponseError, show } from '../errors.js';
import { parseObject, readHeader, type JwtHeader } from '../keys/jwt-header.js';
import { isSignedBy, type VerificationKey } from '../keys/verify-signature.js';
import { JwtAccessToken } from '../messages/index.js';
import type { Moment } from '../messages/token-checks.js';
import { otherTokenIn } from './other-token.js';
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

const jwsShape = /^[\w-]+\.[\w-]+\.[\w-]*$/;
const maxCandidates = 10;
/** What RFC 9068 demands beyond what every access token has. */
const required = ['aud', 'sub', 'client_id', 'iat', 'jti'] as const;

/** Whether a text is, from afar, a signed JWT in compact form. */
export function isJws(text: string): boolean {
  return jwsShape.test(text);
}

/**
 * Takes a signed JWT apart.
 * @param headers what is known of headers, by their part of a token: an issuer's tokens have few
 * @throws ResponseError `jwt_malformed`, `jwt_crit`
 */
export function readToken(jws: string, headers: ReadonlyMap<string, JwtHeader>): ReadToken {
  const dot = jws.indexOf('.');
  const payload = jws.slice(dot + 1, jws.lastIndexOf('.'));
  return {
    jws,
    header: headers.get(jws.slice(0, dot)) ?? readHeader(jws),
    // As it was parsed, not copied: the message that is made of it copies, and refuses what JSON must not hold.
    claims: parseObject(Buffer.from(payload, 'base64url'), 'the JWT payload'),
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
  moment: Moment,
): SignedToken | Promise<SignedToken> {
  const { header } = token;
  // 1. The algorithm, of those that are taken from this issuer
  if (!issuer.algorithms.has(header.alg))
    throw refusal('jwt_alg', `a JWT signed with ${[...issuer.algorithms].join(' or ')}`, show(header.alg));
  // 2. typ
  requireType(header, issuer.mark !== undefined);
  // 3. The keys
  const held = issuer.keysHeld(header);
  if (held.length) return verifyWith(held, { token, issuer, moment });
  return issuer.keysFor(header).then((keys) => verifyWith(keys, { token, issuer, moment }));
}

interface Question {
  readonly token: ReadToken;
  readonly issuer: TokenIssuer;
  readonly moment: Moment;
}

function verifyWith(
  keys: readonly VerificationKey[],
  { token: { jws, header, claims: raw }, issuer, moment }: Question,
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
  const { now, tolerance: clockTolerance } = moment;
  claims.validate({ issuer: issuer.name, audience: issuer.audience, now, clockTolerance });
  return { claims, key };
}

function requireType({ typ }: JwtHeader, lenient: boolean): void {
  const type = typ?.toLowerCase().replace(/^application\//, '');
  if (type === 'at+jwt' || (lenient && (type === undefined || type === 'jwt'))) return;
  const expected = lenient ? 'at+jwt, JWT or none' : 'at+jwt';
  throw refusal('jwt_typ', `a JWT with typ ${expected}`, show(typ));
}

function requireKind(claims: Claims, mark: AccessTokenMark | undefined): void {
  const other = otherTokenIn(claims);
  if (other !== undefined) throw refusal('access_token_kind', 'an access token', `another, by its ${other}`);
  if (mark !== undefined && !hasMark(claims, mark))
    throw refusal('access_token_kind', `a token with the mark of access tokens, ${show(mark)}`, 'one without');
}

function hasMark(claims: Claims, mark: AccessTokenMark): boolean {
  const name = typeof mark === 'string' ? mark : mark.claim;
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof mark === 'string') return value !== undefined && value !== null;
  return value === mark.value || (Array.isArray(value) && value.includes(mark.value));
}

/** One that is empty says as little as none. */
function requireClaims(claims: JwtAccessToken): void {
  const missing = required.find((name) => claims[name] === undefined || claims[name] === '');
  if (missing !== undefined) throw refusal('access_token_claims', `${missing} in an access token`, 'none');
}

function refusal(code: ResponseError['code'], expected: string, came: string): ResponseError {
  return new ResponseError(code, `Expected ${expected}, came ${came}.`);
}
