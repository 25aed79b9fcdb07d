import { systemClock } from '../../clock.js';
import { randomToken } from '../../crypto.js';
import { ConfigurationError } from '../../errors.js';
import type { AuthenticatedClient, ClientAuthentication, ProvedTo } from './authenticate.js';

/** Seconds that an assertion is good for. */
const life = 60;

/**
 * An assertion that the client signs, made anew for every request, so that none is ever sent twice. It is for the
 * issuer: one for an endpoint's address could be asked for by whoever names that address as its own.
 * [OIDC Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication), [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)
 * @throws ConfigurationError `invalid_metadata` when it shall be for a token endpoint and there is none
 */
export async function privateKeyJwt(
  { ref, settings, clock = systemClock }: AuthenticatedClient,
  { issuer, token_endpoint: tokenEndpoint }: ProvedTo,
): Promise<ClientAuthentication> {
  const aud = settings.clientAssertionAudience === 'token_endpoint' ? tokenEndpoint : issuer;
  if (aud === undefined)
    throw new ConfigurationError('invalid_metadata', "Expected token_endpoint in the OP's metadata, came nothing.");
  const [signer] = settings.clientKeys ?? [];
  if (!signer) throw new TypeError('private_key_jwt needs a key.');
  const { key, jwk } = signer;
  const { clientId } = ref;
  const iat = Math.floor(clock.now() / 1000);
  const { SignJWT } = await import('jose'); // only where a client has keys
  const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud, jti: randomToken(), iat, exp: iat + life })
    .setProtectedHeader({ alg: jwk.alg ?? '', kid: jwk.kid })
    .sign(key);
  return {
    headers: {},
    parameters: {
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    },
  };
}
