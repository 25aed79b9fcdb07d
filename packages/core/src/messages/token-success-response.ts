import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { ExpiresIn, Whole } from './members.js';
import { Optional } from './optional.js';

/**
 * The tokens: from the OP to the RP, JSON with status 200.
 * Other members are ignored. [OIDC Core 3.1.3.3](https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse)
 */
export class TokenSuccessResponse extends Message {
  static override readonly nullIsAbsent = true;

  /** REQUIRED. For the APIs; opaque to the RP. */
  @IsString() readonly access_token!: string;
  /** REQUIRED. `Bearer` or `DPoP`; compared without regard to case. */
  @IsString() readonly token_type!: string;
  /** RECOMMENDED. How long the access token lives from now, in seconds. */
  @Optional() @ExpiresIn() readonly expires_in?: number;
  /** OPTIONAL. For new tokens. */
  @Optional() @IsString() readonly refresh_token?: string;
  /** OPTIONAL. How long the refresh token lives from now, in seconds (Keycloak). */
  @Optional() @Whole() readonly refresh_expires_in?: number;
  /** OPTIONAL. What was granted, separated by spaces; REQUIRED if it differs from what was asked for. */
  @Optional() @IsString() readonly scope?: string;
  /** OPTIONAL. The ID token; a refresh may leave it out, a login requires it. */
  @Optional() @IsString() readonly id_token?: string;
}
