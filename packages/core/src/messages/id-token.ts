import { IsString } from '../class-parts.js';
import { equalInConstantTime } from '../crypto.js';
import { show } from '../errors.js';
import { JwtMessage } from './jwt-message.js';
import type { ResponseErrorCode } from './message.js';
import { NumericDate, ShortText, StringList, TextOrList } from './members.js';
import { Optional } from './optional.js';
import {
  audienceOf,
  checkAudience,
  expectGiven,
  expectSeconds,
  expectText,
  expectTexts,
  momentOf,
  refuse,
  whenAccepted,
  wrong,
} from './token-checks.js';
import type { Moment, TimeExpectations } from './token-checks.js';

/** What an ID token is held against, whether it is the first or a refreshed one. */
export interface CommonIdTokenExpectations extends TimeExpectations {
  /** The issuer that the login was sent to; compared exactly. */
  issuer: string;
  /** Our client_id: it must be in `aud`, and is always trusted there. */
  clientId: string;
  /** Others that may stand in `aud` beside us. */
  extraTrustedAudiences?: readonly string[];
  /** The party that `azp` must name where it is present; our client_id when left out. */
  expectAzp?: string;
  /** The token must not have been issued before this time, `clockTolerance` apart. */
  minIat?: number;
  /** The user must not have authenticated before this time, `clockTolerance` apart; `auth_time` is then required. */
  minAuthTime?: number;
}

/** `nonce` as it was sent, `null` if none was; or the ID token of the login that was refreshed. One of the two is demanded. */
export type IdTokenOrigin = { nonce: string | null; refreshOf?: undefined } | { refreshOf: IdToken; nonce?: undefined };

/** What is known before an ID token comes. */
export type IdTokenExpectations = CommonIdTokenExpectations &
  IdTokenOrigin & {
    /** Whether an `acr`, also an absent one, is good enough. */
    validateAcr?: (acr: string | undefined) => boolean | Promise<boolean>;
  };

/**
 * Who signed in, when and how: the claims of the ID token, from the OP to the RP, inside the token response or the front channel.
 * Every other claim is kept. [OIDC Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)
 */
export class IdToken extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = ['auth_time', 'nonce', 'acr', 'amr', 'azp', 'sid'];
  static override readonly memberCodes: Readonly<Record<string, ResponseErrorCode>> = {
    iss: 'id_token_iss',
    sub: 'id_token_sub',
    aud: 'id_token_aud',
    exp: 'id_token_exp',
    nbf: 'id_token_nbf',
    iat: 'id_token_iat',
    auth_time: 'id_token_auth_time',
    nonce: 'id_token_nonce',
    acr: 'id_token_acr',
    azp: 'id_token_azp',
  };

  /** REQUIRED. The issuer, an https URL without query and fragment. */
  @IsString() readonly iss!: string;
  /** REQUIRED. The user at this issuer, never reassigned; 1 to 255 characters, case-sensitive. */
  @ShortText() readonly sub!: string;
  /** REQUIRED. Whom the token is for; contains our client_id. */
  @TextOrList() readonly aud!: string | readonly string[];
  /** REQUIRED. From this time on the token must not be accepted, in seconds. */
  @NumericDate() readonly exp!: number;
  /** REQUIRED. When the token was issued, in seconds. */
  @NumericDate() readonly iat!: number;
  /** OPTIONAL. Before this time the token must not be accepted, in seconds (RFC 7519 section 4.1.5). */
  @Optional() @NumericDate() readonly nbf?: number;
  /** OPTIONAL. When the user authenticated, in seconds; REQUIRED after a request with max_age. */
  @Optional() @NumericDate() readonly auth_time?: number;
  /** OPTIONAL. The nonce of the authentication request; REQUIRED if one was sent. */
  @Optional() @IsString() readonly nonce?: string;
  /** OPTIONAL. The authentication context class that was satisfied; `0` is below ISO 29115 level 1. */
  @Optional() @IsString() readonly acr?: string;
  /** OPTIONAL. The methods by which the user authenticated. */
  @Optional() @StringList() readonly amr?: readonly string[];
  /** OPTIONAL. The party that the token was issued to. */
  @Optional() @IsString() readonly azp?: string;
  /** OPTIONAL. The session at the OP; a logout token names it. */
  @Optional() @IsString() readonly sid?: string;

  /**
   * Holds the token against what we know, in the order of
   * [OIDC Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation).
   * Decryption and signature (1, 6 to 8) are `fromJwt`'s. A promise comes back exactly when `validateAcr` returns one.
   * @throws ResponseError `id_token_*` for the first check that fails, ConfigurationError `invalid_option` for a missing expectation
   */
  validate(expectations: IdTokenExpectations & { validateAcr?: (acr: string | undefined) => boolean }): void;
  validate(
    expectations: IdTokenExpectations & { validateAcr: (acr: string | undefined) => Promise<boolean> },
  ): Promise<void>;
  validate(expectations: IdTokenExpectations): void | Promise<void>;
  validate(expectations: IdTokenExpectations): void | Promise<void> {
    expectGiven(expectations);
    const { issuer, clientId, extraTrustedAudiences = [], expectAzp = clientId, validateAcr } = expectations;
    checkExpectations(expectations);
    const moment = momentOf(expectations);
    // 2. iss is the issuer
    if (this.iss !== issuer) refuse('id_token_iss', `iss ${show(issuer)}, came ${show(this.iss)}`);
    // 3. aud contains client_id, and nobody whom we do not trust
    checkAudience(this.aud, clientId, extraTrustedAudiences, 'id_token_aud');
    // 4. azp is present when there are several audiences
    if (audienceOf(this.aud).length > 1 && this.azp === undefined)
      refuse('id_token_azp', 'azp beside several audiences, came none');
    // 5. azp names us
    if (this.azp !== undefined && this.azp !== expectAzp)
      refuse('id_token_azp', `azp ${show(expectAzp)}, came ${show(this.azp)}`);
    // 9. exp is in the future; nbf, where it is present, is not (RFC 7519 section 4.1.5)
    checkLifetime(this, moment);
    // 10. iat is neither in the future nor too long ago
    checkIssuedAt(this, moment, expectations.minIat);
    // 11. nonce is the one that was sent; a refreshed token continues its login (12.2)
    checkOrigin(this, expectations, moment);
    // 12. acr is good enough; 13. the user authenticated recently enough
    const authTime = (): void => checkAuthTime(this, moment, expectations.minAuthTime);
    if (!validateAcr) return authTime();
    return whenAccepted(
      validateAcr(this.acr),
      () => refuse('id_token_acr', `another acr, came ${show(this.acr)}`),
      authTime,
    );
  }
}

function checkExpectations(expectations: IdTokenExpectations): void {
  const { issuer, clientId, extraTrustedAudiences = [], expectAzp = clientId, nonce, refreshOf } = expectations;
  expectText('issuer', issuer);
  expectText('clientId', clientId);
  expectTexts('extraTrustedAudiences', extraTrustedAudiences);
  expectText('expectAzp', expectAzp);
  if (expectations.minIat !== undefined) expectSeconds('minIat', expectations.minIat);
  if (expectations.minAuthTime !== undefined) expectSeconds('minAuthTime', expectations.minAuthTime);
  // Left out, either would mean that a replayed token passes.
  if (refreshOf === undefined && nonce !== null && (typeof nonce !== 'string' || nonce === ''))
    wrong('nonce', 'the nonce that was sent, or null, unless refreshOf is given', undefined);
  if (refreshOf !== undefined && (nonce !== undefined || !(refreshOf instanceof IdToken)))
    wrong('refreshOf', 'an IdToken, in place of a nonce', undefined);
}

function checkLifetime({ exp, nbf }: IdToken, { now, tolerance, latest }: Moment): void {
  if (!(now < exp + tolerance)) refuse('id_token_exp', `exp after ${now}, came ${show(exp)}`);
  if (nbf !== undefined && !(nbf <= latest)) refuse('id_token_nbf', `nbf up to ${latest}, came ${show(nbf)}`);
}

function checkIssuedAt({ iat }: IdToken, { tolerance, latest }: Moment, minIat = 0): void {
  if (!(iat <= latest)) refuse('id_token_iat', `iat up to ${latest}, came ${show(iat)}`);
  if (!(iat + tolerance >= minIat)) refuse('id_token_iat', `iat from ${minIat} on, came ${show(iat)}`);
}

function checkOrigin(token: IdToken, { nonce, refreshOf }: IdTokenExpectations, moment: Moment): void {
  if (refreshOf) return checkRefreshed(token, refreshOf, moment);
  if (nonce === null || nonce === undefined) {
    if (token.nonce !== undefined) refuse('id_token_nonce', 'no nonce, since none was sent');
  } else if (typeof token.nonce !== 'string' || !equalInConstantTime(token.nonce, nonce)) {
    refuse('id_token_nonce', 'the nonce that was sent');
  }
}

/** [OIDC Core 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse), in its order. */
function checkRefreshed(token: IdToken, original: IdToken, { tolerance }: Moment): void {
  // iss is the same
  if (token.iss !== original.iss)
    refuse('id_token_iss', `iss ${show(original.iss)} of the login, came ${show(token.iss)}`);
  // sub is the same
  if (token.sub !== original.sub)
    refuse('id_token_sub', `sub ${show(original.sub)} of the login, came ${show(token.sub)}`);
  // iat is the time of the new token
  if (!(token.iat + Math.max(tolerance, 10) >= original.iat))
    refuse('id_token_iat', `iat from ${original.iat} of the login on, came ${show(token.iat)}`);
  // aud includes what the original's had
  const audience = audienceOf(token.aud);
  const lost = audienceOf(original.aud).find((party) => !audience.includes(party));
  if (lost !== undefined) refuse('id_token_aud', `aud to contain ${show(lost)} of the login, came ${show(token.aud)}`);
  // auth_time, where both have it, is that of the login
  if (token.auth_time !== undefined && original.auth_time !== undefined && token.auth_time !== original.auth_time) {
    refuse('id_token_auth_time', `auth_time ${original.auth_time} of the login, came ${show(token.auth_time)}`);
  }
  // azp is the same, or absent in both
  if (token.azp !== original.azp)
    refuse('id_token_azp', `azp ${show(original.azp)} of the login, came ${show(token.azp)}`);
  // nonce is absent or the same
  if (
    token.nonce !== undefined &&
    (original.nonce === undefined || !equalInConstantTime(token.nonce, original.nonce))
  ) {
    refuse('id_token_nonce', 'no nonce or that of the login');
  }
}

function checkAuthTime({ auth_time: time }: IdToken, { tolerance }: Moment, minAuthTime?: number): void {
  if (minAuthTime === undefined) return;
  if (time === undefined || !(time + tolerance >= minAuthTime)) {
    refuse('id_token_auth_time', `auth_time from ${minAuthTime} on, came ${show(time)}`);
  }
}
