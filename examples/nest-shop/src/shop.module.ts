import { LoginGuard, OidcModule, type OidcModuleOptions } from '@latchkey/nestjs';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { OrderBook } from './order-book.js';
import { OrdersController } from './orders.controller.js';
import { OrdersGateway } from './orders.gateway.js';
import { OrdersResolver } from './orders.resolver.js';
import { PagesController } from './pages.controller.js';

@Module({
  imports: [GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, autoSchemaFile: true })],
  controllers: [PagesController, OrdersController],
  providers: [OrderBook, OrdersResolver, OrdersGateway, { provide: APP_GUARD, useClass: LoginGuard }],
})
export class ShopModule {
  /** The shop at an OP. */
  static at(options: OidcModuleOptions): DynamicModule {
    return { module: ShopModule, imports: [OidcModule.forRoot(options)] };
  }
}
