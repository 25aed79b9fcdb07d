import { Global, Module, type NestModule } from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import { DemandCheck } from './demand-check.js';
import { mountRoutes } from './mount-routes.js';
import { OidcFilter } from './oidc-filter.js';
import { OidcRegistry } from './registry.js';
import { Gateways } from './sockets/gateways.js';

/** What an application has once, however many clients it has; global, so that guards work in every module. */
@Global()
@Module({
  providers: [OidcRegistry, DemandCheck, Gateways, { provide: APP_FILTER, useClass: OidcFilter }],
  exports: [OidcRegistry],
})
export class OidcCoreModule implements NestModule {
  private readonly host: HttpAdapterHost;
  private readonly registry: OidcRegistry;

  constructor(host: HttpAdapterHost, registry: OidcRegistry) {
    this.host = host;
    this.registry = registry;
  }

  /** Nest calls it before it has a route of its own, and only where there is HTTP. */
  configure(): void {
    mountRoutes(this.host.httpAdapter, this.registry);
  }
}
