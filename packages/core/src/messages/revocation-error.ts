import { TokenErrorResponse } from './token-error-response.js';

/**
 * The token was not revoked: from the OP to the RP, JSON with any status but 200; `unsupported_token_type` comes too.
 * Other members are kept. [RFC 7009 section 2.2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1)
 */
export class RevocationError extends TokenErrorResponse {}
