import type { OrUnknown } from './error-codes.js';
import { Message } from './message.js';
import { Parameter, Repeatable } from './members.js';
import { Optional, RequiredWhen } from './optional.js';

/** The grants whose members this message knows. */
export type KnownGrantType =
  | 'authorization_code'
  | 'refresh_token'
  | 'password'
  | 'client_credentials'
  | 'urn:ietf:params:oauth:grant-type:device_code'
  | 'urn:ietf:params:oauth:grant-type:jwt-bearer';

function RequiredFor(grant: KnownGrantType): PropertyDecorator {
  return RequiredWhen<TokenRequest>((request) =>
    request.grant_type === grant ? `grant_type is '${grant}'` : undefined,
  );
}

/**
 * Asks for tokens: from the RP to the OP's token endpoint, a form by POST.
 * Mutable; other parameters are kept. [OIDC Core 3.1.3.1](https://openid.net/specs/openid-connect-core-1_0.html#TokenRequest)
 */
export class TokenRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** REQUIRED. What is given for the tokens; grants of extensions too. */
  @Parameter() grant_type!: OrUnknown<KnownGrantType>;
  /** REQUIRED for `authorization_code`. The code of the authentication response. */
  @RequiredFor('authorization_code') @Parameter() code?: string;
  /** REQUIRED for `authorization_code`. The same as in the authentication request. */
  @RequiredFor('authorization_code') @Parameter() redirect_uri?: string;
  /** OPTIONAL. REQUIRED where the client does not authenticate otherwise. */
  @Optional() @Parameter() client_id?: string;
  /** REQUIRED for `refresh_token`. */
  @RequiredFor('refresh_token') @Parameter() refresh_token?: string;
  /** REQUIRED for `password`. */
  @RequiredFor('password') @Parameter() username?: string;
  /** REQUIRED for `password`. */
  @RequiredFor('password') @Parameter() password?: string;
  /** OPTIONAL; REQUIRED for `password`. What is asked for, separated by spaces. */
  @RequiredFor('password') @Parameter() scope?: string;
  /** OPTIONAL. What the code challenge of the authentication request was made from ([RFC 7636 section 4.5](https://www.rfc-editor.org/rfc/rfc7636#section-4.5)). */
  @Optional() @Parameter() code_verifier?: string;
  /** REQUIRED for `urn:ietf:params:oauth:grant-type:device_code`. From the DeviceAuthorizationResponse ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)). */
  @RequiredFor('urn:ietf:params:oauth:grant-type:device_code') @Parameter() device_code?: string;
  /** REQUIRED for `urn:ietf:params:oauth:grant-type:jwt-bearer`. A signed JWT ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)). */
  @RequiredFor('urn:ietf:params:oauth:grant-type:jwt-bearer') @Parameter() assertion?: string;
  /** OPTIONAL. For which APIs; may come more than once ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)). */
  @Optional() @Repeatable() resource?: string | readonly string[];
}
