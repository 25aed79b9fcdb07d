import { CurrentUser, LoginGuard } from '@latchkey/nestjs';
import { UseGuards } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { OrderBook } from './order-book.js';

/** A socket for the pages: its handshake and each of its messages are guarded. */
@WebSocketGateway({ path: '/live' })
@UseGuards(LoginGuard)
export class OrdersGateway {
  constructor(private readonly book: OrderBook) {}

  @SubscribeMessage('order')
  order(@CurrentUser('sub') sub: string, @MessageBody() item: unknown): object {
    return { event: 'orders', data: this.book.add(sub, String(item)) };
  }
}
