import { isObject } from '../messages/members.js';

/** An access token that was verified: what `req.auth` is. Frozen. */
export interface VerifiedToken<Claims extends object = Record<never, never>> {
  /** The token as it came. */
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

/** Reads what is common to tokens that say it themselves and to tokens that the OP is asked about. */
export function verifiedToken(
  { token, issuer }: Pick<VerifiedToken, 'token' | 'issuer'>,
  claims: Readonly<Record<string, unknown>>,
): VerifiedToken {
  const { sub, exp } = claims;
  const clientId = textOf(claims.client_id) ?? textOf(claims.azp);
  return Object.freeze({
    token,
    // What is bound to a key comes by DPoP, everything else does not: whoever sends it is held to that.
    scheme: isObject(claims.cnf) && claims.cnf.jkt !== undefined ? 'DPoP' : 'Bearer',
    issuer,
    claims,
    sub: textOf(sub),
    clientId,
    isClient: clientId !== undefined && (sub === undefined || sub === clientId),
    scopes: new Set(scopesOf(claims.scope ?? claims.scp)),
    expiresAt: typeof exp === 'number' ? exp : undefined,
  });
}

/** Space-delimited by the specifications, a list at some vendors. */
function scopesOf(scope: unknown): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((each) => each !== '');
  return Array.isArray(scope) ? scope.filter((each): each is string => typeof each === 'string') : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
