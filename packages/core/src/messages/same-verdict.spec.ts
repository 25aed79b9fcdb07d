import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { gatherMetadataOnce, goodMembers, minutes, runs, types } from '../../test/random-messages.js';
import { compileValidator } from './compiled-validator.js';

beforeAll(gatherMetadataOnce);

// What a member of a good message is broken with.
const garbage = [undefined, null, '', ' ', 'x', 'x'.repeat(256), '\u{1f600}'.repeat(128), '\ufe0f', 0, -1, 1.5, NaN, Infinity, 2 ** 53, true, [], [''], ['a b'], ['a', 1], [1, 'a'], [1], [null], [undefined], {}, { a: 1 }, { rel: 1 }, [{}], [[]], () => 1, Symbol('x'), new String('x'), new Number(1), new Date(0), new Set(['a']), new Set([1]), new Map([['a', 1]]), 10n]; // prettier-ignore

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(list.length, 1)];

it.each(types)(
  '%s is judged by the compiled validator as by class-validator',
  (name, type) => {
    const pool = fc.sample(goodMembers(name, type), 50).map((members) => Object.entries(type.fromJson(members)));
    const known = [...new Set(pool.flatMap((members) => members.map(([member]) => member)))];
    const compiled = compileValidator(type);
    const index = fc.nat();
    const property = fc.property(index, fc.array(fc.tuple(index, index), { maxLength: 3 }), (at, breaks) => {
      const broken = new type() as object as Record<string, unknown>;
      for (const [member, value] of pick(pool, at) ?? []) broken[member] = value;
      for (const [member, value] of breaks) broken[pick(known, member) ?? 'extra'] = pick(garbage, value);
      const expected = validateSync(broken, { forbidUnknownValues: false }).map(({ property }) => property);
      const failing = compiled(broken);
      if (failing.join() !== expected.join())
        throw new Error(`compiled: ${failing.join()}; class-validator: ${expected.join()}`);
    });
    fc.assert(property, runs(100_000, 10_000));
  },
  minutes,
);
