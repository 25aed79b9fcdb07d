import type { ClientAuthentication } from './authenticate.js';

/** A public client names itself; PKCE is what binds the code to it. [RFC 6749 section 3.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.2.1) */
export function none(clientId: string): ClientAuthentication {
  return { headers: {}, parameters: { client_id: clientId } };
}
