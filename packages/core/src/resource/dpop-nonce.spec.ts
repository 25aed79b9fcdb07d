import { TestClock } from '../../test/clock.js';
import { ConfigurationError } from '../errors.js';
import { DpopNonces } from './dpop-nonce.js';

const secret = 'a secret that all machines of this API share';
const other = 'another secret that came after the first one';
let clock: TestClock;

beforeEach(() => {
  clock = new TestClock(1_800_000_000_000); // the beginning of a period of 150 s
});

describe('DpopNonces [R79]', () => {
  it('hands out the same nonce for a period, then another', () => {
    const nonces = new DpopNonces({ clock, secret });
    const first = nonces.current();
    clock.advance(149_999);
    expect(nonces.current()).toBe(first);
    clock.advance(1);
    expect(nonces.current()).not.toBe(first);
  });

  it.each([
    [0, 'fresh'],
    [149_999, 'fresh'],
    [150_000, 'stale'],
    [299_999, 'stale'],
    [300_000, 'wrong'],
    [-1, 'fresh'],
    [-150_001, 'wrong'],
  ] as const)('%s ms later a nonce is %s', (later, verdict) => {
    const nonces = new DpopNonces({ clock, secret });
    const nonce = nonces.current();
    clock.advance(later);
    expect(nonces.judge(nonce)).toBe(verdict);
  });

  it.each([['', 'x', 'a'.repeat(24), 'é'.repeat(24)]])('%s is wrong', (nonce) => {
    expect(new DpopNonces({ clock, secret }).judge(nonce)).toBe('wrong');
  });

  it('is the same on every machine with the secret, and on no other [D22]', () => {
    const nonce = new DpopNonces({ clock, secret }).current();
    expect(new DpopNonces({ clock, secret }).judge(nonce)).toBe('fresh');
    expect(new DpopNonces({ clock, secret: other }).judge(nonce)).toBe('wrong');
    expect(new DpopNonces({ clock }).judge(nonce)).toBe('wrong');
    expect(new DpopNonces({ clock }).current()).not.toBe(new DpopNonces({ clock }).current());
  });

  it('takes nonces of every secret and makes them with the first, so that secrets can be exchanged', () => {
    const before = new DpopNonces({ clock, secret });
    const during = new DpopNonces({ clock, secret: [other, secret] });
    const after = new DpopNonces({ clock, secret: other });
    expect(during.judge(before.current())).toBe('fresh');
    expect(after.judge(during.current())).toBe('fresh');
    expect(before.judge(during.current())).toBe('wrong');
  });

  it('takes another period', () => {
    const nonces = new DpopNonces({ clock, secret, period: 10 });
    const nonce = nonces.current();
    clock.advance(10_000);
    expect(nonces.judge(nonce)).toBe('stale');
    clock.advance(10_000);
    expect(nonces.judge(nonce)).toBe('wrong');
  });

  it.each([['x'.repeat(31)], [['x'.repeat(32), 'short']], [[]], ['']])('refuses the secret %j [R96]', (bad) => {
    const make = (): DpopNonces => new DpopNonces({ clock, secret: bad });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/^Option dpop\.nonce: expected a secret of at least 32 bytes/);
  });
});
