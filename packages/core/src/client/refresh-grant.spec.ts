import { LogoutBench } from '../../test/logout-bench.js';
import { refreshesAt, sessionAt } from '../../test/machines.js';
import type { PartyOptions } from '../../test/relying-party.js';
import { refusal } from '../../test/refusal.js';
import { credentialsOf } from '../../test/crooked-answer.js';
import type { OidcClient } from './client.js';
import { refreshGrant } from './refresh-grant.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** A client that has a refresh token. */
async function withToken(options: PartyOptions = {}): Promise<[OidcClient, string]> {
  const party = await bench.party(options);
  const session = await sessionAt(party.client, await bench.signedIn(party));
  return [party.client, session.tokens?.refreshToken ?? ''];
}

describe('the request', () => {
  it('is a form with the grant, the token and nothing else; the client proves itself in the header', async () => {
    const [client, token] = await withToken();
    const tokens = await refreshGrant(client, token);
    expect(tokens.access_token).toContain('access-token-of-ada');
    const { parameters, headers, method } = bench.op.at('/token').at(-1)!;
    expect([method, [...parameters]]).toEqual([
      'POST',
      [
        ['grant_type', 'refresh_token'],
        ['refresh_token', token],
      ],
    ]);
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(credentialsOf(headers.authorization)).toEqual(['app', 'the-client-secret']);
  });

  it.each<[string, PartyOptions, Record<string, string>]>([
    [
      'client_secret_post',
      { clientAuthMethod: 'client_secret_post' },
      { client_id: 'app', client_secret: 'the-client-secret' },
    ],
    ['none', { clientAuthMethod: 'none' }, { client_id: 'app' }],
  ])('%s: the client stands in the form', async (_method, options, expected) => {
    const [client, token] = await withToken(options);
    await refreshGrant(client, token);
    const { parameters, headers } = bench.op.at('/token').at(-1)!;
    expect(Object.fromEntries(parameters)).toEqual({ grant_type: 'refresh_token', refresh_token: token, ...expected });
    expect(headers.authorization).toBeUndefined();
  });

  it('[R41] the token stands in no URL', async () => {
    const [client, token] = await withToken();
    await refreshGrant(client, token);
    expect(bench.op.server.paths.join()).not.toContain(token);
  });

  it('is sent once, whatever comes', async () => {
    const [client, token] = await withToken();
    bench.op.token = { status: 503 };
    await refusal(() => refreshGrant(client, token));
    expect(refreshesAt(bench.op)).toEqual([token]);
  });
});

describe('what may come back', () => {
  it.each<[string, typeof bench.op.token, string]>([
    ['invalid_grant', { status: 400, body: '{"error":"invalid_grant"}' }, 'token_endpoint_error'],
    ['an error with 401', { status: 401, body: '{"error":"invalid_client"}' }, 'token_endpoint_error'],
    ['a 400 without an error', { status: 400, body: '{}' }, 'unexpected_status'],
    ['a 400 in HTML', { status: 400, body: '<h1>Bad</h1>' }, 'unexpected_status'],
    ['a 200 that says invalid_grant', { body: '{"error":"invalid_grant"}' }, 'token_endpoint_error'],
    ['another token type', { members: { token_type: 'N_A' } }, 'token_type'],
    ['no token type', { members: { token_type: undefined } }, 'invalid_message'],
    ['expires_in in words', { members: { expires_in: 'soon' } }, 'invalid_message'],
    ['HTML', { headers: { 'content-type': 'text/html' } }, 'unexpected_content_type'],
    ['a redirect', { status: 307, headers: { location: '/' } }, 'unexpected_status'],
    ['503', { status: 503 }, 'op_unreachable'],
    ['65 KB', { members: { more: 'x'.repeat(65_536) } }, 'message_too_large'],
  ])('%s', async (_what, token, code) => {
    const [client, refreshToken] = await withToken();
    bench.op.token = token;
    const error = await refusal(() => refreshGrant(client, refreshToken));
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.publicMessage}`).not.toContain(refreshToken);
  });

  it('the whole answer of an error is kept for who asks', async () => {
    const [client, token] = await withToken();
    const answer = { error: 'invalid_grant', error_description: 'used before', error_uri: 'https://op.example/why' };
    bench.op.token = { status: 400, body: JSON.stringify(answer) };
    expect(await refusal(() => refreshGrant(client, token))).toMatchObject({ response: answer });
  });

  it('metadata without a token endpoint: the configuration is wrong, and nothing is sent', async () => {
    bench.op.metadata = { token_endpoint: undefined };
    const { client } = await bench.party();
    expect(await refusal(() => refreshGrant(client, 'any'))).toMatchObject({ code: 'invalid_metadata', status: 500 });
    expect(bench.op.at('/token')).toEqual([]);
  });
});
