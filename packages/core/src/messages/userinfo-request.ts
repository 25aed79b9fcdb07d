import { Message } from './message.js';

/**
 * Asks for the claims about the user: from the RP to the OP's userinfo endpoint, GET or POST. It has no members; the access token
 * travels in the Authorization header. [OIDC Core 5.3.1](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoRequest)
 */
export class UserinfoRequest extends Message {}
