import { inspect } from 'node:util';
import { Sealer, type Binding, type SealPurpose } from './sealer.js';

const secret = 'the secret of thirty-two bytes, a';
const binding: Binding = { issuer: 'https://op.example.com', clientId: 'app', baseUrl: 'https://app.example.com' };
const sealer = new Sealer(secret, binding);
const plain = 'Ålice "\u{1f600}"';

function thrownBy(act: () => unknown): unknown {
  try {
    return void act();
  } catch (error) {
    return error;
  }
}

it.each(['', 'a', plain, 'x'.repeat(100_000)])('opens what it sealed', (text) => {
  expect(sealer.open('login', 'name', sealer.seal('login', 'name', text))).toBe(text);
});

it('[RULE 1.2] seals anew each time: 4 bytes of key id, 12 of IV, the ciphertext, 16 of tag', () => {
  const [one, two] = [1, 2].map(() => Buffer.from(sealer.seal('login', 'name', 'abc'), 'base64url'));
  expect(one).toHaveLength(4 + 12 + 3 + 16);
  expect(one?.subarray(0, 4)).toEqual(two?.subarray(0, 4));
  expect(one?.subarray(4, 16)).not.toEqual(two?.subarray(4, 16));
});

describe('[RULE 1.2] [RULE 1.3] opens under nothing but its own', () => {
  const sealed = sealer.seal('login', 'name', plain);
  it.each<[string, SealPurpose, string, Sealer]>([
    ['purpose', 'logout', 'name', sealer],
    ['purpose tokens', 'tokens', 'name', sealer],
    ['purpose session', 'session', 'name', sealer],
    ['unknown purpose', 'other' as SealPurpose, 'name', sealer],
    ['name', 'login', 'other', sealer],
    ['empty name', 'login', '', sealer],
    ['issuer', 'login', 'name', new Sealer(secret, { ...binding, issuer: 'https://other.example.com' })],
    ['client', 'login', 'name', new Sealer(secret, { ...binding, clientId: 'other' })],
    ['base URL', 'login', 'name', new Sealer(secret, { ...binding, baseUrl: 'https://app.example.com:8443' })],
    ['secret', 'login', 'name', new Sealer(`${secret}b`, binding)],
  ])('%s', (_what, purpose, name, other) => {
    expect(other.open(purpose, name, sealed)).toBeUndefined();
  });
});

describe('[R42] refuses everything that is not exactly what was sealed', () => {
  const sealed = sealer.seal('login', 'name', plain);
  const bytes = Buffer.from(sealed, 'base64url');

  it('each bit flipped', () => {
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(sealer.open('login', 'name', flipped.toString('base64url'))).toBeUndefined();
    }
  });
  it('each length cut, so that a short tag never counts', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(sealer.open('login', 'name', bytes.subarray(0, length).toString('base64url'))).toBeUndefined();
      expect(sealer.open('login', 'name', sealed.slice(0, length))).toBeUndefined();
    }
  });
  it.each([
    ['padding', `${sealed}=`],
    ['a space', `${sealed} `],
    ['a line end', `${sealed}\n`],
    ['something behind', `${sealed}.A`],
    ['too long', 'A'.repeat(300_000)],
    ['too long by multiples', 'A'.repeat(5_000_000)],
    ['nothing', ''],
    ['no string', undefined as never],
    ['an object', { length: 1 } as never],
    ['null', null as never],
    ['unicode', '\ud800 \u{1f600}'],
  ])('%s', (_what, text) => {
    expect(sealer.open('login', 'name', text)).toBeUndefined();
  });
  it('the other alphabet', () => {
    let own = sealed;
    while (!/[-_]/.test(own)) own = sealer.seal('login', 'name', plain);
    expect(sealer.open('login', 'name', own)).toBe(plain);
    expect(sealer.open('login', 'name', own.replaceAll('-', '+').replaceAll('_', '/'))).toBeUndefined();
  });
  it('trailing bits that decode to the same bytes', () => {
    const short = sealer.seal('login', 'name', 'ab');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const alike = [...alphabet]
      .map((last) => short.slice(0, -1) + last)
      .filter((text) => Buffer.from(text, 'base64url').equals(Buffer.from(short, 'base64url')));
    expect(alike.length).toBeGreaterThan(1);
    expect(alike.filter((text) => sealer.open('login', 'name', text) !== undefined)).toEqual([short]);
  });
});

describe('[R47] secrets', () => {
  const [old, next] = ['o'.repeat(32), 'n'.repeat(32)];
  const sealed = new Sealer(old, binding).seal('login', 'name', plain);

  it('of several the first seals and all open, so that they rotate both ways', () => {
    const both = new Sealer([next, old], binding);
    expect(both.open('login', 'name', sealed)).toBe(plain);
    const fresh = both.seal('login', 'name', plain);
    expect(new Sealer([old, next], binding).open('login', 'name', fresh)).toBe(plain);
    expect(new Sealer(old, binding).open('login', 'name', fresh)).toBeUndefined();
    expect(new Sealer(next, binding).open('login', 'name', sealed)).toBeUndefined();
  });

  it('are exchanged while it runs, or stay when the new ones are refused', () => {
    const running = new Sealer(old, binding);
    expect(() => running.replaceSecrets([next, 'short'])).toThrow('session.secret');
    expect(running.open('login', 'name', sealed)).toBe(plain);
    running.replaceSecrets([next, old]);
    expect(running.open('login', 'name', sealed)).toBe(plain);
    expect(new Sealer(next, binding).open('login', 'name', running.seal('login', 'name', plain))).toBe(plain);
    running.replaceSecrets(next);
    expect(running.open('login', 'name', sealed)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['none', []],
    ['undefined', undefined],
    ['empty', ''],
    ['31 bytes', 'sesame'.padEnd(31, '!')],
    ['one short among good ones', ['x'.repeat(32), 'sesame']],
    ['no string', [7]],
  ])('refuses %s by the name of the option and shows none', (_what, secrets) => {
    const error = thrownBy(() => new Sealer(secrets as string, binding));
    expect(error).toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('session.secret') as string,
    });
    expect(inspect(error)).not.toContain('sesame');
  });

  it('are counted in bytes', () => {
    expect(new Sealer('é'.repeat(16), binding)).toBeInstanceOf(Sealer);
  });

  it('[R92] are not shown by looking at a sealer', () => {
    expect(inspect(sealer, { depth: 9, showHidden: true })).not.toContain(secret);
  });
});

it('refuses to seal what it would not open', () => {
  expect(thrownBy(() => sealer.seal('tokens', 'name', 'x'.repeat(200_000)))).toMatchObject({
    code: 'message_too_large',
  });
  expect(() => sealer.seal('other' as SealPurpose, 'name', plain)).toThrow(TypeError);
});
