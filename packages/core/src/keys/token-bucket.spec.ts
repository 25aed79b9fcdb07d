import { TestClock } from '../../test/clock.js';
import { TokenBucket } from './token-bucket.js';

/** How many can be taken at once. */
function drain(bucket: TokenBucket): number {
  let taken = 0;
  while (bucket.take()) taken += 1;
  return taken;
}

describe('[RULE 7.1] the budget', () => {
  it.each([
    ['is five', 0, 5, 0],
    ['grows by one every 10 s', 10_000, 5, 1],
    ['keeps what is not a whole one yet', 9_999, 5, 0],
    ['is never more than five', 3_600_000, 5, 5],
    ['goes on when the clock is turned back', -25_000, 5, 2],
  ])('%s', (_name, elapsed, first, second) => {
    const clock = new TestClock();
    const bucket = new TokenBucket(clock);
    expect(drain(bucket)).toBe(first);
    clock.advance(elapsed);
    expect(drain(bucket)).toBe(second);
  });

  it('loses no part of a second between two looks', () => {
    const clock = new TestClock();
    const bucket = new TokenBucket(clock);
    drain(bucket);
    clock.advance(6_000);
    expect(bucket.take()).toBe(false);
    clock.advance(4_000);
    expect(bucket.take()).toBe(true);
  });
});
