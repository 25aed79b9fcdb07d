import { TokenErrorResponse } from './token-error-response.js';

/**
 * The pushed request was refused: from the OP to the RP, JSON with a status of 400 or above; codes of the authentication response come too.
 * Other members are kept. [RFC 9126 section 2.3](https://www.rfc-editor.org/rfc/rfc9126#section-2.3)
 */
export class PushedAuthorizationError extends TokenErrorResponse {}
