import { inspect } from 'node:util';
import { verifiedToken } from './verified-token.js';

const about = { token: 'eyJ.secret.token', issuer: 'https://op.example' };
const of = (claims: Record<string, unknown>): ReturnType<typeof verifiedToken> => verifiedToken(about, claims);

it('says what every token says', () => {
  const claims = { sub: 'ada', client_id: 'web', scope: 'read write', exp: 5, role: 'admin' };
  const auth = of(claims);
  expect({ ...auth, scopes: [...auth.scopes] }).toEqual({
    scheme: 'Bearer',
    issuer: 'https://op.example',
    claims,
    sub: 'ada',
    clientId: 'web',
    isClient: false,
    scopes: ['read', 'write'],
    expiresAt: 5,
  });
  expect([auth.token, auth.claims]).toEqual([about.token, claims]);
});

it.each<[string, Record<string, unknown>, object]>([
  ['nothing is said', {}, { sub: undefined, clientId: undefined, isClient: false, expiresAt: undefined }],
  ['the client is called azp', { sub: 'ada', azp: 'web' }, { clientId: 'web', isClient: false }],
  ['both are there', { client_id: 'web', azp: 'other' }, { clientId: 'web' }],
  ['[RULE 5.6] a client acts for itself', { sub: 'web', client_id: 'web' }, { sub: 'web', isClient: true }],
  ['[RULE 5.6] nobody else is named', { client_id: 'web' }, { sub: undefined, isClient: true }],
  ['a key is bound', { cnf: { jkt: 'x' } }, { scheme: 'DPoP' }],
  ['a certificate is bound', { cnf: { 'x5t#S256': 'x' } }, { scheme: 'Bearer' }],
  ['cnf is nothing', { cnf: null }, { scheme: 'Bearer' }],
  [
    'claims are of other types',
    { sub: 1, client_id: [], exp: '5' },
    { sub: undefined, clientId: undefined, expiresAt: undefined },
  ],
])('where %s', (_name, claims, expected) => {
  expect(of(claims)).toMatchObject(expected);
});

it.each<[unknown, unknown, string[]]>([
  ['a  b ', undefined, ['a', 'b']],
  [['a', 'b c'], undefined, ['a', 'b c']],
  [undefined, ['a'], ['a']],
  [undefined, 'a b', ['a', 'b']],
  ['', undefined, []],
  [['a', 1], undefined, ['a']],
  [5, undefined, []],
])('[R84] scopes of scope %j and scp %j are %j', (scope, scp, expected) => {
  expect([...of({ scope, scp }).scopes]).toEqual(expected);
});

it('cannot be changed for whoever gets it next', () => {
  const auth = of({ scope: 'read' });
  const scopes = auth.scopes as Set<string>;
  expect(Object.isFrozen(auth)).toBe(true);
  expect(() => scopes.add('admin')).toThrow('cannot be changed');
  expect(() => scopes.delete('read')).toThrow('cannot be changed');
  expect(() => scopes.clear()).toThrow('cannot be changed');
  expect(auth.scopes).toEqual(new Set(['read']));
});

it('[R41] [R92] does not give the token away where it is logged, sent or copied', () => {
  const auth = of({ sub: 'ada' });
  for (const shown of [inspect(auth), JSON.stringify(auth), inspect({ ...auth })])
    expect(shown).not.toContain('secret');
});
