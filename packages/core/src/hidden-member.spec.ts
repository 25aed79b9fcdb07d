import { inspect } from 'node:util';
import { hiddenMember } from './hidden-member.js';

it('is had by the objects that were given it', () => {
  const member = hiddenMember<string>();
  const [one, other] = [{}, {}];
  member.set(one, 'a');
  expect([member.get(one), member.get(other)]).toEqual(['a', undefined]);
  member.set(one, 'b');
  expect(member.get(one)).toBe('b');
});

it('is not another member', () => {
  const [first, second] = [hiddenMember<string>(), hiddenMember<string>()];
  const host = {};
  first.set(host, 'a');
  expect(second.get(host)).toBeUndefined();
  second.set(host, 'b');
  expect([first.get(host), second.get(host)]).toEqual(['a', 'b']);
});

it('[R92] shows in no log, in no JSON and in no copy, and is not inherited', () => {
  const member = hiddenMember<string>();
  const host = { a: 1 };
  member.set(host, 'sesame');
  expect(inspect(host, { showHidden: true, depth: null })).toBe('{ a: 1 }');
  expect([JSON.stringify(host), Reflect.ownKeys(host)]).toEqual(['{"a":1}', ['a']]);
  expect([{ ...host }, Object.create(host) as object].map((each) => member.get(each))).toEqual([undefined, undefined]);
});
