import { IsString } from '../class-parts.js';
import { show } from '../errors.js';
import { JwtMessage } from './jwt-message.js';
import { check, Forbidden, isObject, NumericDate, ShortText, TextOrList } from './members.js';
import type { ResponseErrorCode } from './message.js';
import { Optional, RequiredWhen } from './optional.js';
import {
  checkAudience,
  expectGiven,
  expectSeconds,
  expectText,
  expectTexts,
  momentOf,
  refuse,
  whenAccepted,
} from './token-checks.js';
import type { TimeExpectations } from './token-checks.js';

/** The member of `events` that makes a JWT a logout token. */
export const backChannelLogoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** A verdict of the application's, at once or later. */
export type LogoutTokenVerdict = boolean | Promise<boolean>;

/** What is known before a logout token comes. */
export interface LogoutTokenExpectations<V extends LogoutTokenVerdict = LogoutTokenVerdict> extends TimeExpectations {
  /** The issuer whose sessions it may end; compared exactly. */
  issuer: string;
  /** Our client_id: it must be in `aud`, and is always trusted there. */
  clientId: string;
  /** Others that may stand in `aud` beside us. */
  extraTrustedAudiences?: readonly string[];
  /** The token must not have been issued before this time, `clockTolerance` apart. */
  minIat?: number;
  /** How old the token may be, in seconds; 300 when left out. */
  maxAge?: number;
  /** `false` takes tokens of OPs from before the errata of 2023, which have no `exp`; `maxAge` bounds them all the same. */
  requireExp?: boolean;
  /** Whether this `jti` comes for the first time. */
  validateUniqueJti?: (jti: string) => V;
  /** Whether there are sessions of this issuer. */
  validateIssHasSessions?: (iss: string) => V;
  /** Whether there are sessions of this user; asked where the token has a `sub`. */
  validateSubHasSessions?: (sub: string) => V;
  /** Whether there is a session with this `sid`; asked where the token has one. */
  validateSidExists?: (sid: string) => V;
}

/**
 * Which session, or whose sessions, ended at the OP: the claims of the logout token, from the OP to the RP, in a BackChannelLogoutNotification.
 * Other claims are ignored. [Back-Channel Logout 1.0 section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
 */
export class BackChannelLogoutToken extends JwtMessage {
  static override readonly frozen = false;
  static override readonly jwtTypes = ['logout+jwt', 'JWT', undefined];
  static override readonly memberCodes: Readonly<Record<string, ResponseErrorCode>> = {
    iss: 'logout_token_iss',
    aud: 'logout_token_aud',
    iat: 'logout_token_iat',
    exp: 'logout_token_exp',
    nonce: 'logout_token_nonce',
    events: 'logout_token_events',
    jti: 'logout_token_jti',
  };

  /** REQUIRED. The issuer. */
  @IsString() iss!: string;
  /** OPTIONAL. The user; REQUIRED where there is no `sid`. Without `sid`, all of the user's sessions end. */
  @RequiredWhen<BackChannelLogoutToken>((token) => (token.sid === undefined ? 'there is no sid' : undefined))
  @ShortText()
  sub?: string;
  /** REQUIRED. Whom the token is for; contains our client_id. */
  @TextOrList() aud!: string | readonly string[];
  /** REQUIRED. When the token was issued, in seconds. */
  @NumericDate() iat!: number;
  /** REQUIRED since the errata of 2023. From this time on the token must not be accepted, in seconds. */
  @Optional() @NumericDate() exp?: number;
  /** REQUIRED. Unique for this token, so that it is carried out once. */
  @ShortText() jti!: string;
  /** REQUIRED. Holds the member `http://schemas.openid.net/event/backchannel-logout`, an object. */
  @check('isLogoutEvent', `an object with an object as its member ${backChannelLogoutEvent}`, isLogoutEvent)
  events!: Readonly<Record<string, unknown>>;
  /** OPTIONAL. The session that ended; REQUIRED where there is no `sub`. */
  @Optional() @IsString() sid?: string;
  /** MUST NOT be present. With it, an ID token could pass as a logout token. */
  @Forbidden() nonce?: never;

  /**
   * Holds the token against what we know, in the order of
   * [Back-Channel Logout 1.0 section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation).
   * Decryption, signature and alg (1 to 3) are `fromJwt`'s. A promise comes back exactly when a callback returns one.
   * @throws ResponseError `logout_token_*` for the first check that fails, ConfigurationError `invalid_option` for a missing expectation
   */
  validate(expectations: LogoutTokenExpectations<boolean>): void;
  // Every token has a `jti` and an `iss`, so these are always asked; the others only where it has a `sub` or a `sid`.
  validate(
    expectations: LogoutTokenExpectations &
      (
        | { validateUniqueJti: (jti: string) => Promise<boolean> }
        | { validateIssHasSessions: (iss: string) => Promise<boolean> }
      ),
  ): Promise<void>;
  validate(expectations: LogoutTokenExpectations): void | Promise<void>;
  validate(expectations: LogoutTokenExpectations): void | Promise<void> {
    expectGiven(expectations);
    checkExpectations(expectations);
    // 4. iss, aud, iat and exp as in ID tokens
    if (this.iss !== expectations.issuer)
      refuse('logout_token_iss', `iss ${show(expectations.issuer)}, came ${show(this.iss)}`);
    checkAudience(this.aud, expectations.clientId, expectations.extraTrustedAudiences ?? [], 'logout_token_aud');
    checkTimes(this, expectations);
    // 5. sub, sid or both
    if (this.sub === undefined && this.sid === undefined) refuse('invalid_message', 'sub, sid or both, came neither');
    // 6. events holds the event of a logout
    if (!isLogoutEvent(this.events))
      refuse('logout_token_events', `events to hold an object as ${backChannelLogoutEvent}`);
    // 7. nonce is absent
    if (this.nonce !== undefined) refuse('logout_token_nonce', 'no nonce: a token with one is no logout token');
    // 8. to 11. ask the application
    if (typeof this.jti !== 'string' || this.jti === '') refuse('logout_token_jti', 'a jti');
    return askInTurn(this, expectations);
  }
}

function checkExpectations({
  issuer,
  clientId,
  extraTrustedAudiences = [],
  minIat = 0,
  maxAge = 300,
}: LogoutTokenExpectations): void {
  expectText('issuer', issuer);
  expectText('clientId', clientId);
  expectTexts('extraTrustedAudiences', extraTrustedAudiences);
  expectSeconds('minIat', minIat);
  expectSeconds('maxAge', maxAge);
}

function isLogoutEvent(events: unknown): boolean {
  return isObject(events) && Object.hasOwn(events, backChannelLogoutEvent) && isObject(events[backChannelLogoutEvent]);
}

function checkTimes({ iat, exp }: BackChannelLogoutToken, expectations: LogoutTokenExpectations): void {
  const { minIat = 0, maxAge = 300, requireExp = true } = expectations;
  const { now, tolerance, latest } = momentOf(expectations);
  if (!(iat <= latest)) refuse('logout_token_iat', `iat up to ${latest}, came ${show(iat)}`);
  const earliest = Math.max(now - maxAge, minIat) - tolerance;
  if (!(iat >= earliest)) refuse('logout_token_iat', `iat from ${earliest} on, came ${show(iat)}`);
  if (exp === undefined && requireExp === false) return;
  if (exp === undefined || !(now < exp + tolerance)) refuse('logout_token_exp', `exp after ${now}, came ${show(exp)}`);
}

function askInTurn(
  { iss, sub, sid, jti }: BackChannelLogoutToken,
  expectations: LogoutTokenExpectations,
): void | Promise<void> {
  const { validateUniqueJti, validateIssHasSessions, validateSubHasSessions, validateSidExists } = expectations;
  const unknown = (what: string) => (): never => refuse('logout_token_unknown_session', `a session of this ${what}`);
  // 11. sid is that of a session
  const session = (): void | Promise<void> =>
    sid !== undefined && validateSidExists
      ? whenAccepted(validateSidExists(sid), unknown('sid'), () => undefined)
      : undefined;
  // 10. sub is that of a session
  const subject = (): void | Promise<void> =>
    sub !== undefined && validateSubHasSessions
      ? whenAccepted(validateSubHasSessions(sub), unknown('sub'), session)
      : session();
  // 9. iss is that of a session
  const issuer = (): void | Promise<void> =>
    validateIssHasSessions ? whenAccepted(validateIssHasSessions(iss), unknown('iss'), subject) : subject();
  // 8. jti has not come before
  const replayed = (): never => refuse('logout_token_replayed', 'a jti that has not come before');
  return validateUniqueJti ? whenAccepted(validateUniqueJti(jti), replayed, issuer) : issuer();
}
