import { unsigned } from '../../test/keys.js';
import { readHeader, readObject } from './jwt-header.js';

// What is refused stands in verify-jwt.spec.ts, row by row.
it('reads the header alone', () => {
  expect(readHeader(unsigned({ alg: 'RS256', kid: 'ä', typ: 'JWT', x: 1 }, 'no json'))).toEqual({
    alg: 'RS256',
    kid: 'ä',
    typ: 'JWT',
    x: 1,
  });
});

it.each([
  ['bytes that are no UTF-8', Buffer.from('22ff22', 'hex'), 'it: expected UTF-8'],
  ['a byte order mark', Buffer.from('\ufeff{}'), 'it: expected JSON, came 3 characters that are none'],
  ['a number', Buffer.from('1'), 'it: expected a JSON object, came a number'],
])('refuses %s without showing it', (_name, bytes, message) => {
  expect(() => readObject(bytes, 'it')).toThrow(message);
});
