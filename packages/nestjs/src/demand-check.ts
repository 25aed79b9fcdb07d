import { ConfigurationError } from '@latchkey/core';
import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { ApplicationConfig, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { LoginGuard } from './guards/login-guard.js';
import { OidcGuard } from './guards/oidc-guard.js';
import { type Rules, rulesOf } from './rules.js';

type Method = () => unknown;

/**
 * Refuses to start where something is demanded that no guard could ask for. What is not known yet, such as a global guard
 * that is no guard of ours, is left to `DemandGuard`, which is asked at every call.
 */
@Injectable()
export class DemandCheck implements OnModuleInit {
  private readonly config: ApplicationConfig;
  private readonly modules: ModulesContainer;

  constructor(config: ApplicationConfig, modules: ModulesContainer) {
    this.config = config;
    this.modules = modules;
  }

  /** @throws ConfigurationError `invalid_option` naming the handler */
  onModuleInit(): void {
    const globals: readonly object[] = [
      ...this.config.getGlobalGuards(),
      ...this.config.getGlobalRequestGuards().flatMap(({ metatype }) => metatype ?? []),
    ];
    const wrappers = [...this.modules.values()].flatMap((each) => [
      ...each.controllers.values(),
      ...each.providers.values(),
    ]);
    for (const { metatype } of wrappers) if (isClass(metatype)) checkClass(metatype, globals);
  }
}

function checkClass(type: Type, globals: readonly object[]): void {
  const prototype = type.prototype as Record<string, Method>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    // What nothing is said of is no handler, whatever is said of its class.
    if (Reflect.getOwnMetadataKeys(prototype[name]!).length === 0) continue;
    const rules = rulesOf({ getHandler: () => prototype[name]!, getClass: <T>() => type as Type<T> });
    const fault = faultOf(rules, globals);
    if (fault !== undefined) throw new ConfigurationError('invalid_option', `${type.name}.${name}: ${fault}`);
  }
}

function faultOf({ demands, guards }: Rules, globals: readonly object[]): string | undefined {
  if (demands === undefined) return undefined;
  if ((guards ?? globals).length === 0)
    return 'expected a guard of @latchkey/nestjs where something is demanded, came none.';
  const deciding = guards ?? globals.filter((guard) => isA(OidcGuard, guard));
  if (demands.scope === undefined || deciding.length === 0 || !deciding.every((guard) => isA(LoginGuard, guard)))
    return undefined;
  return 'expected a TokenGuard or a LoginOrTokenGuard where @RequireScope() stands, came a LoginGuard: a session has no scopes.';
}

/** Guards are given as classes and as instances. */
function isA(type: { readonly prototype: object }, guard: object): boolean {
  const prototype = (typeof guard === 'function' ? guard.prototype : guard) as object;
  return prototype === type.prototype || Object.prototype.isPrototypeOf.call(type.prototype, prototype);
}

/** Providers may be made by functions, which have no methods. */
function isClass(metatype: unknown): metatype is Type {
  return typeof metatype === 'function' && typeof metatype.prototype === 'object' && metatype.prototype !== null;
}
