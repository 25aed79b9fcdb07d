import { JwkSet } from './index.js';

it.each([
  [{ keys: [] }, true],
  [{ keys: [{ kty: 'RSA' }, {}, { kty: 5 }] }, true],
  [{}, false],
  [{ keys: {} }, false],
  [{ keys: ['k'] }, false],
  [{ keys: [null] }, false],
])('[R25] reads %p: %p, and leaves the keys themselves to who uses them', (members, good) => {
  if (good) expect(JwkSet.fromJson(members).toJSON()).toEqual(members);
  else expect(() => JwkSet.fromJson(members)).toThrow('keys must be a list of objects');
});
