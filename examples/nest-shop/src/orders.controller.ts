import { CurrentUser, RequireScope, TokenGuard } from '@latchkey/nestjs';
import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { OrderBook } from './order-book.js';

/** The API, for programs with an access token. */
@Controller('api/orders')
@UseGuards(TokenGuard)
export class OrdersController {
  constructor(private readonly book: OrderBook) {}

  @Get()
  @RequireScope('orders:read')
  list(@CurrentUser('sub') sub: string): readonly string[] {
    return this.book.of(sub);
  }

  @Post()
  @RequireScope('orders:write')
  add(@CurrentUser('sub') sub: string, @Body('item') item: unknown): readonly string[] {
    return this.book.add(sub, String(item));
  }
}
