import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import { ResponseError } from '../errors.js';
import { TokenRequest } from '../messages/index.js';
import { requestTokens, TokenEndpointError } from './token-endpoint.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const request = (code = 'a+b c'): TokenRequest =>
  TokenRequest.of({
    grant_type: 'authorization_code',
    code,
    redirect_uri: 'https://app.example/auth/callback',
    code_verifier: 'v'.repeat(43),
  });

it('sends the request with the client authentication, and expects JSON', async () => {
  await refusal(() => requestTokens(bench.client({ clientAuthMethod: 'client_secret_post' }), request()));
  const [told] = bench.op.at('/token');
  expect(told?.headers.accept).toBe('application/json');
  expect(Object.fromEntries(told?.parameters ?? [])).toEqual({
    ...request(),
    client_id: 'app',
    client_secret: 'the-client-secret',
  });
});

it('throws the whole answer of the OP along with its error', async () => {
  bench.op.token = { status: 400, members: { error: 'invalid_grant', error_description: 'Used.', hint: 'x' } };
  const error = await refusal(() => requestTokens(bench.client(), request()));
  expect(error).toBeInstanceOf(TokenEndpointError);
  expect(error).toBeInstanceOf(ResponseError);
  expect(error.message).toBe('The token endpoint answered 400 with "invalid_grant" ("Used.").');
  expect((error as TokenEndpointError).response).toMatchObject({ error: 'invalid_grant', hint: 'x' });
});

it('[R41] [RULE 8.1] shows neither code nor verifier nor secret in an error', async () => {
  for (const token of [
    { status: 500 },
    { body: '{' },
    { status: 302, headers: { location: 'https://evil.example' } },
  ]) {
    bench.op.token = token;
    const { message } = await refusal(() => requestTokens(bench.client(), request('sesame')));
    expect(message).not.toMatch(/sesame|vvvv|the-client-secret/);
  }
});

it('[R89] a redirect is not followed: the secret goes nowhere else', async () => {
  bench.op.token = { status: 307, headers: { location: '/userinfo' } };
  expect(await refusal(() => requestTokens(bench.client(), request()))).toMatchObject({ code: 'unexpected_status' });
  expect(bench.op.at('/userinfo')).toEqual([]);
});
