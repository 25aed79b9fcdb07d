import { UseGuards } from '@nestjs/common';
import { refusal } from '../../core/test/refusal.js';
import { Public, RequireAcr, RequireClaim, RequireMaxAge, RequireScope, TokenGuard } from './index.js';
import { type Demands, noteClaim, noteDemand } from './demands.js';
import { rulesOf } from './rules.js';

@UseGuards(TokenGuard)
@RequireScope('orders:read')
@RequireClaim('tenant', 'one')
@RequireClaim('role', 'cook')
@RequireAcr('silver', 'gold')
class Guarded {
  plain(): void {}
  @RequireScope('orders:write', 'orders:delete') write(): void {}
  @RequireClaim('role', 'admin') admin(): void {}
  @RequireMaxAge(0) now(): void {}
  @RequireAcr('gold') gold(): void {}
  @Public() everybody(): void {}
  @Public() @RequireScope('own') contradicting(): void {}
  @Public() @UseGuards(TokenGuard) held(): void {}
}
@RequireScope('heirs')
@RequireClaim('tenant', 'two')
class Heir extends Guarded {}
@Public()
@RequireScope('a')
class Contradicting {
  plain(): void {}
}
class Plain {
  plain(): void {}
}

const claims = { tenant: 'one', role: 'cook' };
const all = { scope: ['orders:read'], claims, acr: ['silver', 'gold'] };

it.each<[what: string, of: [new () => object, string], expected: Demands | undefined]>([
  ['nothing', [Plain, 'plain'], undefined],
  ['what its class demands', [Guarded, 'plain'], all],
  [
    'its own scopes in place of those of its class',
    [Guarded, 'write'],
    { ...all, scope: ['orders:write', 'orders:delete'] },
  ],
  ['its own claim in place of the same one', [Guarded, 'admin'], { ...all, claims: { ...claims, role: 'admin' } }],
  ['its own kind beside those of its class', [Guarded, 'now'], { ...all, maxAge: 0 }],
  ['its own classes in place of those of its class', [Guarded, 'gold'], { ...all, acr: ['gold'] }],
  ['nothing where everybody may call', [Guarded, 'everybody'], undefined],
  ['what stands at the same place all the same', [Guarded, 'contradicting'], { scope: ['own'] }],
  ['what its class demands where a guard holds beside', [Guarded, 'held'], all],
  ['what stands at a class for everybody', [Contradicting, 'plain'], { scope: ['a'] }],
  [
    'what its class demands, and the class that this extends',
    [Heir, 'plain'],
    { ...all, scope: ['heirs'], claims: { ...claims, tenant: 'two' } },
  ],
])('a handler demands %s', (_what, [type, name], expected) => {
  const handler = (type.prototype as Record<string, () => void>)[name]!;
  const { demands } = rulesOf({ getHandler: () => handler, getClass: () => type as never });
  expect(demands).toEqual(expected);
});

const scopes = 'Option scope: expected scopes, space-delimited or a list, came';
it.each<[what: string, step: () => unknown, message: string]>([
  ['no scope', () => RequireScope(), `${scopes} [].`],
  ['an empty one', () => RequireScope('a', ''), `${scopes} ["a",""].`],
  ['a blank one', () => RequireScope(' '), `${scopes} [" "].`],
  ['two in one text', () => RequireScope('a b'), `${scopes} ["a b"].`],
  ['one that is none', () => RequireScope(undefined as never), `${scopes} [null].`],
  [
    'a claim that nothing can be',
    () => RequireClaim('role', null as never),
    'Option claims.role: expected a value or a predicate, came null.',
  ],
  ['no class', () => RequireAcr(), 'Option acr: expected classes, space-delimited or a list, came [].'],
  [
    'half a second',
    () => RequireMaxAge(0.5),
    'Option maxAge: expected a whole number of seconds, 0 or more, came 0.5.',
  ],
  [
    'an undefined time',
    () => RequireMaxAge(undefined as never),
    'Option maxAge: expected a whole number of seconds, 0 or more, came null.',
  ],
  ['less than now', () => RequireMaxAge(-1), 'Option maxAge: expected a whole number of seconds, 0 or more, came -1.'],
])('[R96] refuses to demand %s, when the program is loaded', async (_what, step, message) => {
  expect(await refusal(step)).toMatchObject({ code: 'invalid_option', message });
});

it.each<[what: string, note: (of: object) => void, message: string]>([
  ['scopes', (of) => noteDemand(of, 'scope', ['a']), 'Expected one demand of scope at one place, came another one.'],
  ['one claim', (of) => noteClaim(of, 'a', 'b'), 'Expected one demand of claim "a" at one place, came another one.'],
])('[R96] refuses to demand %s twice at one place', async (_what, note, message) => {
  const place = (): void => undefined;
  note(place);
  noteClaim(place, 'other', true);
  expect(await refusal(() => note(place))).toMatchObject({ code: 'invalid_option', message });
});
