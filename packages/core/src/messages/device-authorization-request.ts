import { Message } from './message.js';
import { Parameter } from './members.js';
import { Optional } from './optional.js';

/**
 * Begins a login on a device without a browser: from the device to the OP's device authorization endpoint, a form by POST.
 * Mutable; other parameters are kept. [RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)
 */
export class DeviceAuthorizationRequest extends Message {
  static override readonly extra = 'allow';
  static override readonly frozen = false;

  /** OPTIONAL. REQUIRED where the client does not authenticate otherwise. */
  @Optional() @Parameter() client_id?: string;
  /** OPTIONAL. What is asked for, separated by spaces. */
  @Optional() @Parameter() scope?: string;
}
