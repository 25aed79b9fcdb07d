import { isObject } from '../messages/members.js';

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

/** Reads what is common to tokens that say it themselves and to tokens that the OP is asked about; the claims are frozen. */
export function verifiedToken(
  { token, issuer }: Pick<VerifiedToken, 'token' | 'issuer'>,
  claims: Readonly<Record<string, unknown>>,
): VerifiedToken {
  const { sub, exp } = claims;
  const clientId = textOf(claims.client_id) ?? textOf(claims.azp);
  const auth = {
    // What is bound to a key comes by DPoP, everything else does not: whoever sends it is held to that.
    scheme: isObject(claims.cnf) && claims.cnf.jkt !== undefined ? ('DPoP' as const) : ('Bearer' as const),
    issuer,
    claims,
    sub: textOf(sub),
    clientId,
    isClient: clientId !== undefined && (sub === undefined || sub === clientId),
    scopes: Object.setPrototypeOf(new Set(scopesOf(claims.scope ?? claims.scp)), closedSet) as ReadonlySet<string>,
    expiresAt: typeof exp === 'number' ? exp : undefined,
  };
  return Object.freeze(Object.defineProperty(auth, 'token', { value: token }) as typeof auth & { token: string });
}

/** Space-delimited by the specifications, a list at some vendors. */
function scopesOf(scope: unknown): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((each) => each !== '');
  return Array.isArray(scope) ? scope.filter((each): each is string => typeof each === 'string') : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function refuse(): never {
  throw new TypeError('The scopes of a token cannot be changed.');
}
