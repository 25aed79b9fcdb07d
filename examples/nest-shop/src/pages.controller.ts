import type { UserClaims } from '@latchkey/core';
import { CurrentUser, Public } from '@latchkey/nestjs';
import { Controller, Get } from '@nestjs/common';
import { OrderBook } from './order-book.js';

/** Pages for people; the guard of the whole application is `LoginGuard`. */
@Controller()
export class PagesController {
  constructor(private readonly book: OrderBook) {}

  @Get()
  @Public()
  home(@CurrentUser() user?: UserClaims): string {
    const out = '<form method="post" action="/auth/logout"><button>Sign out</button></form>';
    return `<h1>The shop</h1>${user ? `<p>Hello ${escaped(user.name ?? user.sub)}</p>${out}` : ''}<a href="/orders">Your orders</a>`;
  }

  @Get('orders')
  orders(@CurrentUser('sub') sub: string): string {
    const items = this.book.of(sub).map((item) => `<li>${escaped(item)}</li>`);
    return `<h1>Your orders</h1><ul>${items.join('')}</ul>`;
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
