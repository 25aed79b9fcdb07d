/**
 * The stable names of everything that can go wrong. A code never changes its meaning;
 * the four groups say whose fault it is, which decides the HTTP status.
 */
export const errorCodes = {
  /** Ours to mend: found at construction or at discovery, never caused by a user. */
  configuration: ['invalid_option', 'invalid_metadata', 'issuer_mismatch', 'unsupported_algorithm'],
  /** The other side sent something that breaks the protocol. */
  response: [
    'invalid_message',
    'duplicate_parameter',
    'message_too_large',
    'unexpected_status',
    'unexpected_content_type',
    'jwt_malformed',
    'jwt_alg',
    'jwt_typ',
    'jwt_crit',
    'jwt_key',
    'jwt_signature',
    'id_token_missing',
    'id_token_iss',
    'id_token_sub',
    'id_token_aud',
    'id_token_azp',
    'id_token_exp',
    'id_token_nbf',
    'id_token_iat',
    'id_token_nonce',
    'id_token_auth_time',
    'id_token_acr',
    'id_token_hash',
    'logout_token_iss',
    'logout_token_aud',
    'logout_token_exp',
    'logout_token_iat',
    'logout_token_nonce',
    'logout_token_events',
    'logout_token_jti',
    'logout_token_replayed',
    'logout_token_unknown_session',
    'access_token_iss',
    'access_token_aud',
    'access_token_exp',
    'access_token_nbf',
    'access_token_iat',
    'access_token_kind',
    'access_token_claims',
    'access_token_inactive',
    'access_token_binding',
    'dpop_proof',
    'dpop_key',
    'dpop_signature',
    'dpop_htm',
    'dpop_htu',
    'dpop_ath',
    'dpop_iat',
    'dpop_nonce',
    'dpop_replayed',
    'token_type',
    'token_endpoint_error',
    'userinfo_sub',
    'userinfo_error',
    'state_mismatch',
    'response_iss',
  ],
  /** The user or a policy said no. */
  denied: [
    'login_unknown',
    'login_used',
    'login_expired',
    'login_refused',
    'login_ended',
    'authorization_error',
    'login_required',
    'not_a_navigation',
    'csrf_refused',
    'method_not_allowed',
    'invalid_request',
    'unknown_context',
    'token_required',
    'token_refused',
    'insufficient_scope',
    'insufficient_claims',
    'insufficient_user_authentication',
  ],
  /** The network, the OP or the store: nothing is lost, trying again may work. */
  unavailable: [
    'op_unreachable',
    'no_usable_key',
    'introspection_busy',
    'introspection_refused',
    'store_unavailable',
    'store_full',
    'prefetch',
  ],
} as const;

/** The kinds of failure, by fault. */
export type ErrorKind = keyof typeof errorCodes;
/**
 * Every error code, and what it says.
 *
 * Ours to mend, {@link ConfigurationError}:
 * - `invalid_option`: an option, or an argument, is missing, unknown or not what it must be
 * - `invalid_metadata`: the OP's metadata is not what the specification demands
 * - `issuer_mismatch`: the metadata names another issuer than the option
 * - `unsupported_algorithm`: the OP and we have no signature algorithm in common
 *
 * The other side's, {@link ResponseError}:
 * - `invalid_message`: a message lacks a member, or has one that is not what it must be
 * - `duplicate_parameter`: a parameter came twice
 * - `message_too_large`: a message is longer, or has more parameters, than any honest one
 * - `unexpected_status`: an endpoint answered with a status that says nothing
 * - `unexpected_content_type`: a body is of another kind than it must be
 * - `jwt_malformed`: no JWT in compact form, or one whose header cannot be read
 * - `jwt_alg`: a JWT is signed by an algorithm that was not agreed on
 * - `jwt_typ`: a JWT is of another kind
 * - `jwt_crit`: a JWT demands what we do not understand
 * - `jwt_key`: no key fits a JWT
 * - `jwt_signature`: no key of the sender signed a JWT
 * - `id_token_missing`: the token response has no ID token
 * - `id_token_iss`: an ID token is by another issuer
 * - `id_token_sub`: an ID token names no user, or another one than before
 * - `id_token_aud`: an ID token is not for us, or also for somebody whom we do not trust
 * - `id_token_azp`: an ID token was issued to somebody else
 * - `id_token_exp`: an ID token has expired
 * - `id_token_nbf`: an ID token is not valid yet
 * - `id_token_iat`: an ID token was issued too long ago, or in the future
 * - `id_token_nonce`: an ID token belongs to another login
 * - `id_token_auth_time`: the user authenticated too long ago
 * - `id_token_acr`: the user did not authenticate well enough
 * - `id_token_hash`: a code, an access token or a state is not the one that the ID token came with
 * - `logout_token_iss`: a logout token is by another issuer
 * - `logout_token_aud`: a logout token is not for us
 * - `logout_token_exp`: a logout token has expired
 * - `logout_token_iat`: a logout token was issued too long ago, or in the future
 * - `logout_token_nonce`: an ID token posing as a logout token
 * - `logout_token_events`: a JWT that is no logout token
 * - `logout_token_jti`: a logout token cannot be told from others
 * - `logout_token_replayed`: a logout token came before
 * - `logout_token_unknown_session`: a logout token names nobody who is signed in
 * - `access_token_iss`: an access token is by another issuer
 * - `access_token_aud`: an access token is for another API
 * - `access_token_exp`: an access token has expired
 * - `access_token_nbf`: an access token is not valid yet
 * - `access_token_iat`: an access token was issued in the future
 * - `access_token_kind`: a token of another kind posing as an access token
 * - `access_token_claims`: an access token lacks a claim that it must have
 * - `access_token_inactive`: the OP says that an access token is good no more, or never was
 * - `access_token_binding`: whoever sent an access token has not shown that it is theirs
 * - `dpop_proof`: a DPoP proof is missing, or is none
 * - `dpop_key`: a DPoP proof is by another key than the access token's
 * - `dpop_signature`: a DPoP proof is not signed by the key that it names
 * - `dpop_htm`: a DPoP proof is for another method
 * - `dpop_htu`: a DPoP proof is for another URL
 * - `dpop_ath`: a DPoP proof is for another access token
 * - `dpop_iat`: a DPoP proof was made too long ago, or in the future
 * - `dpop_nonce`: a DPoP proof lacks the nonce that is asked for, or has an old one
 * - `dpop_replayed`: a DPoP proof came before
 * - `token_type`: the OP issued a token of a kind that was not asked for
 * - `token_endpoint_error`: the token endpoint, or the revocation endpoint, answered with an error
 * - `userinfo_sub`: the userinfo is about another user
 * - `userinfo_error`: the userinfo endpoint answered with an error, or for somebody else
 * - `state_mismatch`: an answer belongs to another login
 * - `response_iss`: an answer is by another issuer
 *
 * The user's or the policy's, {@link DeniedError}:
 * - `login_unknown`: this browser began no such login
 * - `login_used`: this login came back before
 * - `login_expired`: this login took too long
 * - `login_refused`: `onLogin` refused the user
 * - `login_ended`: a logout came while the user was signing in
 * - `authorization_error`: the OP answered the login with an error: {@link AuthorizationError}
 * - `login_required`: nobody is signed in, or not any more
 * - `not_a_navigation`: a login must begin in the whole window
 * - `csrf_refused`: another site sent the request
 * - `method_not_allowed`: the route answers another method
 * - `invalid_request`: the request is not what the route takes
 * - `unknown_context`: a guard was asked about a call of a kind that it does not know
 * - `token_required`: no access token came
 * - `token_refused`: the access token is not accepted; the cause says why
 * - `insufficient_scope`: the access token was not granted what this takes
 * - `insufficient_claims`: a claim of the access token is not what this takes
 * - `insufficient_user_authentication`: the user must authenticate again, or better
 *
 * Nobody's, {@link UnavailableError}: trying again may work.
 * - `op_unreachable`: the OP does not answer
 * - `no_usable_key`: the OP's keys do not have the one that is needed, and were fetched a moment ago
 * - `introspection_busy`: the OP is being asked about as many tokens as it may be at once
 * - `introspection_refused`: the OP does not tell this API about tokens: its credentials are wrong, or it may not ask
 * - `store_unavailable`: the store does not answer
 * - `store_full`: the store has no room to remember what it must
 * - `prefetch`: the browser only looks ahead; nothing begins
 */
export type ErrorCode = (typeof errorCodes)[ErrorKind][number];
