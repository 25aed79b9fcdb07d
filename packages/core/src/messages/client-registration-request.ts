import { IsString } from '../class-parts.js';
import { ClientMetadata } from './client-metadata.js';
import { StringList } from './members.js';
import { Optional, RequiredWhen } from './optional.js';

/**
 * Asks to become a client: from the RP to the OP's registration endpoint, JSON by POST.
 * Mutable; other members are kept. [OIDC Dynamic Registration section 3.1](https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationRequest)
 */
export class ClientRegistrationRequest extends ClientMetadata {
  static override readonly frozen = false;

  /** REQUIRED where a grant sends the user back: `authorization_code`, which is the default, or `implicit`. */
  @RequiredWhen<ClientRegistrationRequest>(redirects) @StringList() redirect_uris?: readonly string[];
  /** OPTIONAL. What someone else says of the software, a signed JWT. */
  @Optional() @IsString() software_statement?: string;
}

function redirects({ grant_types: grants = ['authorization_code'] }: ClientRegistrationRequest): string | undefined {
  const given: readonly unknown[] = Array.isArray(grants) ? grants : []; // it is asked before grant_types is known to be a list
  const grant = ['authorization_code', 'implicit'].find((name) => given.includes(name));
  return grant && `grant_types holds '${grant}'`;
}
