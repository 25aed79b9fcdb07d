import { refusal } from '../../test/refusal.js';
import { compilePolicy, PolicyError, type Policy } from './policy.js';
import { verifiedToken } from './verified-token.js';

const now = 1_800_000_000;
const claims = { sub: 'ada', scope: 'read write', acr: 'phr', auth_time: now - 100, role: ['cook', 'admin'], level: 3 };

function hold(policy: Policy, more: Record<string, unknown> = {}, tolerance = 60): void {
  const token = verifiedToken({ token: 't', issuer: 'https://op.example' }, { ...claims, ...more });
  for (const demand of compilePolicy(policy)) demand(token, now, tolerance);
}

describe('[R84] [R82] a token passes', () => {
  it.each<[string, Policy, Record<string, unknown>?]>([
    ['where nothing is demanded', {}],
    ['with a scope', { scope: 'read' }],
    ['with all scopes', { scope: 'write read' }],
    ['with all of a list', { scope: ['read', 'write'] }],
    ['with one of several', { anyScope: 'admin read' }],
    ['with scopes in a list, as some vendors have them', { scope: 'a' }, { scope: undefined, scp: ['a', 'b'] }],
    ['with a claim', { claims: { level: 3 } }],
    ['with a claim that has it in a list', { claims: { role: 'admin' } }],
    ['by a predicate', { claims: { level: (level, { sub }) => Number(level) > 2 && sub === 'ada' } }],
    ['with a class', { acr: 'phr' }],
    ['with one of several classes', { acr: 'mfa phr' }],
    ['with a login that is young', { maxAge: 100 }],
    ['with a login at the end of its age and the tolerance', { maxAge: 40 }],
    [
      'with all of it',
      { scope: 'read', anyScope: 'write', acr: 'phr', maxAge: 100, claims: { role: 'cook', level: 3 } },
    ],
  ])('%s', (_name, policy, more = {}) => {
    expect(() => hold(policy, more)).not.toThrow();
  });
});

describe('[R72] [R82] [R84] a token does not', () => {
  const classes = { acr_values: 'phr phrh' };
  it.each<[string, PolicyError['code'], Record<string, string>, Policy, Record<string, unknown>?]>([
    ['without a scope', 'insufficient_scope', { scope: 'admin' }, { scope: 'admin' }],
    ['with one of two scopes', 'insufficient_scope', { scope: 'read admin' }, { scope: 'read admin' }],
    ['with a part of a scope', 'insufficient_scope', { scope: 'rea' }, { scope: 'rea' }],
    ['with a longer scope', 'insufficient_scope', { scope: 'read:all' }, { scope: 'read:all' }],
    ['with a scope in other cases', 'insufficient_scope', { scope: 'READ' }, { scope: 'READ' }],
    ['with none of several', 'insufficient_scope', { scope: 'a b' }, { anyScope: 'a b' }],
    [
      'with scopes that are one text in a list',
      'insufficient_scope',
      { scope: 'read' },
      { scope: 'read' },
      { scope: ['read write'] },
    ],
    ['without scopes', 'insufficient_scope', { scope: 'read' }, { scope: 'read' }, { scope: undefined }],
    ['with another class', 'insufficient_user_authentication', classes, { acr: 'phr phrh' }, { acr: 'pwd' }],
    ['without a class', 'insufficient_user_authentication', classes, { acr: ['phr', 'phrh'] }, { acr: undefined }],
    [
      'with a class in a list',
      'insufficient_user_authentication',
      { acr_values: 'phr' },
      { acr: 'phr' },
      { acr: ['phr'] },
    ],
    ['with an old login', 'insufficient_user_authentication', { max_age: '39' }, { maxAge: 39 }],
    ['where the login must be now', 'insufficient_user_authentication', { max_age: '0' }, { maxAge: 0 }],
    [
      'without the time of the login',
      'insufficient_user_authentication',
      { max_age: '9999' },
      { maxAge: 9999 },
      { auth_time: undefined },
    ],
    [
      'with a time that is text',
      'insufficient_user_authentication',
      { max_age: '9999' },
      { maxAge: 9999 },
      { auth_time: String(now) },
    ],
    [
      'with both, which is told whole',
      'insufficient_user_authentication',
      { acr_values: 'x', max_age: '9999' },
      { acr: 'x', maxAge: 9999 },
    ],
    ['with another claim', 'insufficient_claims', {}, { claims: { level: 4 } }],
    ['without a claim', 'insufficient_claims', {}, { claims: { team: () => true } }],
    [
      'by a predicate that promises',
      'insufficient_claims',
      {},
      { claims: { level: (() => Promise.resolve(true)) as never } },
    ],
  ])('%s', async (_name, ...[code, parameters, policy, more = {}]) => {
    const error = await refusal(() => hold(policy, more));
    expect(error).toBeInstanceOf(PolicyError);
    const status = code === 'insufficient_user_authentication' ? 401 : 403;
    expect({ ...error }).toMatchObject({ code, status, parameters });
  });
});

it('[R82] asks first for who must authenticate again', async () => {
  expect(await refusal(() => hold({ scope: 'admin', acr: 'x', claims: { level: 4 } }))).toMatchObject({
    code: 'insufficient_user_authentication',
  });
  expect(await refusal(() => hold({ scope: 'admin', claims: { level: 4 } }))).toMatchObject({
    code: 'insufficient_scope',
  });
});

it('shows in no message what a claim holds', async () => {
  const { message } = await refusal(() => hold({ claims: { sub: 'eve' } }));
  expect(message).toBe('Expected another value of the claim "sub".');
});

it('[R96] refuses a demand that is none', async () => {
  expect(await refusal(() => compilePolicy({ claims: { a: undefined as never } }))).toMatchObject({
    code: 'invalid_option',
    message: 'Option claims.a: expected a value or a predicate, came nothing.',
  });
});
