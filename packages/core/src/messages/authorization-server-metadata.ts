import { IsString } from '../class-parts.js';
import { Optional } from './optional.js';
import { ServerMetadata } from './server-metadata.js';

/**
 * What an authorization server can do, and where: from it to clients and APIs, JSON at `/.well-known/oauth-authorization-server`.
 * Which members are REQUIRED depends on its use. Other members are kept; a member with a default reads as its default when it
 * was left out, and is then not sent. [RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2)
 */
export class AuthorizationServerMetadata extends ServerMetadata {
  /** OPTIONAL. Where the user signs in; REQUIRED where a grant sends the user there. */
  @Optional() @IsString() readonly authorization_endpoint?: string;
  /** OPTIONAL. The server's public keys. */
  @Optional() @IsString() readonly jwks_uri?: string;
}
