import { ConfigurationError, show } from '../errors.js';
import { isSupported } from '../keys/algorithms.js';
import { type ClientKey, importClientKeys } from '../keys/client-keys.js';
import { keyAlgorithms } from '../keys/decrypt-jwe.js';
import type { VerifyJwtOptions } from '../keys/verify-jwt.js';
import type { ClientAssertionAudience, ClientAuthMethod, NewSecrets, OidcOptions } from '../options.js';

/** How a client proves itself, and what opens that which is for it alone. */
export interface Credentials {
  readonly clientAuthMethod: ClientAuthMethod;
  readonly clientSecret: string | undefined;
  /** Sign assertions: the first of them. */
  readonly clientKeys: readonly ClientKey[];
  /** Whom assertions are for. */
  readonly clientAssertionAudience: ClientAssertionAudience;
  readonly decryptionKeys: readonly ClientKey[];
  /** The algorithm by which ID tokens and logout tokens must come encrypted; undefined: they may. */
  readonly idTokenEncryptedBy: string | undefined;
}

/**
 * Collects them from the options.
 * @throws ConfigurationError `invalid_option` where one needs another, or a key is none
 */
export function credentialsOf(options: OidcOptions): Credentials {
  const { clientSecret, idTokenEncryptedResponseAlg: idTokenEncryptedBy, clientAssertionAudience = 'issuer' } = options;
  const clientAuthMethod = authMethodOf(options);
  refuseContradictions(options);
  const keys = importClientKeys(options);
  return { clientAuthMethod, clientSecret, clientAssertionAudience, idTokenEncryptedBy, ...keys };
}

/**
 * The credentials with those in place that are new.
 * @throws ConfigurationError `invalid_option` where there was none to replace, or a key is none
 */
export function renewed(old: Credentials, given: NewSecrets): Credentials {
  const { clientSecret = old.clientSecret } = given;
  if (given.clientSecret !== undefined && old.clientSecret === undefined) throw nothingToReplace('clientSecret');
  for (const name of ['clientKeys', 'decryptionKeys'] as const)
    if (given[name] !== undefined && old[name].length === 0) throw nothingToReplace(name);
  return { ...old, clientSecret, ...importClientKeys(given, old, 'replaceSecrets.') };
}

/** What `verifyJwt` needs to open an ID token or a logout token. */
export function decryptionOf({
  decryptionKeys,
  idTokenEncryptedBy,
}: Credentials): Pick<VerifyJwtOptions, 'decryptionKeys' | 'encryptedBy'> {
  return { decryptionKeys: decryptionKeys.map(({ key }) => key), encryptedBy: idTokenEncryptedBy };
}

/** The options that say how a client proves itself. */
export type ClientAuthOptions = Pick<
  OidcOptions,
  'clientAuthMethod' | 'clientKeys' | 'clientSecret' | 'clientAssertionAudience'
>;

/**
 * How a client proves itself: as it is told, or as it can.
 * @throws ConfigurationError `invalid_option` where that needs what is not there, or not what is
 */
export function authMethodOf(options: ClientAuthOptions, path = ''): ClientAuthMethod {
  const { clientSecret, clientKeys, clientAssertionAudience } = options;
  const able =
    clientKeys !== undefined ? 'private_key_jwt' : clientSecret === undefined ? 'none' : 'client_secret_basic';
  const method = options.clientAuthMethod ?? able;
  const since = `since clientAuthMethod is ${method}`;
  if (clientSecret === undefined && method.startsWith('client_secret'))
    throw invalid(`${path}clientSecret`, `a text, ${since}`, 'nothing');
  if (clientKeys === undefined && method === 'private_key_jwt')
    throw invalid(`${path}clientKeys`, `private keys, ${since}`, 'nothing');
  if (clientKeys !== undefined && method !== 'private_key_jwt')
    throw invalid(`${path}clientKeys`, `nothing, ${since}`, 'a list');
  if (clientAssertionAudience !== undefined && method !== 'private_key_jwt')
    throw invalid(`${path}clientAssertionAudience`, `nothing, ${since}`, show(clientAssertionAudience));
  return method;
}

function refuseContradictions(options: OidcOptions): void {
  const { clientSecret, clientKeys, decryptionKeys, routes } = options;
  const { idTokenSignedResponseAlg: signedBy, idTokenEncryptedResponseAlg: encryptedBy } = options;
  if (signedBy !== undefined && !isSupported(signedBy))
    throw invalid('idTokenSignedResponseAlg', 'an algorithm that is supported', show(signedBy));
  if (signedBy?.startsWith('HS') && clientSecret === undefined)
    throw invalid('clientSecret', `a text, since idTokenSignedResponseAlg is ${signedBy}`, 'nothing');
  if (encryptedBy !== undefined && !keyAlgorithms.includes(encryptedBy))
    throw invalid('idTokenEncryptedResponseAlg', keyAlgorithms.join(' or '), show(encryptedBy));
  if (encryptedBy !== undefined && decryptionKeys === undefined)
    throw invalid('decryptionKeys', 'private keys, since idTokenEncryptedResponseAlg is set', 'nothing');
  if (typeof routes?.jwks === 'string' && clientKeys === undefined && decryptionKeys === undefined)
    throw invalid('routes.jwks', 'nothing, since there are no keys to serve', show(routes.jwks));
}

function nothingToReplace(name: string): ConfigurationError {
  return invalid(`replaceSecrets.${name}`, 'nothing, since this client has none', 'one');
}

function invalid(option: string, expected: string, came: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `Option ${option}: expected ${expected}, came ${came}.`);
}
