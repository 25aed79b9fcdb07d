import { isSignedOut } from '../module.js';

/** The user signs out at the OP, which frames the RP's logout page, with whatever a sid may hold. */
export const suiteModule = isSignedOut({
  variants: [
    { client_auth_type: 'client_secret_basic' },
    { client_auth_type: 'client_secret_basic', sid: '%&+="' },
    { client_auth_type: 'client_secret_basic', sid: ' <#?%' },
  ],
});
