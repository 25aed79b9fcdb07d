import type { OidcClient } from '../client/client.js';
import { systemClock } from '../clock.js';
import { MemoryStore } from '../session/memory-store.js';
import { compilePolicy } from './policy.js';
import { senderSettingsOf } from './sender-settings.js';
import { checkTokenOptions, invalid, type TokenOptions } from './token-options.js';

/** What `requireLoginOrToken()` takes as `token`: what it leaves out is as for the client. */
export type ClientTokenOptions = Partial<Omit<TokenOptions, 'optional' | 'bodyToken'>>;

/** Stands in for what is known only with a client. */
const somewhere = 'https://latchkey.example';

/**
 * Checks what can be checked before there is a client. A session decides about what comes without an Authorization
 * header, so nothing else may bring a token, and none is optional.
 * @throws ConfigurationError `invalid_option`
 */
export function checkClientTokenOptions(given: ClientTokenOptions = {}): ClientTokenOptions {
  const { options } = checkTokenOptions({ issuer: somewhere, audience: somewhere, baseUrl: somewhere, ...given });
  for (const name of ['optional', 'bodyToken'] as const)
    if (options[name] !== undefined) throw invalid(name, 'nothing where sessions are taken too', String(options[name]));
  compilePolicy(options);
  senderSettingsOf(options, { clock: systemClock, store: new MemoryStore() });
  return given;
}

/**
 * Completes options by those of the client: its issuer, its base URL as the audience and as what DPoP proofs are held
 * against, its store, its clock, and how it reaches the OP.
 */
export function tokenOptionsOf(client: OidcClient, given: ClientTokenOptions = {}): TokenOptions {
  const { baseUrl, store, clock, http, settings, discoveryUrl } = client;
  return {
    issuer: client.ref.issuer,
    // Where the metadata of another issuer is, only its own options say.
    ...(given.issuer === undefined && given.jwksUri === undefined && { discoveryUrl }),
    audience: baseUrl,
    baseUrl,
    store,
    clock,
    http: http.options,
    clockTolerance: settings.clockTolerance,
    dangerouslyAllowHttp: settings.allowHttp,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  };
}
