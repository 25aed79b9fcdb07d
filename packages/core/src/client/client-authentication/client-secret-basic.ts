import type { ClientAuthentication } from './authenticate.js';

/** Both parts are form-url-encoded before they are joined, so that a colon or a plus in them survives. [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1) */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuthentication {
  const credentials = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  return { headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }, parameters: {} };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}
