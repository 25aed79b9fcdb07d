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

describe('of a request', () => {
  it('lies on the lines it came with, which are its own, and shows there as little', () => {
    const member = hiddenMember<string>();
    const requests = ['a', 'b'].map((name) => ({ rawHeaders: ['Cookie', `session=${name}`] }));
    for (const req of requests) member.set(req, req.rawHeaders[1]!);
    expect(requests.map((req) => member.get(req))).toEqual(['session=a', 'session=b']);
    const shown = "{ rawHeaders: [ 'Cookie', 'session=a', [length]: 2 ] }";
    expect(inspect(requests[0], { showHidden: true, depth: null })).toBe(shown);
    expect(Reflect.ownKeys(requests[0]!.rawHeaders)).toEqual(['0', '1', 'length']);
    expect(member.get({ rawHeaders: [...requests[0]!.rawHeaders] })).toBeUndefined();
  });

  it.each([
    ['a list that is empty, and so perhaps the same', []],
    ['no list', 'Cookie: session=a'],
  ])('lies on the request itself where it has %s', (_what, rawHeaders) => {
    const member = hiddenMember<string>();
    const [one, other] = [{ rawHeaders }, { rawHeaders }];
    member.set(one, 'a');
    expect([member.get(one), member.get(other)]).toEqual(['a', undefined]);
  });

  it('is not that of one made of it, which may have come to ask for something else', () => {
    const member = hiddenMember<string>();
    const req = { rawHeaders: ['Cookie', 'session=a'] };
    member.set(req, 'a');
    const inner = Object.create(req) as object;
    expect(member.get(inner)).toBeUndefined();
    member.set(inner, 'b');
    expect([member.get(req), member.get(inner)]).toEqual(['a', 'b']);
  });
});
