import { AuthenticationRequest } from './authentication-request.js';
import { Forbidden } from './members.js';

/**
 * An authentication request sent ahead: from the RP straight to the OP's pushed authorization request endpoint, a form by POST,
 * with client authentication. Mutable; other parameters are kept. [RFC 9126 section 2.1](https://www.rfc-editor.org/rfc/rfc9126#section-2.1)
 */
export class PushedAuthorizationRequest extends AuthenticationRequest {
  /** MUST NOT be present. A pushed request cannot point to another one. */
  @Forbidden() request_uri?: never;
}
