import type { Claims } from './deviations.js';
import { json, type OpAnswer } from './http.js';
import type { TestRun } from './test-run.js';

// ES256K among them: an RP must not stumble over what it does not know.
const signatures = ['RS', 'PS', 'ES'].flatMap((family) => ['256', '384', '512'].map((bits) => family + bits));
const algorithms = [...signatures, 'ES256K', 'EdDSA', 'Ed25519'];
const keyWraps = ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW', 'A128KW', 'A256KW', 'dir'];
const encryptions = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];

/** The metadata, as the suite has it: no `code_challenge_methods_supported`, nothing of RFC 9207, words in odd order. */
export function discovery(run: TestRun): OpAnswer {
  const { deviations } = run;
  const metadata = { ...metadataOf(run), ...(deviations.logout && logoutMetadata(run.issuer)) };
  return json(deviations.metadata?.(metadata, run) ?? metadata);
}

function metadataOf({ issuer, variant, deviations }: TestRun): Claims {
  const method = variant.client_auth_type;
  const methods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt'];
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}token`,
    jwks_uri: `${issuer}${deviations.jwksPath ?? 'jwks'}`,
    userinfo_endpoint: `${issuer}userinfo`,
    registration_endpoint: `${issuer}register`,
    scopes_supported: ['openid', 'phone', 'profile', 'email', 'address', 'offline_access'],
    response_types_supported: [
      ...['code', 'id_token code', 'token code id_token', 'id_token', 'token id_token', 'token code', 'token'],
    ],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    token_endpoint_auth_methods_supported: method === 'none' ? methods : [method],
    token_endpoint_auth_signing_alg_values_supported: [...algorithms, 'HS256', 'HS384', 'HS512'],
    grant_types_supported: ['authorization_code', 'implicit'],
    claims_parameter_supported: true,
    acr_values_supported: ['PASSWORD'],
    subject_types_supported: ['public', 'pairwise'],
    claim_types_supported: ['normal', 'aggregated', 'distributed'],
    claims_supported: ['sub', 'name', 'email', 'email_verified', 'phone_number', 'address', 'updated_at'],
    id_token_signing_alg_values_supported: ['none', ...algorithms],
    id_token_encryption_alg_values_supported: keyWraps,
    id_token_encryption_enc_values_supported: encryptions,
    request_object_signing_alg_values_supported: ['none', ...algorithms],
    request_object_encryption_alg_values_supported: keyWraps,
    request_object_encryption_enc_values_supported: encryptions,
    userinfo_signing_alg_values_supported: algorithms,
    userinfo_encryption_alg_values_supported: keyWraps,
    userinfo_encryption_enc_values_supported: encryptions,
  };
}

function logoutMetadata(issuer: string): Claims {
  return {
    check_session_iframe: `${issuer}check_session_iframe`,
    end_session_endpoint: `${issuer}end_session_endpoint`,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  };
}

export function jwks(run: TestRun): OpAnswer {
  return json({ keys: run.keys.current.map(({ jwk }) => jwk) });
}
