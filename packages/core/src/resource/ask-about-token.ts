import { authenticate, type AuthenticatedClient } from '../client/client-authentication/authenticate.js';
import type { Provider } from '../discovery/provider.js';
import { ConfigurationError, ResponseError, show, UnavailableError } from '../errors.js';
import type { Http, HttpAnswer } from '../http.js';
import { asymmetricAlgorithms } from '../keys/algorithms.js';
import { verifyJwt, type VerifyJwtOptions } from '../keys/verify-jwt.js';
import {
  readIntrospectionResponse,
  TokenIntrospectionJwtResponse,
  TokenIntrospectionRequest,
  TokenIntrospectionSuccessResponse,
} from '../messages/index.js';
import { audienceOf } from '../messages/token-checks.js';

/** Who asks, and whom. */
export interface IntrospectionEndpoint {
  readonly provider: Pick<Provider, 'issuer' | 'keys'> & {
    metadata(): Promise<{
      readonly introspection_endpoint?: string | undefined;
      readonly token_endpoint?: string | undefined;
    }>;
  };
  readonly client: AuthenticatedClient;
  readonly http: Http;
  /** What this API is called in `aud`. */
  readonly audience: readonly string[];
  /** The signature algorithms of answers that are JWTs; default: the asymmetric ones. */
  readonly algorithms?: readonly string[] | undefined;
  /** Our private keys, where such answers come encrypted. */
  readonly decryptionKeys?: VerifyJwtOptions['decryptionKeys'];
}

/**
 * Asks the OP what a token is worth, once, with the API's own authentication. The answer is JSON, or JSON in a JWT
 * whose signature, `iss` and `aud` are checked first. [RFC 7662 section 2](https://www.rfc-editor.org/rfc/rfc7662#section-2),
 * [RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5)
 * @throws UnavailableError `op_unreachable`, `introspection_refused`: nothing was said of the token
 * @throws ConfigurationError `invalid_metadata`: there is no introspection endpoint
 */
export async function askAboutToken(
  endpoint: IntrospectionEndpoint,
  token: string,
): Promise<TokenIntrospectionSuccessResponse> {
  const { introspection_endpoint: url, token_endpoint } = await endpoint.provider.metadata();
  if (url === undefined)
    throw new ConfigurationError(
      'invalid_metadata',
      "Expected introspection_endpoint in the OP's metadata, came none.",
    );
  const { headers, parameters } = await authenticate(endpoint.client, {
    issuer: endpoint.provider.issuer,
    token_endpoint,
  });
  const request = TokenIntrospectionRequest.of({ token, token_type_hint: 'access_token', ...parameters });
  try {
    const answer = await endpoint.http.send({
      url,
      method: 'POST',
      headers: { ...headers, accept: 'application/token-introspection+jwt, application/json;q=0.9' },
      body: request.toForm(),
      accept: 'json-or-jwt',
    });
    return await readAnswer(endpoint, answer);
  } catch (error) {
    // An answer that is none says nothing of the token, which must not be refused for it.
    if (!(error instanceof ResponseError)) throw error;
    throw new UnavailableError('op_unreachable', `Introspection failed: ${error.message}`, { cause: error });
  }
}

async function readAnswer(
  endpoint: IntrospectionEndpoint,
  { status, contentType, text }: HttpAnswer,
): Promise<TokenIntrospectionSuccessResponse> {
  if (status === 200 && contentType.endsWith('jwt')) return readJwt(endpoint, text);
  if (status === 401 || status === 403) throw refused(`status ${status}`);
  const answer = readIntrospectionResponse({ status, body: text });
  if (!answer.ok) throw refused(show(answer.error.error));
  return answer.response;
}

async function readJwt(endpoint: IntrospectionEndpoint, jwt: string): Promise<TokenIntrospectionSuccessResponse> {
  const { provider, client, audience, decryptionKeys, algorithms = asymmetricAlgorithms } = endpoint;
  const { claims } = await verifyJwt(jwt, provider.keys('tokens'), {
    algorithms,
    types: TokenIntrospectionJwtResponse.jwtTypes,
    decryptionKeys,
    maxLength: 65_536,
  });
  const { iss, aud, token_introspection: answer } = TokenIntrospectionJwtResponse.fromJson(claims);
  if (iss !== provider.issuer) throw unusable(`iss ${show(provider.issuer)}, came ${show(iss)}`);
  const ours = [client.ref.clientId, ...audience];
  if (!audienceOf(aud).some((name) => ours.includes(name as string)))
    throw unusable(`aud to contain ${ours.map(show).join(' or ')}, came ${show(aud)}`);
  return TokenIntrospectionSuccessResponse.fromJson(answer);
}

function unusable(expected: string): UnavailableError {
  return new UnavailableError('op_unreachable', `Introspection failed: expected ${expected}.`);
}

function refused(came: string): UnavailableError {
  const message = `The introspection endpoint does not take the credentials of this API, or its question: ${came}.`;
  return new UnavailableError('introspection_refused', message);
}
