import { IsString } from '../class-parts.js';
import { show } from '../errors.js';
import { JwtMessage } from './jwt-message.js';
import { NumericDate, ShortText, StringList, TextOrList } from './members.js';
import type { ResponseErrorCode } from './message.js';
import { Optional } from './optional.js';
import { audienceOf, expectGiven, expectText, expectTexts, momentOf, refuse } from './token-checks.js';
import type { TimeExpectations } from './token-checks.js';

/** What is known before an access token comes. */
export interface AccessTokenExpectations extends TimeExpectations {
  /** The issuer that is trusted for this API; compared exactly. */
  issuer: string;
  /** What this API is called in `aud`; with several names, one of them is enough. */
  audience: string | readonly string[];
}

/**
 * What the bearer may do: the claims of an access token that is a JWT, from the OP through the client to the API.
 * Every other claim is kept. Only `iss` and `exp` are demanded here, since vendors leave out the rest; what RFC 9068 demands
 * beyond them is for the API's guard. [RFC 9068 section 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2)
 */
export class JwtAccessToken extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly jwtTypes = ['at+jwt', 'JWT', undefined];
  static override readonly strictTyp = true;
  static override readonly standIns = { client_id: 'azp' };
  static override readonly memberCodes: Readonly<Record<string, ResponseErrorCode>> = {
    iss: 'access_token_iss',
    aud: 'access_token_aud',
    exp: 'access_token_exp',
    nbf: 'access_token_nbf',
    iat: 'access_token_iat',
  };

  /** REQUIRED. The issuer. */
  @IsString() readonly iss!: string;
  /** REQUIRED. From this time on the token must not be accepted, in seconds. */
  @NumericDate() readonly exp!: number;
  /** REQUIRED by RFC 9068. The API, or the APIs, that the token is for. */
  @Optional() @TextOrList() readonly aud?: string | readonly string[];
  /** REQUIRED by RFC 9068. The user, or the client where no user is involved. */
  @Optional() @ShortText() readonly sub?: string;
  /** REQUIRED by RFC 9068. The client that asked for the token; reads as `azp` where it is absent. */
  @Optional() @IsString() readonly client_id?: string;
  /** OPTIONAL. What Keycloak and others say in place of `client_id`. */
  @Optional() @IsString() readonly azp?: string;
  /** REQUIRED by RFC 9068. When the token was issued, in seconds. */
  @Optional() @NumericDate() readonly iat?: number;
  /** OPTIONAL. Before this time the token must not be accepted, in seconds (RFC 7519 section 4.1.5). */
  @Optional() @NumericDate() readonly nbf?: number;
  /** REQUIRED by RFC 9068. Unique for this token. */
  @Optional() @IsString() readonly jti?: string;
  /** OPTIONAL. When the user authenticated, in seconds. */
  @Optional() @NumericDate() readonly auth_time?: number;
  /** OPTIONAL. The authentication context class that was satisfied. */
  @Optional() @IsString() readonly acr?: string;
  /** OPTIONAL. The methods by which the user authenticated. */
  @Optional() @StringList() readonly amr?: readonly string[];
  /** OPTIONAL. What was granted, separated by spaces; a list at some vendors. */
  @Optional() @TextOrList() readonly scope?: string | readonly string[];

  /**
   * Holds the token against what we know, in the order of [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4).
   * `typ`, decryption and signature are `fromJwt`'s.
   * @throws ResponseError `access_token_*` for the first check that fails, ConfigurationError `invalid_option` for a missing expectation
   */
  validate(expectations: AccessTokenExpectations): void {
    expectGiven(expectations);
    const { issuer, audience } = expectations;
    expectText('issuer', issuer);
    const names = typeof audience === 'string' ? [audience] : audience;
    expectTexts('audience', names);
    names.forEach((name) => expectText('audience', name));
    const { now, tolerance, latest } = momentOf(expectations);
    // iss is the issuer
    if (this.iss !== issuer) refuse('access_token_iss', `iss ${show(issuer)}, came ${show(this.iss)}`);
    // aud contains this API
    if (!audienceOf(this.aud).some((name) => names.includes(name as string))) {
      refuse('access_token_aud', `aud to contain ${names.map(show).join(' or ')}, came ${show(this.aud)}`);
    }
    // exp is in the future; nbf and iat, where they are present, are not (RFC 7519 sections 4.1.5 and 4.1.6)
    if (!(now < this.exp + tolerance)) refuse('access_token_exp', `exp after ${now}, came ${show(this.exp)}`);
    if (this.nbf !== undefined && !(this.nbf <= latest))
      refuse('access_token_nbf', `nbf up to ${latest}, came ${show(this.nbf)}`);
    if (this.iat !== undefined && !(this.iat <= latest))
      refuse('access_token_iat', `iat up to ${latest}, came ${show(this.iat)}`);
  }
}
