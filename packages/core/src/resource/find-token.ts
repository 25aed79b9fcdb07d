import type { KeyObject } from 'node:crypto';
import { ResponseError, show } from '../errors.js';
import { decryptJwe } from '../keys/decrypt-jwe.js';
import type { JwtHeader } from '../keys/jwt-header.js';
import type { VerificationKey } from '../keys/verify-signature.js';
import type { Moment } from '../messages/token-checks.js';
import { TextCache } from '../text-cache.js';
import { requireTokenShape } from './bearer.js';
import type { KeyList, TokenIssuer } from './token-issuer.js';
import { verifiedToken, type VerifiedToken } from './verified-token.js';
import { isJws, readToken, verifyAccessToken, type ReadToken, type SignedToken } from './verify-access-token.js';

/** A token that is good, and of whom. */
export interface KnownToken {
  readonly auth: VerifiedToken;
  readonly issuer: TokenIssuer;
}

/** A token that was verified here, and what its verdict stands on. */
interface Remembered extends KnownToken {
  readonly key: VerificationKey;
  /** The claims that time decides about, in seconds. */
  readonly exp: number;
  /** The later of `nbf` and `iat`: before it the token is of the future, as where a clock was turned back. */
  readonly from: number;
  /** The list that the key was last seen in. */
  keyList: KeyList | undefined;
}

/** Headers to keep: an OP has one for each key that it signs with. */
const maxHeaders = 100;
const jweShape = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Finds out what tokens are worth: from memory, by their signature, or from the OP. The issuer is looked up among those
 * that are known before anything is fetched (RULES 6.2, requirement 76).
 */
export class FoundTokens {
  readonly #issuers: ReadonlyMap<string, TokenIssuer>;
  /** Who is asked about tokens that name nobody. */
  readonly #asked: TokenIssuer | undefined;
  readonly #decryptionKeys: readonly KeyObject[];
  readonly #remembered: TextCache<Remembered>;
  /** Headers of tokens that were good, by their part of a token: nobody else can fill it. */
  readonly #headers = new Map<string, JwtHeader>();

  constructor(issuers: readonly TokenIssuer[], { maxRemembered }: { readonly maxRemembered: number }) {
    this.#issuers = new Map(issuers.map((issuer) => [issuer.name, issuer]));
    this.#asked = issuers.find(({ introspector }) => introspector);
    this.#decryptionKeys = [...new Set(issuers.flatMap(({ decryptionKeys }) => decryptionKeys))];
    this.#remembered = new TextCache(maxRemembered);
  }

  /** A token that was verified before, and would be again: nothing of it is looked at but whether it is the same. */
  recall(token: string, moment: Moment): KnownToken | undefined {
    const remembered = this.#remembered.get(token);
    if (!remembered || stillHolds(remembered, moment)) return remembered;
    this.#remembered.delete(token);
    return undefined;
  }

  /**
   * At once where nothing has to be decrypted, fetched or asked.
   * @throws DeniedError `invalid_request` (400): what no token looks like
   * @throws ResponseError `jwt_*`, `access_token_*`
   * @throws UnavailableError the OP cannot be asked
   */
  find(token: string, moment: Moment): KnownToken | Promise<KnownToken> {
    if (isJws(token)) return this.#judge(token, token, moment);
    requireTokenShape(token);
    if (this.#decryptionKeys.length === 0 || !jweShape.test(token)) return this.#judge(token, undefined, moment);
    return this.#decrypt(token).then((jws) => this.#judge(token, jws, moment));
  }

  /** The signed JWT within; nothing where no key of ours opens it, for the OP may still know what it is. */
  async #decrypt(token: string): Promise<string | undefined> {
    try {
      const inner = await decryptJwe(token, this.#decryptionKeys);
      return isJws(inner) ? inner : undefined;
    } catch (error) {
      if (this.#asked && error instanceof ResponseError) return undefined;
      throw error;
    }
  }

  #judge(token: string, jws: string | undefined, moment: Moment): KnownToken | Promise<KnownToken> {
    const read = jws === undefined ? undefined : this.#read(jws);
    const named = read && this.#issuerOf(read);
    if (read && named && named.mode !== 'introspection') {
      const signed = verifyAccessToken(read, named, moment);
      if (signed instanceof Promise) return signed.then((each) => this.#remember(token, { read, issuer: named }, each));
      return this.#remember(token, { read, issuer: named }, signed);
    }
    const asked = named ?? this.#asked;
    if (asked) return ask(token, asked);
    throw read ? this.#unknown(undefined) : refusal('jwt_malformed', 'a signed JWT', 'another text');
  }

  /** An opaque token may look like a JWT from afar. */
  #read(jws: string): ReadToken | undefined {
    try {
      return readToken(jws, this.#headers);
    } catch (error) {
      if (this.#asked && error instanceof ResponseError && error.code === 'jwt_malformed') return undefined;
      throw error;
    }
  }

  /** One of the known, or nobody is fetched from or asked; none where it names none. */
  #issuerOf({ claims: { iss } }: ReadToken): TokenIssuer | undefined {
    const issuer = typeof iss === 'string' ? this.#issuers.get(iss) : undefined;
    if (issuer || iss === undefined) return issuer;
    throw this.#unknown(iss);
  }

  #unknown(iss: unknown): ResponseError {
    return refusal('access_token_iss', `iss ${[...this.#issuers.keys()].map(show).join(' or ')}`, show(iss));
  }

  #remember(
    token: string,
    { read: { jws, header }, issuer }: { readonly read: ReadToken; readonly issuer: TokenIssuer },
    { claims, key }: SignedToken,
  ): KnownToken {
    // The message itself, which is frozen.
    const auth = verifiedToken({ token, issuer: issuer.name }, claims as typeof claims & Record<string, unknown>);
    const known = {
      auth,
      issuer,
      key,
      exp: claims.exp,
      from: Math.max(claims.nbf ?? 0, claims.iat ?? 0),
      keyList: undefined,
    };
    this.#remembered.put(token, known);
    if (this.#headers.size >= maxHeaders) this.#headers.clear();
    this.#headers.set(jws.slice(0, jws.indexOf('.')), header);
    return known;
  }
}

async function ask(token: string, issuer: TokenIssuer): Promise<KnownToken> {
  const claims = await issuer.introspector!.introspect(token);
  return { auth: verifiedToken({ token, issuer: issuer.name }, claims), issuer };
}

/** Whether a verdict still stands: by the time, and by the key, which takes its tokens along when it leaves its list. */
function stillHolds(known: Remembered, { now, tolerance, latest }: Moment): boolean {
  const { exp, from, key } = known;
  if (!(now < exp + tolerance && from <= latest)) return false;
  const current = known.issuer.keyList;
  if (current === undefined) return false;
  if (current === known.keyList) return true;
  known.keyList = current;
  return current.some((each) => each.key === key);
}

function refusal(code: ResponseError['code'], expected: string, came: string): ResponseError {
  return new ResponseError(code, `Expected ${expected}, came ${came}.`);
}
