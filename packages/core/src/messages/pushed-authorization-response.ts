import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { ExpiresIn } from './members.js';

/**
 * Where the pushed request lies: from the OP to the RP, JSON with status 201.
 * Other members are ignored. [RFC 9126 section 2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)
 */
export class PushedAuthorizationResponse extends Message {
  static override readonly nullIsAbsent = true;

  /** REQUIRED. What the browser carries in place of the request; used once. */
  @IsString() readonly request_uri!: string;
  /** REQUIRED. How long it is good from now, in seconds. */
  @ExpiresIn() readonly expires_in!: number;
}
