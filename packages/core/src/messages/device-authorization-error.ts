import { TokenErrorResponse } from './token-error-response.js';

/**
 * The device may not begin: from the OP to the device, JSON with any status but 200.
 * Other members are kept. [RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2), [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)
 */
export class DeviceAuthorizationError extends TokenErrorResponse {}
