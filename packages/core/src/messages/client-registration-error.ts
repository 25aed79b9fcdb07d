import { IsString } from '../class-parts.js';
import type { ClientRegistrationErrorCode, OrUnknown } from './error-codes.js';
import { Message } from './message.js';
import { ShortText } from './members.js';
import { Optional } from './optional.js';

/**
 * The client was not registered: from the OP to the RP, JSON with status 400.
 * Other members are kept. [OIDC Dynamic Registration section 3.3](https://openid.net/specs/openid-connect-registration-1_0.html#RegistrationError)
 */
export class ClientRegistrationError extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** REQUIRED. What went wrong; codes of extensions come too. */
  @ShortText() readonly error!: OrUnknown<ClientRegistrationErrorCode>;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @IsString() readonly error_description?: string;
}
