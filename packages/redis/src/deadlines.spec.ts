import { Deadlines, Late, type Ends } from './deadlines.js';

function heard(): Ends & { readonly all: string[] } {
  const all: string[] = [];
  return {
    all,
    replied: () => void all.push('replied'),
    failed: (error) => {
      all.push(error instanceof Late ? 'late' : 'failed');
      return error as Error;
    },
  };
}

/** Work that somebody else ends. */
function work(): { promise: Promise<string>; end: (reply: string) => void; fail: (error: Error) => void } {
  let [end, fail] = [(_reply: string): void => undefined, (_error: Error): void => undefined];
  const promise = new Promise<string>((resolve, reject) => ([end, fail] = [resolve, reject]));
  return { promise, end, fail };
}

it('gives back what comes in time, reply or failure, and says which', async () => {
  const deadlines = new Deadlines(60_000);
  const ends = heard();
  const [good, bad] = [work(), work()];
  const both = [deadlines.bound(() => good.promise, ends), deadlines.bound(() => bad.promise, ends)];
  good.end('a');
  bad.fail(new Error('b'));
  await expect(both[0]).resolves.toBe('a');
  await expect(both[1]).rejects.toThrow('b');
  expect(ends.all).toEqual(['replied', 'failed']);
});

it('takes what is thrown at once for a failure', async () => {
  const ends = heard();
  const wait = new Deadlines(1).bound(() => {
    throw new Error('a');
  }, ends);
  await expect(wait).rejects.toThrow('a');
  expect(ends.all).toEqual(['failed']);
});

it('ends each that waits too long, in their order, and hears no more of them', async () => {
  const deadlines = new Deadlines(20);
  const ends = heard();
  const [first, answered, second, third] = [work(), work(), work(), work()];
  const waits = [first, answered, second].map(({ promise }) => deadlines.bound(() => promise, ends));
  answered.end('in time');
  await expect(waits[0]).rejects.toThrow('no answer within 20 ms');
  await expect(waits[2]).rejects.toBeInstanceOf(Late);
  first.end('too late');
  second.fail(new Error('too late'));
  // Nothing waits any more: the next one starts the timer again.
  await expect(deadlines.bound(() => third.promise, ends)).rejects.toBeInstanceOf(Late);
  expect(ends.all).toEqual(['replied', 'late', 'late', 'late']);
});

it('keeps the process alive while something waits, and no longer', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const deadlines = new Deadlines(60_000);
  for (let n = 0; n < 2; n++) {
    const [first, second] = [work(), work()];
    const waits = [first, second].map(({ promise }) => deadlines.bound(() => promise, heard()));
    first.end('a');
    await waits[0];
    expect(timers()).toBe(before + 1);
    second.end('b');
    await waits[1];
    expect(timers()).toBe(before);
  }
});
