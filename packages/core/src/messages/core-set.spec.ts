import { membersNamed, type Type } from '../../test/random-messages.js';
import * as messages from './index.js';

// The nineteen messages of the model that this set comes from, as it tells of them: [name, what is required, what may be there,
// whether it is frozen, whether it keeps what it does not know]. Written by hand, so that no mistake in a class is in here too.
const classes = messages as unknown as Record<string, Type>;
const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');

const metadata = `token_endpoint userinfo_endpoint registration_endpoint service_documentation op_policy_uri op_tos_uri
  end_session_endpoint introspection_endpoint scopes_supported response_types_supported acr_values_supported
  id_token_encryption_alg_values_supported id_token_encryption_enc_values_supported userinfo_signing_alg_values_supported
  userinfo_encryption_alg_values_supported userinfo_encryption_enc_values_supported
  request_object_signing_alg_values_supported request_object_encryption_alg_values_supported
  request_object_encryption_enc_values_supported token_endpoint_auth_signing_alg_values_supported display_values_supported
  claim_types_supported claims_supported claims_locales_supported ui_locales_supported response_modes_supported
  grant_types_supported token_endpoint_auth_methods_supported claims_parameter_supported request_parameter_supported
  request_uri_parameter_supported require_request_uri_registration frontchannel_logout_supported
  frontchannel_logout_session_supported backchannel_logout_supported backchannel_logout_session_supported`;
/** Members that the model lacks and a relying party uses. */
const added = `code_challenge_methods_supported revocation_endpoint introspection_endpoint_auth_methods_supported
  revocation_endpoint_auth_methods_supported authorization_response_iss_parameter_supported
  pushed_authorization_request_endpoint require_pushed_authorization_requests device_authorization_endpoint
  dpop_signing_alg_values_supported mtls_endpoint_aliases check_session_iframe tls_client_certificate_bound_access_tokens
  authorization_signing_alg_values_supported`;

const set: readonly (readonly [string, string, string, 'frozen' | 'mutable', 'allow' | 'ignore'])[] = [
  [
    'AuthenticationRequest',
    'scope response_type client_id redirect_uri',
    'state response_mode nonce display prompt max_age ui_locales id_token_hint login_hint acr_values code_challenge code_challenge_method',
    'mutable',
    'allow',
  ],
  ['AuthenticationSuccessResponse', 'code', 'state', 'frozen', 'ignore'],
  ['AuthenticationErrorResponse', 'error', 'error_description error_uri state', 'frozen', 'allow'],
  [
    'TokenRequest',
    'grant_type',
    'code redirect_uri client_id refresh_token username password scope code_verifier',
    'mutable',
    'allow',
  ],
  [
    'TokenSuccessResponse',
    'access_token token_type',
    'expires_in refresh_token refresh_expires_in scope id_token',
    'frozen',
    'ignore',
  ],
  ['TokenErrorResponse', 'error', 'error_description error_uri', 'frozen', 'allow'],
  ['UserinfoRequest', '', '', 'frozen', 'ignore'],
  ['UserinfoSuccessResponse', 'sub', '', 'frozen', 'allow'],
  ['UserinfoErrorResponse', 'error', 'error_description', 'frozen', 'allow'],
  ['IdToken', 'iss sub aud exp iat', 'auth_time nonce acr amr azp sid', 'frozen', 'allow'],
  ['JwtAccessToken', 'iss exp', 'aud sub client_id iat jti auth_time acr amr scope', 'frozen', 'allow'],
  ['TokenIntrospectionRequest', 'token', 'token_type_hint', 'mutable', 'allow'],
  [
    'TokenIntrospectionSuccessResponse',
    'active',
    'scope client_id username token_type exp iat nbf sub aud iss jti',
    'mutable',
    'allow',
  ],
  ['TokenIntrospectionErrorResponse', 'error', 'error_description error_uri', 'frozen', 'allow'],
  [
    'RpInitiatedLogoutRequest',
    '',
    'id_token_hint logout_hint client_id post_logout_redirect_uri state ui_locales',
    'mutable',
    'ignore',
  ],
  ['FrontChannelLogoutNotification', '', 'iss sid', 'frozen', 'ignore'],
  ['BackChannelLogoutNotification', 'logout_token', '', 'mutable', 'ignore'],
  // Of sub and sid one is required.
  ['BackChannelLogoutToken', 'iss aud iat jti events sub', 'sid exp', 'mutable', 'ignore'],
  [
    'ProviderMetadata',
    'issuer authorization_endpoint jwks_uri subject_types_supported id_token_signing_alg_values_supported',
    `${metadata} ${added}`.replaceAll('\n', ' '),
    'frozen',
    'allow',
  ],
];

it('has nineteen messages', () => expect(set).toHaveLength(19));

it.each(set)('%s has the members of the model, and requires what it requires', (name, required, optional) => {
  const type = classes[name] as Type;
  expect(membersNamed(type)).toEqual(expect.arrayContaining([...words(required), ...words(optional)]));
  // What class-validator says of a message without anything: the members that it demands.
  const failing = /^\w+: (.*)\.$/.exec(refusalOf(type))?.[1]?.split('; ') ?? [];
  expect(failing.map((text) => text.split(' ', 1)[0]).sort()).toEqual(words(required).sort());
});

it.each(set)(
  '%s takes what it does not know, and changes, as the model says',
  (name, _required, _optional, ...model) => {
    const type = classes[name] as Type;
    expect([type.frozen ? 'frozen' : 'mutable', type.extra]).toEqual(model);
  },
);

it.each([
  [
    messages.AuthenticationErrorCode,
    `access_denied account_selection_required consent_required interaction_required invalid_request invalid_request_object
    invalid_request_uri invalid_scope login_required registration_not_supported request_not_supported
    request_uri_not_supported server_error temporarily_unavailable unauthorized_client unsupported_response_type`,
  ],
  [
    messages.TokenErrorCode,
    'invalid_client invalid_grant invalid_request invalid_scope unauthorized_client unsupported_grant_type',
  ],
])('enumerates the error codes of the model, #%#', (codes, names) => {
  const expected = words(names.replaceAll('\n', ' '));
  expect(codes).toEqual(Object.fromEntries(expected.map((code) => [code, code])));
});

function refusalOf(type: Type): string {
  try {
    type.fromJson({});
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
