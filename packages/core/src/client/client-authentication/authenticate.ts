import type { Clock } from '../../clock.js';
import type { OidcClient } from '../client.js';
import type { Credentials } from '../credentials.js';
import { clientSecretBasic } from './client-secret-basic.js';
import { clientSecretPost } from './client-secret-post.js';
import { none } from './none.js';
import { privateKeyJwt } from './private-key-jwt.js';

/** What a method adds to a request of the token endpoint. */
export interface ClientAuthentication {
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What is known of whoever proves itself: the RP at the token endpoint, an API at the introspection endpoint. */
export interface AuthenticatedClient {
  readonly ref: Pick<OidcClient['ref'], 'clientId'>;
  readonly settings: Pick<Credentials, 'clientAuthMethod' | 'clientSecret'> &
    Partial<Pick<Credentials, 'clientKeys' | 'clientAssertionAudience'>>;
  readonly clock?: Clock;
}

/** Whom it proves itself to: the OP, as its metadata says. */
export interface ProvedTo {
  readonly issuer: string;
  readonly token_endpoint?: string | undefined;
}

/** Proves the client by the method that its options name; a new method is one file and one line here. */
export async function authenticate(client: AuthenticatedClient, to: ProvedTo): Promise<ClientAuthentication> {
  const { clientAuthMethod, clientSecret = '' } = client.settings;
  const { clientId } = client.ref;
  switch (clientAuthMethod) {
    case 'client_secret_basic':
      return clientSecretBasic(clientId, clientSecret);
    case 'client_secret_post':
      return clientSecretPost(clientId, clientSecret);
    case 'private_key_jwt':
      return privateKeyJwt(client, to);
    case 'none':
      return none(clientId);
  }
}
