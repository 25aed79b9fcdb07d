import 'reflect-metadata';
import { GUARDS_METADATA } from '@nestjs/common/constants.js';
import { refusal } from '../../core/test/refusal.js';
import { DemandGuard, RequireAcr, RequireClaim, RequireMaxAge, RequireScope } from './index.js';
import { rulesOf } from './rules.js';

@RequireScope('a', 'b')
@RequireClaim('role', 'admin')
class Orders {
  @RequireAcr('silver', 'gold')
  @RequireMaxAge(300)
  list(this: void): void {}
}

it('notes what is demanded, and puts a guard beside it once', () => {
  const handler = Orders.prototype.list;
  const { demands } = rulesOf({ getHandler: () => handler, getClass: () => Orders as never });
  expect(demands).toEqual({ scope: ['a', 'b'], claims: { role: 'admin' }, acr: ['silver', 'gold'], maxAge: 300 });
  expect(Reflect.getMetadata(GUARDS_METADATA, Orders)).toEqual([DemandGuard]);
  expect(Reflect.getMetadata(GUARDS_METADATA, handler)).toEqual([DemandGuard]);
});

it.each<[what: string, decorate: () => unknown]>([
  ['no scope', () => RequireScope()],
  ['a scope that is empty', () => RequireScope('')],
  ['a scope with spaces around it', () => RequireScope(' a')],
  ['a scope that is no text', () => RequireScope(1 as never)],
  ['no class', () => RequireAcr()],
  ['a class that is empty', () => RequireAcr('')],
  ['an age that is negative', () => RequireMaxAge(-1)],
  ['an age that is no whole number', () => RequireMaxAge(1.5)],
])('[R96] refuses %s where the decorator stands', async (_what, decorate) => {
  expect(await refusal(decorate)).toMatchObject({ code: 'invalid_option' });
});
