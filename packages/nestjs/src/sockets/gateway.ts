import { ConfigurationError, show } from '@latchkey/core';
import type { CanActivate, Type } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { Module } from '@nestjs/core/injector/module.js';
import { OidcGuard } from '../guards/oidc-guard.js';
import { isOurs, rulesOf } from '../rules.js';

/** Stands for the method of a gateway that has none. */
function handleConnection(): void {}

/**
 * A gateway, whose connections are guarded as its `handleConnection` is, whether it has one or not: by what stands at
 * that method, at the class, or at the whole application.
 */
export class Gateway {
  readonly name: string;
  readonly #type: Type;
  readonly #handler: () => void;
  readonly #guardsOf: () => readonly CanActivate[];
  #guards: readonly CanActivate[] | undefined;

  constructor(type: Type, module: Module, config: ApplicationConfig) {
    this.name = type.name;
    this.#type = type;
    const { handleConnection: own } = type.prototype as { handleConnection?: () => void };
    this.#handler = own ?? handleConnection;
    this.#guardsOf = () =>
      rulesOf(this.#context()).guards?.map((guard) => instanceOf(guard, module)) ?? globalGuards(config);
  }

  /** Those of ours that are asked. */
  get guards(): readonly CanActivate[] {
    return (this.#guards ??= this.#guardsOf());
  }

  /** Whether a token may come in a message, which only guards that take tokens wait for. */
  get takesTokens(): boolean {
    return this.guards.some((guard) => guard instanceof OidcGuard && guard.takesTokens);
  }

  /** @throws what its guards throw for a client that may not connect */
  async admit(client: object): Promise<void> {
    for (const guard of this.guards) {
      if ((await guard.canActivate(this.#context(client))) !== true)
        throw new Error(`A guard of ${this.name} refused.`);
    }
  }

  #context(client?: object): ExecutionContextHost {
    const context = new ExecutionContextHost([client], this.#type, this.#handler);
    context.setType('ws');
    return context;
  }
}

function globalGuards(config: ApplicationConfig): readonly CanActivate[] {
  const scoped = config.getGlobalRequestGuards().find(({ metatype }) => metatype && isOurs(metatype));
  if (scoped) throw notLasting(scoped.name);
  return config.getGlobalGuards().filter(isOurs);
}

/** `@UseGuards()` takes instances, and classes of which Nest has made one for the module; a test may have put another in its place. */
function instanceOf(guard: object, module: Module): CanActivate {
  if (typeof guard !== 'function') return guard as CanActivate;
  const made = module.injectables.get(guard as Type);
  if (made?.isDependencyTreeStatic()) return made.instance as CanActivate;
  throw notLasting(guard.name);
}

function notLasting(name: unknown): ConfigurationError {
  return new ConfigurationError(
    'invalid_option',
    `Expected guards of gateways that live as long as the application, came ${show(name)} of another scope.`,
  );
}
