import { TestClock } from '../../test/clock.js';
import { PlainStore } from '../../test/plain-store.js';
import { logoutFaults, type Fault } from '../../test/store-faults.js';
import type { ContractCase } from './contract.js';
import { logoutStoreContract } from './logout-store-contract.js';

function contract(fault?: Fault): readonly ContractCase[] {
  return logoutStoreContract(() => {
    const clock = new TestClock();
    const store = new PlainStore(clock, fault);
    return Promise.resolve({ store, advance: (ms) => clock.advance(ms), close: () => Promise.resolve() });
  });
}

/** What the first case that fails says. */
async function firstFailure(cases: readonly ContractCase[]): Promise<unknown> {
  for (const { run } of cases) {
    try {
      await run();
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

it.each(contract().map((one) => [one.name, one] as const))('a right store passes: %s', async (_name, one) => {
  await one.run();
});

it.each(logoutFaults)('[RULE 2.1] a store is found out: %s', async (fault) => {
  expect(await firstFailure(contract(fault))).toMatchObject({ name: 'AssertionError' });
});

it('each case stands by itself, under a name of its own', () => {
  const names = contract().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
