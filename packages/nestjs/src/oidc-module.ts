import { OidcClient, type OidcOptions, type TokenOptions, type TokenVerifier } from '@latchkey/core';
import { ConfigurableModuleBuilder, type DynamicModule, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { clientVerifier } from './client-verifier.js';
import { logEvents, withLogging } from './logging.js';
import { OidcCoreModule } from './oidc-core-module.js';
import { OidcRegistry } from './registry.js';
import { oidcClientToken, SessionStore, tokenVerifierToken } from './tokens.js';

/** What stands beside the options of the client, for `forRootAsync` too. */
export interface OidcModuleExtras {
  /** Whether all modules of the application may inject the client without importing this one; default false. */
  readonly isGlobal?: boolean;
  /** Tells the clients of one application apart: see `UseClient` and `InjectOidcClient`. Default: none, for the default client. */
  readonly name?: string;
}

/** What `OidcModule` takes: the options of the client, and which access tokens are taken. */
export interface OidcModuleOptions extends Omit<OidcOptions, 'name'> {
  /**
   * Takes access tokens, for `TokenGuard` and `LoginOrTokenGuard`. What it leaves out is the client's: its issuer, its base
   * URL as the audience, its store, its clock and how the OP is reached. Default: no tokens are taken.
   */
  readonly token?: Partial<TokenOptions>;
}

/** What this module makes: a client, what verifies tokens, and what they are called. */
interface Made {
  readonly name: string | undefined;
  readonly client: OidcClient;
  readonly verifier: TokenVerifier | undefined;
}
const MADE = Symbol('the client of OidcModule');

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<OidcModuleOptions>({
  moduleName: 'Oidc',
})
  .setClassMethodName('forRoot')
  .setExtras<OidcModuleExtras>({ isGlobal: false }, moduleOf)
  .build();

function moduleOf(definition: DynamicModule, { isGlobal = false, name }: OidcModuleExtras): DynamicModule {
  const [token, verifierToken] = [oidcClientToken(name), tokenVerifierToken(name)];
  const make = ({ token: _token, ...options }: OidcModuleOptions): OidcClient =>
    new OidcClient({ ...withLogging(options), ...(name !== undefined && { name }) });
  const verifier = (client: OidcClient, options: OidcModuleOptions): TokenVerifier | undefined =>
    clientVerifier(client, options.token);
  const made = (client: OidcClient, its?: TokenVerifier): Made => ({ name, client, verifier: its });
  const store = { provide: SessionStore, useFactory: (client: OidcClient) => client.store, inject: [token] };
  return {
    ...definition,
    global: isGlobal,
    imports: [...(definition.imports ?? []), OidcCoreModule],
    providers: [
      ...(definition.providers ?? []),
      { provide: token, useFactory: make, inject: [MODULE_OPTIONS_TOKEN] },
      { provide: verifierToken, useFactory: verifier, inject: [token, MODULE_OPTIONS_TOKEN] },
      { provide: MADE, useFactory: made, inject: [token, verifierToken] },
      ...(name === undefined ? [store] : []),
    ],
    exports: [token, verifierToken, ...(name === undefined ? [SessionStore] : [])],
  };
}

/**
 * Signs people in: serves the routes of a login and a logout on Express and on Fastify, whatever the application does
 * with its own, and provides the `OidcClient`, its `SessionStore` and, with option `token`, the `TokenVerifier`. Once for
 * each client.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example OidcModule.forRoot({ issuer, clientId, clientSecret, baseUrl, session: { secret } })
 */
export class OidcModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  private readonly endLogging: () => void;

  /** Called by Nest. @internal */
  constructor(@Inject(MADE) { name, client, verifier }: Made, registry: OidcRegistry) {
    super();
    registry.add(name, client, verifier);
    this.endLogging = logEvents([client.ref, ...(verifier?.refs ?? [])]);
  }

  /** Called by Nest when the application closes. */
  onApplicationShutdown(): void {
    this.endLogging();
  }
}
