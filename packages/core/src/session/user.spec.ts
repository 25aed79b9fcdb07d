import { IdToken, UserinfoSuccessResponse } from '../messages/index.js';
import { userOf } from './user.js';

const right = { iss: 'https://op.example', sub: 'ada', aud: 'app', exp: 2, iat: 1 };
const user = (claims: object, userinfo?: object): unknown =>
  userOf(
    IdToken.fromJson({ ...right, ...claims }),
    userinfo && UserinfoSuccessResponse.fromJson({ sub: 'ada', ...userinfo }),
  );

it('merges ID token and userinfo, unknown claims too', () => {
  expect(user({ name: 'Ada', roles: ['admin'] }, { email: 'ada@example.com', 'https://x/y': { a: 1 } })).toEqual({
    sub: 'ada',
    name: 'Ada',
    roles: ['admin'],
    email: 'ada@example.com',
    'https://x/y': { a: 1 },
  });
});

it('the ID token wins, since it is signed', () => {
  expect(user({ name: 'signed' }, { name: 'unsigned' })).toEqual({ sub: 'ada', name: 'signed' });
});

it('is there without userinfo', () =>
  expect(user({ acr: '1', amr: ['pwd'], auth_time: 5 })).toEqual({ sub: 'ada', acr: '1', amr: ['pwd'], auth_time: 5 }));

it.each(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'azp', 'nonce', 'sid', 'at_hash', 'c_hash', 's_hash'])(
  '%s is about the message, not about the person',
  (claim) => {
    const value = ['exp', 'iat', 'nbf'].includes(claim) ? 5 : 'x';
    expect(user({ [claim]: value }, { [claim]: value })).toEqual({ sub: 'ada' });
  },
);

it('[RULE 7.2] claims that others vouch for are not merged', () => {
  const others = { _claim_names: { a: 'src1' }, _claim_sources: { src1: { endpoint: 'https://evil.example' } } };
  expect(user({}, others)).toEqual({ sub: 'ada' });
});

it('[R94] claims named like what every object has shadow nothing', () => {
  const claims = JSON.parse('{"constructor":"x","toString":"y"}') as object;
  expect(user({}, claims)).toEqual({ sub: 'ada' });
  expect(Object.keys(user({}, claims) as object)).toEqual(['sub']);
});
