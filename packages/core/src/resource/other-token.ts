/**
 * What else a token is, by what OPs write into their tokens or say of them: an OP signs its ID tokens, its logout
 * tokens and at some its refresh tokens with the keys of its access tokens, and none of these opens an API. Keycloak
 * says it in `typ`, Cognito in `token_use`, some introspection endpoints in `token_type`.
 */
export function otherTokenIn(claims: Readonly<Record<string, unknown>>): string | undefined {
  const { typ, token_use: use, token_type: type, events } = claims;
  if (typeof typ === 'string' && /^(?:id|logout|refresh|offline)$/i.test(typ)) return 'typ within';
  if (typeof use === 'string' && /^(?:id|id_token|refresh|refresh_token)$/i.test(use)) return 'token_use';
  if (typeof type === 'string' && /^refresh(?:_token)?$/i.test(type)) return 'token_type';
  return events === undefined ? undefined : 'events';
}
