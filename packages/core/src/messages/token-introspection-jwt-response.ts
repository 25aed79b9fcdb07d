import { IsString } from '../class-parts.js';
import { JwtMessage } from './jwt-message.js';
import { check, isObject, NumericDate, TextOrList } from './members.js';

/**
 * What a token is worth, signed: the claims of a JWT from the OP to the API. `iss` and `aud` must be checked before
 * `token_introspection`, which is a TokenIntrospectionSuccessResponse, is read. Other claims are kept.
 * [RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5)
 */
export class TokenIntrospectionJwtResponse extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly jwtTypes = ['token-introspection+jwt'];

  /** REQUIRED. The issuer. */
  @IsString() readonly iss!: string;
  /** REQUIRED. The API that asked. */
  @TextOrList() readonly aud!: string | readonly string[];
  /** REQUIRED. When this answer was given, in seconds. */
  @NumericDate() readonly iat!: number;
  /** REQUIRED. The answer. */
  @check('isIntrospection', 'an object', isObject) readonly token_introspection!: Readonly<Record<string, unknown>>;
}
