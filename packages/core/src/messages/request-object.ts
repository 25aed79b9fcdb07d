import { IsString } from '../class-parts.js';
import { JwtMessage } from './jwt-message.js';
import { check, Forbidden, isObject, NumericDate, TextOrList, Whole } from './members.js';
import { Optional } from './optional.js';

/**
 * An authentication request inside a JWT: from the RP to the OP, as the parameter `request`, or fetched from `request_uri`.
 * Lists are text with spaces here too; numbers are numbers. Other claims are kept.
 * [RFC 9101 section 4](https://www.rfc-editor.org/rfc/rfc9101#section-4), [OIDC Core 6.1](https://openid.net/specs/openid-connect-core-1_0.html#RequestObject)
 */
export class RequestObject extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly jwtTypes = ['oauth-authz-req+jwt', 'JWT', undefined];

  /** OPTIONAL. The RP; the same as `client_id`. */
  @Optional() @IsString() readonly iss?: string;
  /** OPTIONAL. The issuer of the OP. */
  @Optional() @TextOrList() readonly aud?: string | readonly string[];
  /** OPTIONAL. From this time on the request must not be accepted, in seconds. */
  @Optional() @NumericDate() readonly exp?: number;
  /** OPTIONAL. Before this time the request must not be accepted, in seconds. */
  @Optional() @NumericDate() readonly nbf?: number;
  /** OPTIONAL. When the request was made, in seconds. */
  @Optional() @NumericDate() readonly iat?: number;
  /** OPTIONAL. Unique for this request. */
  @Optional() @IsString() readonly jti?: string;
  /** REQUIRED. The RP; the same as outside. */
  @IsString() readonly client_id!: string;
  /** OPTIONAL. As in AuthenticationRequest, like all that follow; REQUIRED there if not here. */
  @Optional() @IsString() readonly response_type?: string;
  /** OPTIONAL. What is asked for, separated by spaces. */
  @Optional() @IsString() readonly scope?: string;
  /** OPTIONAL. Where the answer goes. */
  @Optional() @IsString() readonly redirect_uri?: string;
  /** OPTIONAL. Comes back unchanged. */
  @Optional() @IsString() readonly state?: string;
  /** OPTIONAL. How the answer travels. */
  @Optional() @IsString() readonly response_mode?: string;
  /** OPTIONAL. Comes back inside the ID token. */
  @Optional() @IsString() readonly nonce?: string;
  /** OPTIONAL. `page`, `popup`, `touch` or `wap`. */
  @Optional() @IsString() readonly display?: string;
  /** OPTIONAL. `none`, `login`, `consent`, `select_account`, separated by spaces. */
  @Optional() @IsString() readonly prompt?: string;
  /** OPTIONAL. How long ago the user may have authenticated, in seconds. */
  @Optional() @Whole() readonly max_age?: number;
  /** OPTIONAL. Languages as BCP 47 tags, separated by spaces. */
  @Optional() @IsString() readonly ui_locales?: string;
  /** OPTIONAL. An ID token of the user who is expected. */
  @Optional() @IsString() readonly id_token_hint?: string;
  /** OPTIONAL. What the user may want to sign in with. */
  @Optional() @IsString() readonly login_hint?: string;
  /** OPTIONAL. Authentication context classes, separated by spaces. */
  @Optional() @IsString() readonly acr_values?: string;
  /** OPTIONAL. Which claims are asked for. */
  @Optional() @check('isClaimsRequest', 'an object', isObject) readonly claims?: Readonly<Record<string, unknown>>;
  /** OPTIONAL. The challenge of the code verifier. */
  @Optional() @IsString() readonly code_challenge?: string;
  /** OPTIONAL. `S256`. */
  @Optional() @IsString() readonly code_challenge_method?: string;
  /** OPTIONAL. For which APIs. */
  @Optional() @TextOrList() readonly resource?: string | readonly string[];
  /** MUST NOT be present. A request object holds no other. */
  @Forbidden() readonly request?: never;
  /** MUST NOT be present. A request object points to no other. */
  @Forbidden() readonly request_uri?: never;
}
