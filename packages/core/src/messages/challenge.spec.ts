import { readChallenge, writeChallenge } from './challenge.js';

it.each<[string, string, Record<string, string> | undefined]>([
  ['Bearer realm="example"', 'Bearer', { realm: 'example' }],
  ['bearer Realm="example"', 'Bearer', { realm: 'example' }],
  ['Bearer', 'Bearer', {}],
  ['', 'Bearer', undefined],
  ['Basic realm="a"', 'Bearer', undefined],
  [
    'Bearer error=invalid_token , error_description = "a, \\"b\\" \\\\"',
    'Bearer',
    { error: 'invalid_token', error_description: 'a, "b" \\' },
  ],
  ['Basic realm="x, Bearer error=y", Bearer error="z"', 'Bearer', { error: 'z' }],
  ['DPoP algs="ES256 PS256", Bearer error="a", Basic realm="b"', 'Bearer', { error: 'a' }],
  ['DPoP algs="ES256", Bearer', 'DPoP', { algs: 'ES256' }],
  ['Negotiate abc==, Bearer error="a"', 'Bearer', undefined],
  ['Bearer realm="unfinished', 'Bearer', {}],
  ['Bearer __proto__="a"', 'Bearer', Object.fromEntries([['__proto__', 'a']])],
])('reads %p for %s', (header, scheme, parameters) => {
  expect(readChallenge(header, scheme)).toEqual(parameters);
});

it('refuses a parameter that comes twice', () => {
  expect(() => readChallenge('Bearer error="a", ERROR="b"', 'Bearer')).toThrow('expected every parameter once');
});

it('takes time in proportion to the header', () => {
  const header = `Bearer ${'a="'.repeat(20_000)}${'\\'.repeat(20_000)}${' ,'.repeat(20_000)}`;
  const begin = performance.now();
  readChallenge(header, 'Bearer');
  expect(performance.now() - begin).toBeLessThan(500);
});

it.each<[[string, string][], string]>([
  [[], 'Bearer'],
  [[['realm', 'a "b" \\']], 'Bearer realm="a \\"b\\" \\\\"'],
  [
    [
      ['error', 'x'],
      ['error_description', 'ä\r\nSet-Cookie: a'],
    ],
    'Bearer error="x", error_description="???Set-Cookie: a"',
  ],
])('[R85] writes %p as %s', (parameters, header) => {
  expect(writeChallenge('Bearer', parameters)).toBe(header);
});
