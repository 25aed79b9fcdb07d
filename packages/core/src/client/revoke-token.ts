import { ResponseError, show } from '../errors.js';
import { RevocationError } from '../messages/revocation-error.js';
import { RevocationRequest } from '../messages/revocation-request.js';
import { authenticate } from './client-authentication/authenticate.js';
import type { OidcClient } from './client.js';

/** What is given back. */
export interface RevokedToken {
  readonly token: string;
  readonly hint: 'access_token' | 'refresh_token';
}

/**
 * Gives a token back to the OP. [RFC 7009 section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2)
 * @returns whether it did: an OP may have no revocation endpoint
 * @throws ResponseError `token_endpoint_error` with the OP's error code
 * @throws UnavailableError `op_unreachable`
 */
export async function revokeToken(client: OidcClient, { token, hint }: RevokedToken): Promise<boolean> {
  const metadata = await client.provider.metadata();
  const { revocation_endpoint: url } = metadata;
  if (url === undefined) return false;
  const { headers, parameters } = await authenticate(client, metadata);
  const request = RevocationRequest.of({ token, token_type_hint: hint, ...parameters });
  const answer = await client.http.send({ url, method: 'POST', headers, body: request.toForm(), accept: 'any' });
  if (answer.status === 200) return true;
  const { error } = RevocationError.fromJson(answer.text);
  throw new ResponseError(
    'token_endpoint_error',
    `The revocation endpoint answered ${answer.status} with ${show(error)}.`,
  );
}
