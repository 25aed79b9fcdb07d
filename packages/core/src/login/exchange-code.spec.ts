import { credentialsOf } from '../../test/crooked-answer.js';
import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import type { PartyOptions } from '../../test/relying-party.js';
import type { OidcClient } from '../client/client.js';
import { codeChallengeOf } from '../pkce.js';
import { exchangeCode, type LoginTokens } from './exchange-code.js';
import { readCallback } from './read-callback.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

async function exchanged(client: OidcClient = bench.client()): Promise<LoginTokens> {
  const { login, callback } = await bench.answered(client);
  return exchangeCode(client, await readCallback(client, callback, login), login);
}

it('[R2] [R10] [D20] sends the code once, with its verifier and the redirect URI of the request, letter for letter', async () => {
  const tokens = await exchanged();
  expect(tokens.id_token.split('.')).toHaveLength(3);
  const [asked] = bench.op.at('/authorize');
  const [told, more] = bench.op.at('/token');
  expect(more).toBeUndefined();
  expect(told?.method).toBe('POST');
  expect(told?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect([...(told?.parameters.keys() ?? [])].sort()).toEqual(['code', 'code_verifier', 'grant_type', 'redirect_uri']);
  expect(told?.parameters.get('grant_type')).toBe('authorization_code');
  expect(told?.parameters.get('redirect_uri')).toBe('https://app.example/auth/callback');
  expect(told?.parameters.get('redirect_uri')).toBe(asked?.parameters.get('redirect_uri'));
  expect(codeChallengeOf(told?.parameters.get('code_verifier') ?? '')).toBe(asked?.parameters.get('code_challenge'));
});

it.each([
  ['https://app.example', 'https://app.example/auth/callback'],
  ['https://app.example/', 'https://app.example/auth/callback'],
  ['https://app.example/a/b', 'https://app.example/a/b/auth/callback'],
  ['https://app.example:8443/%7Eada', 'https://app.example:8443/%7Eada/auth/callback'],
])('[R10] [D20] below %s the redirect URI is %s', async (baseUrl, redirectUri) => {
  await exchanged(bench.client({ baseUrl }));
  expect(bench.op.at('/authorize')[0]?.parameters.get('redirect_uri')).toBe(redirectUri);
  expect(bench.op.at('/token')[0]?.parameters.get('redirect_uri')).toBe(redirectUri);
});

describe('[R34] client authentication', () => {
  const odd = { clientId: 'app:1 +&%é/=', clientSecret: `p:a+s &s%=/é"'~!*().-_` };

  it('client_secret_basic form-url-encodes id and secret', async () => {
    bench.op.clientSecret = odd.clientSecret;
    await exchanged(bench.client(odd));
    const [told] = bench.op.at('/token');
    expect(credentialsOf(told?.headers.authorization)).toEqual([odd.clientId, odd.clientSecret]);
    const raw = Buffer.from(told?.headers.authorization?.slice(6) ?? '', 'base64').toString();
    expect(raw).toBe('app%3A1+%2B%26%25%C3%A9%2F%3D:p%3Aa%2Bs+%26s%25%3D%2F%C3%A9%22%27%7E%21*%28%29.-_');
    expect(told?.body).not.toMatch(/client_secret|client_id/);
  });

  it('client_secret_post sends both in the form', async () => {
    bench.op.clientSecret = odd.clientSecret;
    await exchanged(bench.client({ ...odd, clientAuthMethod: 'client_secret_post' }));
    const [told] = bench.op.at('/token');
    expect(told?.headers.authorization).toBeUndefined();
    expect(told?.parameters.get('client_id')).toBe(odd.clientId);
    expect(told?.parameters.get('client_secret')).toBe(odd.clientSecret);
  });

  it('none sends the id alone', async () => {
    await exchanged(bench.client({ clientId: odd.clientId, clientAuthMethod: 'none' }));
    const [told] = bench.op.at('/token');
    expect(told?.headers.authorization).toBeUndefined();
    expect(told?.parameters.get('client_id')).toBe(odd.clientId);
    expect(told?.parameters.has('client_secret')).toBe(false);
  });
});

describe('[R40] what the token endpoint may answer', () => {
  it('takes Bearer in any case, ignores what is unknown, and takes null as absent', async () => {
    bench.op.token = { members: { token_type: 'bEaReR', scope: null, refresh_token: null, unknown: { a: 1 } } };
    const tokens = await exchanged();
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'token_type']);
  });

  it.each([
    ['[R40] no token_type', { members: { token_type: undefined } }, 'invalid_message'],
    ['[R40] token_type mac', { members: { token_type: 'mac' } }, 'token_type'],
    ['[R40] token_type DPoP, that nobody asked for', { members: { token_type: 'DPoP' } }, 'token_type'],
    ['no access_token', { members: { access_token: undefined } }, 'invalid_message'],
    ['an access_token that is no text', { members: { access_token: ['x'] } }, 'invalid_message'],
    ['[R40] expires_in that is no number', { members: { expires_in: 'soon' } }, 'invalid_message'],
    ['no id_token', { members: { id_token: undefined } }, 'id_token_missing'],
    ['null for an id_token', { members: { id_token: null } }, 'id_token_missing'],
    ['an id_token that is no text', { members: { id_token: { a: 1 } } }, 'invalid_message'],
    ['what is no JSON', { body: '<p>Hello' }, 'invalid_message'],
    ['what is no object', { body: '[]' }, 'invalid_message'],
    ['[R94] a prototype', { body: '{"__proto__":{"access_token":"x"}}' }, 'invalid_message'],
    ['HTML', { headers: { 'content-type': 'text/html' } }, 'unexpected_content_type'],
    ['too much', { body: `{"access_token":"${'x'.repeat(70_000)}"}` }, 'message_too_large'],
    ['invalid_grant', { status: 400, members: { error: 'invalid_grant' } }, 'token_endpoint_error'],
    ['invalid_client', { status: 401, members: { error: 'invalid_client' } }, 'token_endpoint_error'],
    ['an error of its own', { status: 403, members: { error: 'tired' } }, 'token_endpoint_error'],
    ['an error without JSON', { status: 400, body: 'No.' }, 'unexpected_status'],
    ['JSON that names no error', { status: 400, body: '{"message":"No."}' }, 'unexpected_status'],
    ['tokens under status 400', { status: 400 }, 'unexpected_status'],
    ['an error under status 200', { body: '{"error":"invalid_grant"}' }, 'token_endpoint_error'],
    ['an error beside tokens', { members: { error: 'invalid_grant' } }, 'token_endpoint_error'],
    ['a redirect', { status: 307, headers: { location: '/elsewhere' } }, 'unexpected_status'],
    ['a failure of its own', { status: 500 }, 'op_unreachable'],
    ['that it is busy', { status: 429 }, 'op_unreachable'],
  ])('refuses %s', async (_what, answer, code) => {
    bench.op.token = answer;
    expect(await refusal(() => exchanged())).toMatchObject({ code });
    expect(bench.op.at('/token')).toHaveLength(1); // a code is sent once, whatever comes back
  });

  it('tells the error of the OP, escaped and cut', async () => {
    const members = { error: 'invalid_grant', error_description: `\u001b${'x'.repeat(200)}` };
    bench.op.token = { status: 400, members };
    const { message } = await refusal(() => exchanged());
    expect(message).toMatch(/^The token endpoint answered 400 with "invalid_grant" \("\\u001bx+…\)\.$/);
  });

  it('shows no token, whatever is wrong with it', async () => {
    bench.op.token = { members: { token_type: undefined, expires_in: 'soon', access_token: 'sesame-token' } };
    expect((await refusal(() => exchanged())).message).not.toContain('sesame');
  });
});

it('an OP without a token endpoint is a matter of configuration', async () => {
  bench.op.metadata = { token_endpoint: undefined };
  expect(await refusal(() => exchanged())).toMatchObject({ code: 'invalid_metadata', status: 500 });
});

it('an OP that is down is unavailable', async () => {
  const client = bench.client();
  const { login, callback } = await bench.answered(client);
  const response = await readCallback(client, callback, login);
  await bench.op.stop();
  const error = await refusal(() => exchangeCode(client, response, login));
  await bench.op.listen();
  expect(error).toMatchObject({ code: 'op_unreachable', status: 503 });
});

it.each<[string, PartyOptions]>([
  ['a wrong secret', { clientSecret: 'another' }],
  ['a wrong id', { clientId: 'another' }],
])('an OP that is told %s gives no tokens', async (_what, options) => {
  bench.op.clientSecret = 'the-client-secret';
  const client = bench.client();
  const { login, callback } = await bench.answered(client);
  const response = await readCallback(client, callback, login);
  const error = await refusal(() => exchangeCode(bench.client(options), response, login));
  expect(error).toMatchObject({ code: 'token_endpoint_error' });
});
