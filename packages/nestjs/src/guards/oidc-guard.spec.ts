import { DeniedError } from '@latchkey/core';
import { type CanActivate, type Type, UseGuards } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { LoginGuard, OidcRegistry, Public } from '../index.js';

/** Another guard of ours, or a program's own on ours. */
class OtherGuard extends LoginGuard {}
class Foreign implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

const registry = new OidcRegistry();
const instance = new LoginGuard(registry);

class Plain {
  plain(): void {}
  @Public() everybody(): void {}
  @UseGuards(LoginGuard) login(): void {}
  @UseGuards(OtherGuard) other(): void {}
  @UseGuards(instance) made(): void {}
  @UseGuards(Foreign) foreign(): void {}
  @Public() @UseGuards(LoginGuard) both(): void {}
}
@Public()
class ForEverybody {
  plain(): void {}
  @UseGuards(LoginGuard) login(): void {}
}
@UseGuards(LoginGuard)
class Guarded {
  plain(): void {}
  @Public() everybody(): void {}
  @UseGuards(OtherGuard) other(): void {}
}

/** Whether the guard wants to know who calls: it cannot tell here, so it refuses. */
async function asks(guard: CanActivate, type: Type, method: string): Promise<boolean> {
  const handler = (type.prototype as Record<string, () => void>)[method]!;
  const context = new ExecutionContextHost([], type, handler);
  context.setType('carrier pigeon');
  try {
    return !(await guard.canActivate(context));
  } catch (error) {
    if (error instanceof DeniedError && error.code === 'unknown_context') return true;
    throw error;
  }
}

describe('what is said nearer to the handler holds', () => {
  it.each<[title: string, handler: [Type, string], CanActivate, expected: boolean]>([
    ['a global guard asks where nothing is said', [Plain, 'plain'], new LoginGuard(registry), true],
    ['a global guard asks but by guards that are not ours', [Plain, 'foreign'], new LoginGuard(registry), true],
    ['a global guard asks not at a handler for everybody', [Plain, 'everybody'], new LoginGuard(registry), false],
    ['a global guard asks not in a class for everybody', [ForEverybody, 'plain'], new LoginGuard(registry), false],
    ['a global guard asks not at a handler with another of ours', [Plain, 'other'], new LoginGuard(registry), false],
    ['a global guard asks not in a class with another of ours', [Guarded, 'plain'], new OtherGuard(registry), false],
    ["a class's guard asks at its handlers", [Guarded, 'plain'], new LoginGuard(registry), true],
    ["a class's guard asks not at a handler for everybody", [Guarded, 'everybody'], new LoginGuard(registry), false],
    ["a class's guard asks not at a handler with another of ours", [Guarded, 'other'], new LoginGuard(registry), false],
    ["a handler's guard asks at the handler", [Plain, 'login'], new LoginGuard(registry), true],
    ["a handler's guard asks in a class for everybody too", [ForEverybody, 'login'], new LoginGuard(registry), true],
    ["a handler's guard asks in a class with another of ours too", [Guarded, 'other'], new OtherGuard(registry), true],
    ["a handler's guard asks that is an instance", [Plain, 'made'], instance, true],
    ["a handler's guard asks beside @Public() too", [Plain, 'both'], new LoginGuard(registry), true],
  ])('%s', async (_title, [type, method], guard, expected) => {
    expect(await asks(guard, type, method)).toBe(expected);
  });
});

it.each(['ws', 'graphql', 'carrier pigeon'])(
  '[R87] [D12] a call over %s of which nothing is known is denied',
  async (kind) => {
    const context = new ExecutionContextHost([{}, {}], Plain, () => undefined);
    context.setType(kind);
    await expect(new LoginGuard(registry).canActivate(context)).rejects.toMatchObject({
      code: 'unknown_context',
      status: 403,
    });
  },
);
