import {
  ConfigurationError,
  type OidcClient,
  show,
  type TokenOptions,
  tokenOptionsOf,
  TokenVerifier,
} from '@latchkey/core';

/**
 * What verifies the tokens that a client's program takes; undefined where the option `token` is left out.
 * @throws ConfigurationError `invalid_option`
 */
export function clientVerifier(
  client: OidcClient,
  token: Partial<TokenOptions> | undefined,
): TokenVerifier | undefined {
  if (token === undefined) return undefined;
  try {
    if (typeof token === 'object' && token !== null) return new TokenVerifier(tokenOptionsOf(client, token));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // The options of the client have some of the same names.
    throw new ConfigurationError(error.code, error.message.replace(/^Option /, 'Option token.'));
  }
  throw new ConfigurationError('invalid_option', `Option token: expected an object, came ${show(token)}.`);
}
