import { TokenIntrospectionSuccessResponse as Answer } from './token-introspection-success-response.js';

it.each([undefined, null, 'true', 1, {}])('is refused with active as %j: nothing but true means good', (active) => {
  expect(() => Answer.fromJson({ active })).toThrow('active');
});

it('needs nothing else, where the token is good and where it is not', () => {
  for (const active of [true, false]) expect(Answer.fromJson({ active }).toJSON()).toEqual({ active });
});

it('takes null for absent', () => {
  const answer = Answer.fromJson({ active: true, sub: null, exp: null });
  expect([answer.sub, answer.exp, Object.keys(answer)]).toEqual([undefined, undefined, ['active']]);
});

it.each<[string, unknown]>([
  ['sub', ''],
  ['sub', 'a'.repeat(256)],
  ['exp', 'tomorrow'],
  ['scope', ['a']],
  ['aud', [1]],
])('is refused with %s as %j', (name, value) => {
  expect(() => Answer.fromJson({ active: true, [name]: value })).toThrow(name);
});

it('keeps what it does not know, and may be changed by the program that answers', () => {
  const answer = Answer.fromJson({ active: true, cnf: { jkt: 'a' } });
  answer.scope = 'orders:read';
  expect(answer.toJSON()).toEqual({ active: true, cnf: { jkt: 'a' }, scope: 'orders:read' });
});
