import { Message } from './message.js';
import { Parameter } from './members.js';
import { NotBeside, Optional, RequiredWhen } from './optional.js';

/**
 * An authentication request whose parameters stand in a RequestObject or were pushed: from the RP to the OP's authorization
 * endpoint, in the query of a redirect, or as a form. Mutable; other parameters are kept, such as those that OIDC repeats outside.
 * [RFC 9101 section 5](https://www.rfc-editor.org/rfc/rfc9101#section-5), [RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4)
 */
export class JwtSecuredAuthenticationRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. The RP; the same as inside. */
  @Parameter() client_id!: string;
  /** OPTIONAL. The request object, a JWT; REQUIRED where there is no `request_uri`, and only there. */
  @RequiredWhen<JwtSecuredAuthenticationRequest>((message) =>
    message.request_uri === undefined ? 'there is no request_uri' : undefined,
  )
  @NotBeside<JwtSecuredAuthenticationRequest>('request_uri')
  @Parameter()
  request?: string;
  /** OPTIONAL. Where the request object, or the pushed request, lies. */
  @Optional() @Parameter() request_uri?: string;
}
