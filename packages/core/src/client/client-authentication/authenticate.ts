import type { OidcClient } from '../client.js';
import { clientSecretBasic } from './client-secret-basic.js';
import { clientSecretPost } from './client-secret-post.js';
import { none } from './none.js';

/** What a method adds to a request of the token endpoint. */
export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What is known of whoever proves itself: the RP at the token endpoint, an API at the introspection endpoint. */
export interface AuthenticatedClient {
  readonly ref: Pick<OidcClient['ref'], 'clientId'>;
  readonly settings: Pick<OidcClient['settings'], 'clientAuthMethod' | 'clientSecret'>;
}

/** Proves the client by the method that its options name; a new method is one file and one line here. */
export function authenticate(client: AuthenticatedClient): ClientAuthentication {
  const { clientAuthMethod, clientSecret = '' } = client.settings;
  const { clientId } = client.ref;
  switch (clientAuthMethod) {
    case 'client_secret_basic':
      return clientSecretBasic(clientId, clientSecret);
    case 'client_secret_post':
      return clientSecretPost(clientId, clientSecret);
    case 'none':
      return none(clientId);
  }
}
