import type { IdToken, UserinfoSuccessResponse } from '../messages/index.js';

/**
 * The signed-in user: what the ID token and the userinfo say of a person. Open: merge your own claims into it
 * by `declare module '@latchkey/core' { interface UserClaims { roles?: string[] } }`.
 * [OIDC Core section 5.1](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims)
 */
export interface UserClaims {
  /** The user at this issuer: never reassigned, 1 to 255 characters. */
  readonly sub: string;
  /** The full name, as it is shown. */
  readonly name?: string;
  /** First names, separated by spaces. */
  readonly given_name?: string;
  /** Last names, separated by spaces. */
  readonly family_name?: string;
  /** Middle names, separated by spaces. */
  readonly middle_name?: string;
  /** What the user is called in everyday life. */
  readonly nickname?: string;
  /** What the user likes to be called here; not unique. */
  readonly preferred_username?: string;
  /** The URL of a page about the user. */
  readonly profile?: string;
  /** The URL of a picture of the user. */
  readonly picture?: string;
  /** The URL of the user's own page. */
  readonly website?: string;
  /** An e-mail address; not unique, and not the user's own unless it is verified. */
  readonly email?: string;
  /** Whether the OP made sure that the address is the user's. */
  readonly email_verified?: boolean;
  /** `female`, `male` or any other text. */
  readonly gender?: string;
  /** `YYYY-MM-DD`, with the year `0000` where it is left out, or the year alone. */
  readonly birthdate?: string;
  /** A time zone of the IANA database, such as `Europe/Berlin`. */
  readonly zoneinfo?: string;
  /** A language as a BCP 47 tag. */
  readonly locale?: string;
  /** A telephone number, in E.164 where the OP follows the recommendation. */
  readonly phone_number?: string;
  /** Whether the OP made sure that the number is the user's. */
  readonly phone_number_verified?: boolean;
  /** A postal address ([OIDC Core 5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#AddressClaim)). */
  readonly address?: Readonly<Record<string, unknown>>;
  /** When the OP last changed any of this, in seconds since the epoch. */
  readonly updated_at?: number;
  /** The authentication context class that the login satisfied. */
  readonly acr?: string;
  /** The methods by which the user authenticated. */
  readonly amr?: readonly string[];
  /** When the user authenticated, in seconds since the epoch. */
  readonly auth_time?: number;
}

/** Claims that are about the message, not about the person. */
const protocol = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'azp',
  'nonce',
  'sid',
  'at_hash',
  'c_hash',
  's_hash',
  'session_expiry',
  '_claim_names',
  '_claim_sources',
]);

/** Merges both sources into one user. The ID token wins, since it is signed. */
export function userOf(idToken: IdToken, userinfo: UserinfoSuccessResponse | undefined): UserClaims {
  const claims = { ...userinfo?.toJSON(), ...idToken.toJSON() };
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !protocol.has(name))) as unknown as UserClaims;
}
