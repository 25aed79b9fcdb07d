import { LoginBench } from '../../test/login-bench.js';
import { refusal } from '../../test/refusal.js';
import type { OidcClient } from '../client/client.js';
import { AuthorizationError, readCallback } from './read-callback.js';

let bench: LoginBench;
let client: OidcClient;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(async () => {
  await bench.clear();
  client = bench.client();
});
afterAll(() => bench.stop());

it('returns the answer of the OP to this login', async () => {
  bench.op.authorization = { session_state: 'abc', unknown: 'x' };
  const { login, callback } = await bench.answered(client);
  const response = await readCallback(client, callback, login);
  expect(response).toMatchObject({ state: login.state, iss: bench.op.issuer, session_state: 'abc' });
  expect(response.code).toMatch(/^[\w-]{22}$/);
});

const another = 'A'.repeat(43);

it.each([
  ['[R3] no state', { state: undefined }, 'state_mismatch'],
  ['[R3] an empty state', { state: '' }, 'state_mismatch'],
  ['[R3] another state', { state: another }, 'state_mismatch'],
  ['[R7] no iss, though it is promised', { iss: undefined }, 'response_iss'],
  ['[R7] an empty iss, though one is promised', { iss: '' }, 'response_iss'],
  ['[R7] another iss', { iss: 'https://evil.example' }, 'response_iss'],
  ['no code', { code: undefined }, 'invalid_message'],
  ['an empty code', { code: '' }, 'invalid_message'],
  ['[R14] two codes', { code: ['a', 'b'] }, 'duplicate_parameter'],
  ['[R14] one code twice', { code: ['a', 'a'] }, 'duplicate_parameter'],
  ['[R14] two iss', { iss: ['https://op.example', 'https://evil.example'] }, 'duplicate_parameter'],
  ['[R14] two states', { state: [another, another] }, 'duplicate_parameter'],
  ['[R14] something unknown twice', { x: ['1', '2'] }, 'duplicate_parameter'],
  ['[R3] an error under another state', { error: 'access_denied', state: another }, 'state_mismatch'],
  ['[R7] an error of another issuer', { error: 'access_denied', iss: 'https://evil.example' }, 'response_iss'],
  ['[R15] an error beside a code', { error: 'access_denied' }, 'authorization_error'],
  ['an empty error', { error: '', code: undefined }, 'invalid_message'],
  ['more parameters than anybody needs', { x: Array.from({ length: 101 }, String) }, 'duplicate_parameter'],
])('refuses %s', async (_what, parameters, code) => {
  bench.op.authorization = parameters;
  const { login, callback } = await bench.answered(client);
  const error = await refusal(() => readCallback(client, callback, login));
  expect(error).toMatchObject({ code });
  expect(error.message).not.toContain(login.state);
});

it('[R7] refuses the issuer with a slash behind it', async () => {
  bench.op.authorization = { iss: `${bench.op.issuer}/` };
  const { login, callback } = await bench.answered(client);
  expect(await refusal(() => readCallback(client, callback, login))).toMatchObject({ code: 'response_iss' });
});

describe('[R7] an OP that promises no iss', () => {
  beforeEach(() => (bench.op.metadata = { authorization_response_iss_parameter_supported: undefined }));

  it('may leave it out', async () => {
    bench.op.authorization = { iss: undefined };
    const { login, callback } = await bench.answered(client);
    expect((await readCallback(client, callback, login)).state).toBe(login.state);
  });

  it('may not send a wrong one', async () => {
    bench.op.authorization = { iss: 'https://evil.example' };
    const { login, callback } = await bench.answered(client);
    expect(await refusal(() => readCallback(client, callback, login))).toMatchObject({ code: 'response_iss' });
  });
});

describe('[R15] an error of the OP is an error of ours, with its code', () => {
  it.each([
    ['access_denied', 403, 'The sign-in was cancelled or not allowed.'],
    ['login_required', 401, 'You are not signed in at the sign-in service.'],
    ['interaction_required', 401, 'The sign-in service needs to ask you something first.'],
    ['account_selection_required', 401, 'You need to choose an account first.'],
    ['consent_required', 401, 'You need to give your consent first.'],
    ['temporarily_unavailable', 503, 'The sign-in service is busy right now. Please try again in a moment.'],
    ['server_error', 502, 'The sign-in service reported an error.'],
    ['invalid_request', 502, 'The sign-in service reported an error.'],
    ['one_of_its_own', 502, 'The sign-in service reported an error.'],
    ['constructor', 502, 'The sign-in service reported an error.'],
    ['__proto__', 502, 'The sign-in service reported an error.'],
  ])('%s: %i', async (code, status, publicMessage) => {
    bench.op.authorization = { code: undefined, error: code, error_description: 'Why\u001b not' };
    const { login, callback } = await bench.answered(client);
    const error = await refusal(() => readCallback(client, callback, login));
    expect(error).toBeInstanceOf(AuthorizationError);
    expect(error).toMatchObject({ code: 'authorization_error', status, publicMessage });
    expect((error as AuthorizationError).response.error).toBe(code);
    expect(error.message).toBe(`The OP answered this login with "${code}" ("Why\\u001b not").`);
  });

  it('without a description', async () => {
    bench.op.authorization = { code: undefined, error: 'access_denied' };
    const { login, callback } = await bench.answered(client);
    const error = await refusal(() => readCallback(client, callback, login));
    expect(error.message).toBe('The OP answered this login with "access_denied".');
  });

  it('cut, where it is long', async () => {
    bench.op.authorization = { code: undefined, error: 'access_denied', error_description: 'x'.repeat(5000) };
    const { login, callback } = await bench.answered(client);
    expect((await refusal(() => readCallback(client, callback, login))).message.length).toBeLessThan(200);
  });
});
