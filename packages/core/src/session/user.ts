import type { IdToken, UserinfoSuccessResponse } from '../messages/index.js';

/**
 * The signed-in user: what the ID token and the userinfo say of a person. Open: merge your own claims into it
 * by `declare module '@latchkey/core' { interface UserClaims { roles?: string[] } }`.
 * [OIDC Core section 5.1](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims)
 */
export interface UserClaims {
  readonly sub: string;
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly middle_name?: string;
  readonly nickname?: string;
  readonly preferred_username?: string;
  readonly profile?: string;
  readonly picture?: string;
  readonly website?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly gender?: string;
  readonly birthdate?: string;
  readonly zoneinfo?: string;
  readonly locale?: string;
  readonly phone_number?: string;
  readonly phone_number_verified?: boolean;
  readonly address?: Readonly<Record<string, unknown>>;
  readonly updated_at?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
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
  '_claim_names',
  '_claim_sources',
]);

/** Merges both sources into one user. The ID token wins, since it is signed. */
export function userOf(idToken: IdToken, userinfo: UserinfoSuccessResponse | undefined): UserClaims {
  const claims = { ...userinfo?.toJSON(), ...idToken.toJSON() };
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !protocol.has(name))) as unknown as UserClaims;
}
