import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Public, UseClient } from './index.js';
import { clientNameOf, isPublic } from './rules.js';

@UseClient('staff')
@Public()
class Decorated {
  plain = (): void => undefined;
  @UseClient('guests') @Public() guests(): void {}
}
class Plain {}

const contextOf = (type: new () => object, handler: () => void): ExecutionContextHost =>
  new ExecutionContextHost([], type, handler);
const { guests } = Object.getOwnPropertyDescriptors(Decorated.prototype);
const plain = (): void => undefined;

it("the handler's client holds over its class's, that over the default", () => {
  expect(clientNameOf(contextOf(Decorated, guests.value as () => void))).toBe('guests');
  expect(clientNameOf(contextOf(Decorated, plain))).toBe('staff');
  expect(clientNameOf(contextOf(Plain, plain))).toBeUndefined();
});

it('@Public() says so of what it stands at, and of nothing else', () => {
  expect([isPublic(Decorated), isPublic(guests.value as () => void)]).toEqual([true, true]);
  expect([isPublic(Plain), isPublic(plain)]).toEqual([false, false]);
});
