import { otherTokenIn } from './other-token.js';

it.each<[Record<string, unknown>, string | undefined]>([
  [{ typ: 'ID' }, 'typ within'],
  [{ typ: 'Refresh' }, 'typ within'],
  [{ typ: 'Offline' }, 'typ within'],
  [{ typ: 'Logout' }, 'typ within'],
  [{ typ: 'logout' }, 'typ within'],
  [{ token_use: 'id' }, 'token_use'],
  [{ token_use: 'refresh' }, 'token_use'],
  [{ token_type: 'refresh_token' }, 'token_type'],
  [{ token_type: 'Refresh' }, 'token_type'],
  [{ events: {} }, 'events'],
  [{ events: null }, 'events'],
  [{}, undefined],
  [{ typ: 'Bearer', token_use: 'access', token_type: 'Bearer' }, undefined],
  [{ typ: 'IDs', token_use: 'ids', token_type: 'unrefresh' }, undefined],
  [{ typ: ['ID'], token_use: 1, token_type: null }, undefined],
])('[R75] [RULE 5.6] %j', (claims, expected) => {
  expect(otherTokenIn(claims)).toBe(expected);
});
