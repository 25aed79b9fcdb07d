import { frozenCopy } from './frozen.js';

it('freezes a copy at every depth and leaves the original alone', () => {
  const original = { list: [{ name: 'a' }], nested: { deep: { er: 1 } } };
  const copy = frozenCopy(original);
  expect(copy).toEqual(original);
  expect([copy, copy.list, copy.list[0], copy.nested.deep].every(Object.isFrozen)).toBe(true);
  original.nested.deep.er = 2;
  original.list.push({ name: 'b' });
  expect(copy).toEqual({ list: [{ name: 'a' }], nested: { deep: { er: 1 } } });
});

it('[R94] keeps an own __proto__ a member like any other', () => {
  const copy = frozenCopy(JSON.parse('{"__proto__":{"admin":true}}') as { admin?: boolean });
  expect(copy.admin).toBeUndefined();
  expect(Object.keys(copy)).toEqual(['__proto__']);
});

it('leaves out what is not JSON, as every other store would', () => {
  expect(frozenCopy({ when: new Date(0), none: undefined })).toEqual({ when: '1970-01-01T00:00:00.000Z' });
});
