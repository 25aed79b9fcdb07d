import { isObject } from '../messages/members.js';
import { TextCache } from '../text-cache.js';

/** An access token that was verified: what `req.auth` is. Frozen all the way down, for the next request gets the same. */
export interface VerifiedToken<Claims extends object = Record<never, never>> {
  /** The token as it came. It is not enumerable, so that who logs or sends what they have here does not give it away. */
  readonly token: string;
  /** How it came: bound to a key, by `DPoP`. */
  readonly scheme: 'Bearer' | 'DPoP';
  /** Whose token it is. */
  readonly issuer: string;
  /** What it says, or what the OP says of it. */
  readonly claims: Readonly<Claims & Record<string, unknown>>;
  /** The user, or the client where no user is involved. */
  readonly sub: string | undefined;
  /** The client that asked for it. */
  readonly clientId: string | undefined;
  /** Whether a client acts for itself, by client_credentials, and no user is involved. */
  readonly isClient: boolean;
  /** What was granted. */
  readonly scopes: ReadonlySet<string>;
  /** When it ends, in seconds since the epoch; undefined where the OP does not say. */
  readonly expiresAt: number | undefined;
}

/**
 * A set as everybody knows it, but one that stays as it is: `Object.freeze` would leave it open, and what one request put
 * in would be granted to all that come after.
 */
const closedSet = Object.create(
  Set.prototype,
  Object.fromEntries(['add', 'delete', 'clear'].map((name) => [name, { value: refuse }])),
) as object;

function closed(members: readonly string[]): ReadonlySet<string> {
  return Object.setPrototypeOf(new Set(members), closedSet) as ReadonlySet<string>;
}

/** The sets of scopes that tokens were granted lately, by how they say it: many tokens, and few of these. */
const granted = new TextCache<ReadonlySet<string>>(1000);

class Verified implements VerifiedToken {
  readonly scheme: VerifiedToken['scheme'];
  readonly issuer: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly sub: string | undefined;
  readonly clientId: string | undefined;
  readonly isClient: boolean;
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number | undefined;
  readonly #token: string;

  constructor(token: string, issuer: string, claims: Readonly<Record<string, unknown>>) {
    const { sub, exp, cnf } = claims;
    // What is bound to a key comes by DPoP, everything else does not: whoever sends it is held to that.
    this.scheme = isObject(cnf) && cnf.jkt !== undefined ? 'DPoP' : 'Bearer';
    this.issuer = issuer;
    this.claims = claims;
    this.sub = textOf(sub);
    this.clientId = textOf(claims.client_id) ?? textOf(claims.azp);
    this.isClient = this.clientId !== undefined && (sub === undefined || sub === this.clientId);
    this.scopes = scopesOf(claims.scope ?? claims.scp);
    this.expiresAt = typeof exp === 'number' ? exp : undefined;
    this.#token = token;
    Object.freeze(this);
  }

  get token(): string {
    return this.#token;
  }
}

/** Reads what is common to tokens that say it themselves and to tokens that the OP is asked about; the claims are frozen. */
export function verifiedToken(
  { token, issuer }: Pick<VerifiedToken, 'token' | 'issuer'>,
  claims: Readonly<Record<string, unknown>>,
): VerifiedToken {
  return new Verified(token, issuer, claims);
}

/** Space-delimited by the specifications, a list at some vendors. */
function scopesOf(scope: unknown): ReadonlySet<string> {
  if (Array.isArray(scope)) return closed(scope.filter((each): each is string => typeof each === 'string'));
  const text = textOf(scope) ?? '';
  const known = granted.get(text);
  if (known) return known;
  const scopes = closed(text.split(' ').filter((each) => each !== ''));
  granted.put(text, scopes);
  return scopes;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refuse(): never {
  throw new TypeError('The scopes of a token cannot be changed.');
}
