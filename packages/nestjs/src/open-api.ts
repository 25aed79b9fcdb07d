import type { INestApplicationContext, Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import { OidcGuard, type SecurityRequirement } from './guards/oidc-guard.js';
import { OidcRegistry } from './registry.js';
import { type Rules, rulesOf } from './rules.js';
import { schemesOf } from './security-schemes.js';

/** Where `@ApiSecurity()` of `@nestjs/swagger` keeps what it is told; its package is not loaded for that. */
const API_SECURITY = 'swagger/apiSecurity';

/** What we have said of handlers: other applications in one process may say something else. */
const made = new WeakSet<object>();

/** What we use of an OpenAPI document, and of what `DocumentBuilder` builds. */
export interface OpenApi {
  /** Parts that the rest of the document refers to. */
  readonly components?: object;
}

/**
 * Adds the OPs of the application to an OpenAPI document as security schemes of type `openIdConnect`, and how its APIs
 * take tokens as those of type `http`; tells `@nestjs/swagger` which handlers ask for them, with the scopes that they
 * demand: those that guards of ours decide about, by `@UseGuards()` or as APP_GUARD. Where `@ApiSecurity()` stands, at a
 * handler or a class, it holds instead.
 * @example SwaggerModule.createDocument(app, describeGuards(app, new DocumentBuilder().setTitle('Shop').build()))
 */
export function describeGuards<Document extends OpenApi>(app: INestApplicationContext, document: Document): Document {
  const registry = app.get(OidcRegistry, { strict: false });
  const modules = [...app.get(ModulesContainer, { strict: false }).values()];
  const globals = modules
    .flatMap(({ providers }) => [...providers.values()])
    .filter(({ token }) => typeof token === 'string' && token.startsWith('APP_GUARD'))
    .map(({ instance }) => instance)
    .filter((guard) => guard instanceof OidcGuard);
  for (const { metatype } of modules.flatMap(({ controllers }) => [...controllers.values()])) {
    if (metatype) describeHandlers(metatype as Type, globals, registry);
  }
  const { securitySchemes } = (document.components ?? {}) as { securitySchemes?: object };
  const components = { ...document.components, securitySchemes: { ...schemesOf(registry), ...securitySchemes } };
  return { ...document, components };
}

function describeHandlers(type: Type, globals: readonly OidcGuard[], registry: OidcRegistry): void {
  if (Reflect.hasMetadata(API_SECURITY, type)) return;
  const prototype = type.prototype as Record<string, () => unknown>;
  for (const name of new MetadataScanner().getAllMethodNames(prototype)) {
    const handler = prototype[name]!;
    const said = Reflect.getMetadata(API_SECURITY, handler) as object | undefined;
    if (said && !made.has(said)) continue;
    const rules = rulesOf({ getHandler: () => handler, getClass: <T>() => type as Type<T> });
    const guards = rules.guards ?? globals;
    const alternatives = guards.length > 0 ? alternativesOf(guards, rules, registry) : [];
    made.add(alternatives);
    Reflect.defineMetadata(API_SECURITY, alternatives, handler);
  }
}

/** Each guard takes one of its own, and all of them have to be satisfied. */
function alternativesOf(
  guards: readonly object[],
  rules: Rules,
  registry: OidcRegistry,
): readonly SecurityRequirement[] {
  return guards.reduce<readonly SecurityRequirement[]>(
    (before, guard) => {
      const asked = ((typeof guard === 'function' ? guard.prototype : guard) as OidcGuard).alternatives(
        rules,
        registry,
      );
      return before.flatMap((required) => asked.map((more) => together(required, more)));
    },
    [{}],
  );
}

/** What two requirements ask for of the same scheme, both ask for. */
function together(one: SecurityRequirement, other: SecurityRequirement): SecurityRequirement {
  const schemes = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(
    schemes.map((name) => [name, [...new Set([...(one[name] ?? []), ...(other[name] ?? [])])]]),
  );
}
