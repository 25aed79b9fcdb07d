import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { ExpiresIn, Whole } from './members.js';
import { Optional } from './optional.js';

/**
 * What the device shows, and what it asks with: from the OP to the device, JSON with status 200.
 * Other members are ignored. [RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)
 */
export class DeviceAuthorizationResponse extends Message {
  static override readonly nullIsAbsent = true;
  static override readonly defaults = { interval: 5 };

  /** REQUIRED. What the device asks the token endpoint with. */
  @IsString() readonly device_code!: string;
  /** REQUIRED. What the user types. */
  @IsString() readonly user_code!: string;
  /** REQUIRED. Where the user types it. */
  @IsString() readonly verification_uri!: string;
  /** OPTIONAL. The same with the code in it, for a QR code. */
  @Optional() @IsString() readonly verification_uri_complete?: string;
  /** REQUIRED. How long both codes are good from now, in seconds. */
  @ExpiresIn() readonly expires_in!: number;
  /** OPTIONAL. How long the device waits between two questions, in seconds. Default: 5. */
  @Optional() @Whole() readonly interval?: number;
}
