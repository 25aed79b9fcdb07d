import { TokenErrorResponse } from './token-error-response.js';

/**
 * No word about the token: from the OP to the API, JSON with any status but 200; a bad token is no error, but `active: false`.
 * Other members are kept. [RFC 7662 section 2.3](https://www.rfc-editor.org/rfc/rfc7662#section-2.3)
 */
export class TokenIntrospectionErrorResponse extends TokenErrorResponse {}
