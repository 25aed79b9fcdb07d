import { readChallenge, writeChallenge } from './challenge.js';
import type { BearerTokenErrorCode, OrUnknown } from './error-codes.js';
import { Message } from './message.js';
import { Parameter, ShortText, SpaceDelimited, WholeParameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Why an API refused: from the API to the client, in the header `WWW-Authenticate` with status 400, 401 or 403. Without an `error`
 * it says that credentials are needed. Other parameters are kept.
 * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)
 */
export class BearerTokenError extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** OPTIONAL. What the API is called. */
  @Optional() @Parameter() readonly realm?: string;
  /** OPTIONAL. What went wrong; absent where no credentials came. */
  @Optional() @ShortText() readonly error?: OrUnknown<BearerTokenErrorCode>;
  /** OPTIONAL. The same in words, for developers. */
  @Optional() @Parameter() readonly error_description?: string;
  /** OPTIONAL. A page with more about it. */
  @Optional() @Parameter() readonly error_uri?: string;
  /** OPTIONAL. The scopes that are needed, separated by spaces. */
  @Optional() @Parameter() readonly scope?: string;
  /** OPTIONAL. The authentication context classes that would do ([RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)). */
  @Optional() @SpaceDelimited() readonly acr_values?: readonly string[];
  /** OPTIONAL. How long ago the user may have authenticated, in seconds ([RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)). */
  @Optional() @WholeParameter() readonly max_age?: number;
  /** OPTIONAL. Where the API's metadata lies ([RFC 9728 section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)). */
  @Optional() @Parameter() readonly resource_metadata?: string;
  /** OPTIONAL. How DPoP proofs may be signed ([RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)). */
  @Optional() @SpaceDelimited() readonly algs?: readonly string[];

  /**
   * Reads the challenge of a scheme, `Bearer` or `DPoP`, from a `WWW-Authenticate` header; nothing where it holds none.
   * @throws ResponseError `invalid_message`, `duplicate_parameter`
   */
  static fromChallenge(header: string, scheme = 'Bearer'): BearerTokenError | undefined {
    const parameters = readChallenge(header, scheme);
    return parameters && BearerTokenError.fromForm(parameters);
  }

  /** The message as a challenge, the value of a `WWW-Authenticate` header. */
  toChallenge(scheme = 'Bearer'): string {
    return writeChallenge(scheme, new URLSearchParams(this.toForm()));
  }
}
