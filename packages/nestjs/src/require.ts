import { checkPolicy, type ClaimDemand } from '@latchkey/core';
import { UseGuards } from '@nestjs/common';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { noteClaim, noteDemand } from './demands.js';
import { DemandGuard } from './guards/demand-guard.js';

/** Stands at a class or at a handler. */
export type DemandDecorator = ClassDecorator & MethodDecorator;

/**
 * Lets only access tokens pass that have all of these scopes; others get 403 with the challenge that names them. A session
 * has no scopes: a `LoginOrTokenGuard` lets one pass all the same, a `LoginGuard` nobody.
 * @throws ConfigurationError `invalid_option`
 * @example @RequireScope('orders:read', 'orders:write')
 */
export function RequireScope(...scopes: readonly string[]): DemandDecorator {
  checkPolicy({ scope: scopes });
  return demand((of) => noteDemand(of, 'scope', scopes));
}

/**
 * Lets only those pass of whom a claim is this value, or a list with it, or what the predicate says; others get 403. Of a
 * token it is a claim, of a session a member of the user.
 * @throws ConfigurationError `invalid_option`
 * @example @RequireClaim('role', 'admin')
 */
export function RequireClaim(name: string, wanted: ClaimDemand): DemandDecorator {
  checkPolicy({ claims: { [name]: wanted } });
  return demand((of) => noteClaim(of, name, wanted));
}

/**
 * Lets only users pass who have authenticated by one of these classes. Who has a session is sent to sign in better, and
 * comes back; who has a token gets 401 with the challenge of RFC 9470.
 * @throws ConfigurationError `invalid_option`
 * @example @RequireAcr('phr', 'phrh')
 */
export function RequireAcr(...classes: readonly string[]): DemandDecorator {
  checkPolicy({ acr: classes });
  return demand((of) => noteDemand(of, 'acr', classes));
}

/**
 * Lets only users pass who have authenticated at most so many seconds ago; others as `RequireAcr` says.
 * @throws ConfigurationError `invalid_option`
 * @example @RequireMaxAge(300)
 */
export function RequireMaxAge(seconds: number): DemandDecorator {
  // What is undefined where types say nothing would demand nothing.
  const maxAge = Number(seconds);
  checkPolicy({ maxAge });
  return demand((of) => noteDemand(of, 'maxAge', maxAge));
}

/** Beside every demand stands a guard that sees to it that somebody asks for it. */
function demand(note: (of: object) => void): DemandDecorator {
  return (target: object, name?: PropertyKey, descriptor?: PropertyDescriptor): void => {
    const of = (descriptor?.value as object | undefined) ?? target;
    note(of);
    const guards = (Reflect.getOwnMetadata(GUARDS_METADATA, of) ?? []) as readonly unknown[];
    if (!guards.includes(DemandGuard)) UseGuards(DemandGuard)(target as never, name as never, descriptor as never);
  };
}
