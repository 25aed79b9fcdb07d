import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { placeOf } from './place.js';

class Orders {
  list(this: void): void {}
}

it('names a handler by its class and method', () => {
  const { list } = Orders.prototype;
  expect(placeOf('GraphQL', new ExecutionContextHost([], Orders, list))).toBe('GraphQL Orders.list');
});

it.each([
  ['a filter has none', new ExecutionContextHost([])],
  ['there is no method', new ExecutionContextHost([], Orders)],
])('names the kind alone where %s', (_why, host) => {
  expect(placeOf('RPC', host)).toBe('RPC');
});
