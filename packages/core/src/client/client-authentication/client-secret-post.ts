import type { ClientAuthentication } from './authenticate.js';

/** Id and secret in the body. [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1) */
export function clientSecretPost(clientId: string, clientSecret: string): ClientAuthentication {
  return { headers: {}, parameters: { client_id: clientId, client_secret: clientSecret } };
}
