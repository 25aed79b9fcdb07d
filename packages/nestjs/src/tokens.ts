import { OidcClient, type SessionStore as Store, TokenVerifier } from '@latchkey/core';
import { Inject, type InjectionToken } from '@nestjs/common';

/** Where sessions live: what the store of the client without a name is injected by. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- Nest injects by a class, core knows the store by an interface
export abstract class SessionStore {}
/** The members of core's interface. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unsafe-declaration-merging -- as above
export interface SessionStore extends Store {}

/** What a client is injected by: `OidcClient` itself, or a token of its own where the client has a name. */
export function oidcClientToken(name?: string): InjectionToken<OidcClient> {
  return name === undefined ? OidcClient : `OidcClient:${name}`;
}

/** Injects a client by its name: `constructor(@InjectOidcClient('staff') client: OidcClient)`. */
export function InjectOidcClient(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(oidcClientToken(name));
}

/** What a verifier is injected by: `TokenVerifier` itself, or a token of its own where the client or the API has a name. */
export function tokenVerifierToken(name?: string): InjectionToken<TokenVerifier> {
  return name === undefined ? TokenVerifier : `TokenVerifier:${name}`;
}

/** Injects a verifier by its name: `constructor(@InjectTokenVerifier('partners') verifier: TokenVerifier)`. */
export function InjectTokenVerifier(name?: string): ParameterDecorator & PropertyDecorator {
  return Inject(tokenVerifierToken(name));
}
