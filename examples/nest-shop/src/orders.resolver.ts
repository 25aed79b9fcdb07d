import { CurrentUser, LoginOrTokenGuard } from '@latchkey/nestjs';
import { UseGuards } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { OrderBook } from './order-book.js';

/** GraphQL, for both. */
@Resolver()
@UseGuards(LoginOrTokenGuard)
export class OrdersResolver {
  constructor(private readonly book: OrderBook) {}

  @Query(() => [String])
  orders(@CurrentUser('sub') sub: string): readonly string[] {
    return this.book.of(sub);
  }
}
