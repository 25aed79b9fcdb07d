import { credentialsOf } from '../../test/crooked-answer.js';
import { LogoutBench } from '../../test/logout-bench.js';
import { refusal } from '../../test/refusal.js';
import { revokeToken } from './revoke-token.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const refreshToken = { token: 'a+refresh&token', hint: 'refresh_token' } as const;

describe('[R56] RFC 7009', () => {
  it('section 2.1: a form with the token and the hint, and the client as at the token endpoint', async () => {
    const { client } = await bench.party();
    expect(await revokeToken(client, refreshToken)).toBe(true);
    const [{ method, headers, parameters }] = bench.op.at('/revoke') as [ReturnType<typeof bench.op.at>[number]];
    expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
    expect([...parameters]).toEqual([
      ['token', 'a+refresh&token'],
      ['token_type_hint', 'refresh_token'],
    ]);
    expect(credentialsOf(headers.authorization)).toEqual(['app', 'the-client-secret']);
  });

  it('a public client names itself in the form', async () => {
    const { client } = await bench.party({ clientAuthMethod: 'none' });
    await revokeToken(client, { token: 'an-access-token', hint: 'access_token' });
    expect(Object.fromEntries(bench.op.at('/revoke')[0]!.parameters)).toEqual({
      token: 'an-access-token',
      token_type_hint: 'access_token',
      client_id: 'app',
    });
  });

  it.each([
    ['nothing', { body: '' }],
    ['JSON', {}],
    ['HTML', { body: '<p>Fine', headers: { 'content-type': 'text/html' } }],
  ])('section 2.2: 200 is enough, the body is not looked at: %s', async (_what, revocation) => {
    bench.op.revocation = revocation;
    const { client } = await bench.party();
    expect(await revokeToken(client, refreshToken)).toBe(true);
  });

  it.each([
    ['section 2.2.1: an error', { status: 400, body: '{"error":"unsupported_token_type"}' }, 'token_endpoint_error'],
    ['an error with 401', { status: 401, body: '{"error":"invalid_client"}' }, 'token_endpoint_error'],
    ['an error without JSON', { status: 404, body: 'Not here' }, 'invalid_message'],
    ['a redirect', { status: 302, headers: { location: '/' } }, 'unexpected_status'],
    ['section 2.2.1: 503', { status: 503 }, 'op_unreachable'],
  ])('%s', async (_what, revocation, code) => {
    bench.op.revocation = revocation;
    const { client } = await bench.party();
    const error = await refusal(() => revokeToken(client, refreshToken));
    expect([error.code, error.message.includes('a+refresh')]).toEqual([code, false]);
    expect(bench.op.at('/revoke')).toHaveLength(1);
  });

  it('an OP without the endpoint: false, and nothing is sent', async () => {
    bench.op.metadata = { revocation_endpoint: undefined };
    const { client } = await bench.party();
    expect(await revokeToken(client, refreshToken)).toBe(false);
    expect(bench.op.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('an OP that is down: op_unreachable', async () => {
    const { client } = await bench.party();
    await client.provider.metadata();
    await bench.op.stop();
    const error = await refusal(() => revokeToken(client, refreshToken));
    await bench.op.listen();
    expect(error.code).toBe('op_unreachable');
  });
});
