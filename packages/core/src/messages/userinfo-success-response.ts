import { JwtMessage } from './jwt-message.js';
import { ShortText } from './members.js';

/**
 * The claims about the user: from the OP to the RP, JSON with status 200, or a JWT where the RP registered for one.
 * Every other claim is kept. `sub` must be that of the ID token before any of it is used.
 * [OIDC Core 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
 */
export class UserinfoSuccessResponse extends JwtMessage {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** REQUIRED. The user at this issuer; 1 to 255 characters, case-sensitive. */
  @ShortText() readonly sub!: string;
}
