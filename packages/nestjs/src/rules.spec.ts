import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Public, UseClient } from './index.js';
import { rulesOf } from './rules.js';

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
const clientOf = (context: ExecutionContextHost): string | undefined => rulesOf(context).clientName;

it("the handler's client holds over its class's, that over the default", () => {
  expect(clientOf(contextOf(Decorated, guests.value as () => void))).toBe('guests');
  expect(clientOf(contextOf(Decorated, plain))).toBe('staff');
  expect(clientOf(contextOf(Plain, plain))).toBeUndefined();
});

it('@Public() says that no guard decides, of what it stands at and of nothing else', () => {
  const guards = (type: new () => object, handler: () => void): unknown => rulesOf(contextOf(type, handler)).guards;
  expect(guards(Decorated, plain)).toEqual([]);
  expect(guards(Plain, guests.value as () => void)).toEqual([]);
  expect(guards(Plain, plain)).toBeUndefined();
});
