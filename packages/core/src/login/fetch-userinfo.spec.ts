import { createPublicKey } from 'node:crypto';
import { makeKey } from '../../test/keys.js';
import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import type { PartyOptions } from '../../test/relying-party.js';
import { IdToken, TokenSuccessResponse, type UserinfoSuccessResponse } from '../messages/index.js';
import { fetchUserinfo } from './fetch-userinfo.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

function userinfo(options: PartyOptions = {}, sub = 'ada'): Promise<UserinfoSuccessResponse | undefined> {
  const tokens = TokenSuccessResponse.of({ access_token: 'access-token-of-ada', token_type: 'Bearer' });
  const idToken = IdToken.fromJson({ ...bench.op.idTokenClaims('app', 'nonce', sub) });
  return fetchUserinfo(bench.client(options), tokens, idToken);
}

it('[R41] asks with the access token in the header alone', async () => {
  expect({ ...(await userinfo()) }).toEqual({ sub: 'ada', name: 'Ada Lovelace' });
  const [asked, more] = bench.op.at('/userinfo');
  expect(more).toBeUndefined();
  expect(asked?.method).toBe('GET');
  expect(asked?.headers.authorization).toBe('Bearer access-token-of-ada');
  expect([...(asked?.parameters ?? [])]).toEqual([]);
});

it('takes null as absent', async () => {
  bench.op.userinfo = { members: { name: null } };
  expect({ ...(await userinfo()) }).toEqual({ sub: 'ada' });
});

it.each<[string, PartyOptions, object]>([
  ['the option says no', { userinfo: false }, {}],
  ['the OP has none', {}, { userinfo_endpoint: undefined }],
])('asks nothing where %s', async (_what, options, metadata) => {
  bench.op.metadata = { ...metadata };
  expect(await userinfo(options)).toBeUndefined();
  expect(bench.op.at('/userinfo')).toEqual([]);
});

describe('[R19] plain', () => {
  it.each([
    ['another sub', { members: { sub: 'eve' } }, 'userinfo_sub'],
    ['the sub in other letters', { members: { sub: 'Ada' } }, 'userinfo_sub'],
    ['no sub', { members: { sub: undefined } }, 'invalid_message'],
    ['a sub that is a list', { members: { sub: ['ada'] } }, 'invalid_message'],
    ['what is no JSON', { body: '{' }, 'invalid_message'],
    ['[R94] a prototype', { body: '{"sub":"ada","__proto__":{"admin":true}}' }, 'invalid_message'],
    ['HTML', { headers: { 'content-type': 'text/html' } }, 'unexpected_content_type'],
    ['no type', { headers: { 'content-type': '' } }, 'unexpected_content_type'],
    ['too much', { body: `{"sub":"ada","x":"${'x'.repeat(70_000)}"}` }, 'message_too_large'],
    ['invalid_token', { status: 401, members: { error: 'invalid_token' } }, 'userinfo_error'],
    ['an error under status 200', { members: { error: 'invalid_token' } }, 'userinfo_error'],
    [
      'a challenge alone',
      { status: 401, body: '', headers: { 'www-authenticate': 'Bearer error="invalid_token"' } },
      'userinfo_error',
    ],
    [
      'a refusal in HTML',
      { status: 403, body: '<p>No', headers: { 'content-type': 'text/html' } },
      'unexpected_status',
    ],
    ['a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'unexpected_status'],
    ['a failure', { status: 503 }, 'op_unreachable'],
  ])('refuses %s', async (_what, answer, code) => {
    bench.op.userinfo = answer;
    const error = await refusal(() => userinfo());
    expect(error).toMatchObject({ code });
    expect(error.message).not.toContain('access-token');
  });
});

describe('[R19] signed', () => {
  const right = (): object => ({ iss: bench.op.issuer, aud: 'app' });

  it.each([
    ['aud as it is', { aud: 'app' }],
    ['aud as a list', { aud: ['another', 'app'] }],
  ])('takes one that is ours: %s', async (_what, claims) => {
    bench.op.userinfo = { jwt: { typ: 'JWT' }, members: { ...right(), ...claims, name: 'Ada' } };
    expect(await userinfo()).toMatchObject({ sub: 'ada', name: 'Ada' });
  });

  it.each<[string, object, object, string]>([
    ['another issuer', { iss: 'https://evil.example' }, {}, 'userinfo_error'],
    ['no issuer', { iss: undefined }, {}, 'userinfo_error'],
    ['another audience', { aud: 'another' }, {}, 'userinfo_error'],
    ['no audience', { aud: undefined }, {}, 'userinfo_error'],
    ['another sub', { sub: 'eve' }, {}, 'userinfo_sub'],
    ['no sub', { sub: undefined }, {}, 'invalid_message'],
    ['another key', {}, { key: makeKey('RSA', { kid: 'rsa' }) }, 'jwt_signature'],
    ['another algorithm', {}, { alg: 'ES256' }, 'jwt_alg'],
    ['[R30] none', {}, { alg: 'none' }, 'jwt_alg'],
    ['[R32] the typ of another kind', {}, { typ: 'at+jwt' }, 'jwt_typ'],
    ['[R16] exp in the past', { exp: 1000 }, {}, 'userinfo_error'],
  ])('refuses %s', async (_what, claims, jwt, code) => {
    bench.op.userinfo = { jwt, members: { ...right(), ...claims } };
    expect(await refusal(() => userinfo())).toMatchObject({ code });
  });

  it('[R31] takes one that is encrypted for us, and refuses one that is for somebody else', async () => {
    const { privateKey, jwk } = makeKey('RSA');
    const encrypt = { for: createPublicKey({ key: { ...jwk }, format: 'jwk' }) };
    bench.op.userinfo = { jwt: { encrypt }, members: { ...right(), name: 'Ada' } };
    expect(await userinfo({ decryptionKeys: [privateKey] })).toMatchObject({ name: 'Ada' });
    const another = makeKey('RSA').privateKey;
    expect(await refusal(() => userinfo({ decryptionKeys: [another] }))).toMatchObject({ code: 'jwt_key' });
  });

  it('a JWT that calls itself JSON is refused', async () => {
    const body = await bench.op.sign({ ...right(), sub: 'ada' });
    bench.op.userinfo = { body };
    expect(await refusal(() => userinfo())).toMatchObject({ code: 'invalid_message' });
  });

  it('[R30] JSON that calls itself a JWT is refused', async () => {
    bench.op.userinfo = { headers: { 'content-type': 'application/jwt' } };
    expect(await refusal(() => userinfo())).toMatchObject({ code: 'jwt_malformed' });
  });
});
