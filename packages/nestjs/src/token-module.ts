import { type TokenOptions, TokenVerifier } from '@latchkey/core';
import { ConfigurableModuleBuilder, type DynamicModule, Inject, type OnApplicationShutdown } from '@nestjs/common';
import { logEvents } from './logging.js';
import { OidcCoreModule } from './oidc-core-module.js';
import { OidcRegistry } from './registry.js';
import { tokenVerifierToken } from './tokens.js';

/** What stands beside the options of the API, for `forRootAsync` too. */
export interface TokenModuleExtras {
  /** Whether all modules of the application may inject the verifier without importing this one; default false. */
  readonly isGlobal?: boolean;
  /** Tells the APIs of one application apart: see `UseClient` and `InjectTokenVerifier`. Default: none, for the default one. */
  readonly name?: string | undefined;
}

/** What this module makes: a verifier and what it is called. */
interface Made {
  readonly name: string | undefined;
  readonly verifier: TokenVerifier;
}
const MADE = Symbol('the verifier of TokenModule');

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<TokenOptions>({
  moduleName: 'Token',
})
  .setClassMethodName('forRoot')
  .setExtras<TokenModuleExtras>({ isGlobal: false, name: undefined }, moduleOf)
  .build();

function moduleOf(definition: DynamicModule, { isGlobal = false, name }: TokenModuleExtras): DynamicModule {
  const token = tokenVerifierToken(name);
  return {
    ...definition,
    global: isGlobal,
    imports: [...(definition.imports ?? []), OidcCoreModule],
    providers: [
      ...(definition.providers ?? []),
      {
        provide: token,
        useFactory: (options: TokenOptions) => new TokenVerifier(options),
        inject: [MODULE_OPTIONS_TOKEN],
      },
      { provide: MADE, useFactory: (verifier: TokenVerifier): Made => ({ name, verifier }), inject: [token] },
    ],
    exports: [token],
  };
}

/**
 * Takes access tokens where nobody signs in: what `TokenGuard` needs in an API, and nothing else. An application that
 * signs people in gives `OidcModule` the option `token` instead. Provides the `TokenVerifier`. Once for each API.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example TokenModule.forRoot({ issuer: 'https://op.example', audience: 'https://api.example' })
 */
export class TokenModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  private readonly endLogging: () => void;

  /** Called by Nest. @internal */
  constructor(@Inject(MADE) { name, verifier }: Made, registry: OidcRegistry) {
    super();
    registry.addVerifier(name, verifier);
    this.endLogging = logEvents(verifier.refs);
  }

  /** Called by Nest when the application closes. */
  onApplicationShutdown(): void {
    this.endLogging();
  }
}
