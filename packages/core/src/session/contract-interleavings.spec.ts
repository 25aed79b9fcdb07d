import { TestClock } from '../../test/clock.js';
import { PlainStore } from '../../test/plain-store.js';
import type { Fault } from '../../test/store-faults.js';
import { interleavings } from './contract-interleavings.js';
import { contractOf } from './contract.js';

// Each of these stores is right as long as one call follows the other.
it.each<Fault>([
  'create waits between its look at the marks and its write',
  'update waits between its look at the version and its write',
  'touch waits between its read and its write',
  'end marks after it has ended',
  'end waits between its look at the sessions and their removal',
])('[RULE 2.1] [R61] finds the race where %s', async (fault) => {
  const make = (clock = new TestClock()) =>
    Promise.resolve({
      store: new PlainStore(clock, fault),
      advance: (ms: number) => clock.advance(ms),
      close: () => Promise.resolve(),
    });
  const outcomes = await Promise.allSettled(contractOf(make, interleavings).map(({ run }) => run()));
  expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
});
