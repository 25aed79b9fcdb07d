import { Injectable } from '@nestjs/common';

/** Who ordered what, by the `sub` of users. */
@Injectable()
export class OrderBook {
  private readonly orders = new Map<string, readonly string[]>();

  of(sub: string): readonly string[] {
    return this.orders.get(sub) ?? [];
  }

  add(sub: string, item: string): readonly string[] {
    const all = [...this.of(sub), item];
    this.orders.set(sub, all);
    return all;
  }
}
