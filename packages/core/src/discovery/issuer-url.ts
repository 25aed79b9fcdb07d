import { ConfigurationError, show } from '../errors.js';

/**
 * Checks the URL of an OP that was configured: https, or http on loopback, or http at all where that is allowed.
 *
 * @throws {ConfigurationError} `invalid_option`, naming the option
 */
export function requireTrustedUrl(
  option: 'issuer' | 'discoveryUrl' | 'jwksUri',
  value: string,
  allowHttp: boolean,
): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const trusted = url?.protocol === 'https:' || (url?.protocol === 'http:' && (allowHttp || isLoopback(value)));
  // RFC 8414, section 2, has no query or fragment in an issuer; some OPs tell their tenants by the query of a discoveryUrl.
  const bare = option !== 'issuer' || !/[?#]/.test(value);
  if (trusted && bare && !url.username && !url.password) return;
  const expected = `an https URL (http on loopback)${option === 'issuer' ? ' without query and fragment' : ''}`;
  throw new ConfigurationError('invalid_option', `${option}: expected ${expected}, came ${show(value)}`);
}

/** Whether a URL leads to this machine alone. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Where an issuer publishes its metadata; the one slash that may end the issuer is not doubled.
 *
 * @see [OIDC Discovery, section 4.1](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest)
 */
export function wellKnownUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Where an authorization server that is no OP publishes its metadata: between the host and the path of its issuer.
 *
 * @see [RFC 8414, section 3.1](https://www.rfc-editor.org/rfc/rfc8414#section-3.1)
 */
export function authorizationServerUrl(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`;
}
