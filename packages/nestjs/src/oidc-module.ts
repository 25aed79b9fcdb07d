import { OidcClient, type OidcOptions } from '@latchkey/core';
import { ConfigurableModuleBuilder, type DynamicModule, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { logEvents, withLogging } from './logging.js';
import { OidcCoreModule } from './oidc-core-module.js';
import { OidcRegistry } from './registry.js';
import { oidcClientToken, SessionStore } from './tokens.js';

/** What stands beside the options of the client, for `forRootAsync` too. */
export interface OidcModuleExtras {
  /** Whether all modules of the application may inject the client without importing this one; default false. */
  readonly isGlobal?: boolean;
  /** Tells the clients of one application apart: see `UseClient` and `InjectOidcClient`. Default: none, for the default client. */
  readonly name?: string;
}

/** What this module makes: a client and what it is called. */
interface Made {
  readonly name: string | undefined;
  readonly client: OidcClient;
}
const MADE = Symbol('the client of OidcModule');

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<Omit<OidcOptions, 'name'>>({
  moduleName: 'Oidc',
})
  .setClassMethodName('forRoot')
  .setExtras<OidcModuleExtras>({ isGlobal: false }, moduleOf)
  .build();

function moduleOf(definition: DynamicModule, { isGlobal = false, name }: OidcModuleExtras): DynamicModule {
  const token = oidcClientToken(name);
  const make = (options: OidcOptions): OidcClient =>
    new OidcClient({ ...withLogging(options), ...(name !== undefined && { name }) });
  const store = { provide: SessionStore, useFactory: (client: OidcClient) => client.store, inject: [token] };
  return {
    ...definition,
    global: isGlobal,
    imports: [...(definition.imports ?? []), OidcCoreModule],
    providers: [
      ...(definition.providers ?? []),
      { provide: token, useFactory: make, inject: [MODULE_OPTIONS_TOKEN] },
      { provide: MADE, useFactory: (client: OidcClient): Made => ({ name, client }), inject: [token] },
      ...(name === undefined ? [store] : []),
    ],
    exports: [token, ...(name === undefined ? [SessionStore] : [])],
  };
}

/**
 * Signs people in: serves the routes of a login and a logout on Express and on Fastify, whatever the application does
 * with its own, and provides the `OidcClient` and its `SessionStore`. Once for each client.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example OidcModule.forRoot({ issuer, clientId, clientSecret, baseUrl, session: { secret } })
 */
export class OidcModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  private readonly endLogging: () => void;

  /** Called by Nest. @internal */
  constructor(@Inject(MADE) { name, client }: Made, registry: OidcRegistry) {
    super();
    registry.add(name, client);
    this.endLogging = logEvents(client);
  }

  /** Called by Nest when the application closes. */
  onApplicationShutdown(): void {
    this.endLogging();
  }
}
