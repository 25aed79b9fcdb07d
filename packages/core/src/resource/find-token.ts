import type { KeyObject } from 'node:crypto';
import { ResponseError, show } from '../errors.js';
import { decryptJwe } from '../keys/decrypt-jwe.js';
import type { SetKey } from '../keys/import-key.js';
import type { VerificationKey } from '../keys/verify-signature.js';
import type { Moment } from '../messages/token-checks.js';
import { TokenCache } from './token-cache.js';
import type { TokenIssuer } from './token-issuer.js';
import { verifiedToken, type VerifiedToken } from './verified-token.js';
import { readToken, verifyAccessToken, type ReadToken, type SignedToken } from './verify-access-token.js';

/** A token that is good, and of whom. */
export interface KnownToken {
  readonly auth: VerifiedToken;
  readonly issuer: TokenIssuer;
}

/** A token that was verified here, and what its verdict stands on. */
interface Remembered extends KnownToken {
  readonly token: string;
  readonly key: VerificationKey;
  readonly nbf: number | undefined;
  /** The key set that the key was last seen in. */
  keySet: readonly SetKey[] | undefined;
}

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
  readonly #remembered: TokenCache<Remembered>;

  constructor(issuers: readonly TokenIssuer[], { maxRemembered }: { readonly maxRemembered: number }) {
    this.#issuers = new Map(issuers.map((issuer) => [issuer.name, issuer]));
    this.#asked = issuers.find(({ introspector }) => introspector);
    this.#decryptionKeys = [...new Set(issuers.flatMap(({ decryptionKeys }) => decryptionKeys))];
    this.#remembered = new TokenCache(maxRemembered);
  }

  /**
   * @throws ResponseError `jwt_*`, `access_token_*`, `message_too_large`
   * @throws UnavailableError the OP cannot be asked
   */
  find(token: string, moment: Moment): KnownToken | Promise<KnownToken> {
    const remembered = this.#remembered.get(token);
    if (remembered) {
      if (stillHolds(remembered, moment)) return remembered;
      this.#remembered.delete(token);
    }
    if (this.#decryptionKeys.length === 0 || !jweShape.test(token)) return this.#judge(token, token, moment);
    return this.#decrypt(token).then((jws) => this.#judge(token, jws, moment));
  }

  /** What no key of ours opens may still be known to the OP. */
  async #decrypt(token: string): Promise<string> {
    try {
      return await decryptJwe(token, this.#decryptionKeys);
    } catch (error) {
      if (this.#asked && error instanceof ResponseError) return token;
      throw error;
    }
  }

  #judge(token: string, jws: string, moment: Moment): KnownToken | Promise<KnownToken> {
    const read = this.#read(jws);
    const iss = read?.claims.iss;
    const issuer = typeof iss === 'string' ? this.#issuers.get(iss) : undefined;
    if (read && issuer && issuer.mode !== 'introspection') {
      const signed = verifyAccessToken(read, issuer, moment);
      if (signed instanceof Promise) return signed.then((each) => this.#remember(token, issuer, each));
      return this.#remember(token, issuer, signed);
    }
    if (iss !== undefined && !issuer)
      throw refusal('access_token_iss', `iss ${[...this.#issuers.keys()].map(show).join(' or ')}`, show(iss));
    const asked = issuer ?? this.#asked;
    if (!asked?.introspector) throw refusal('jwt_malformed', 'an access token that is a signed JWT', 'another text');
    return ask(token, asked);
  }

  /** An opaque token may look like a JWT from afar. */
  #read(jws: string): ReadToken | undefined {
    try {
      return readToken(jws);
    } catch (error) {
      if (this.#asked && error instanceof ResponseError && error.code === 'jwt_malformed') return undefined;
      throw error;
    }
  }

  #remember(token: string, issuer: TokenIssuer, { claims, key }: SignedToken): KnownToken {
    const auth = verifiedToken({ token, issuer: issuer.name }, claims.toJSON());
    const known = { token, auth, issuer, key, nbf: claims.nbf, keySet: issuer.keySet };
    this.#remembered.put(known);
    return known;
  }
}

async function ask(token: string, issuer: TokenIssuer): Promise<KnownToken> {
  const claims = await issuer.introspector!.introspect(token);
  return { auth: verifiedToken({ token, issuer: issuer.name }, claims), issuer };
}

/** Whether a verdict still stands: by the time, and by the key, which takes its tokens along when it leaves the set. */
function stillHolds(known: Remembered, { now, tolerance, latest }: Moment): boolean {
  const { auth, issuer, key, nbf, keySet } = known;
  if (!(now < auth.expiresAt! + tolerance) || !(nbf === undefined || nbf <= latest)) return false;
  const current = issuer.keySet;
  if (current === keySet) return true;
  known.keySet = current;
  return current?.some((each) => each.key === key) ?? false;
}

function refusal(code: ResponseError['code'], expected: string, came: string): ResponseError {
  return new ResponseError(code, `Expected ${expected}, came ${came}.`);
}
