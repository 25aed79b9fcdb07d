import { OidcError } from '../errors.js';
import * as messages from './index.js';
import { readTokenResponse, readUserinfoResponse, TokenSuccessResponse } from './index.js';
import type { AnswerReader } from './index.js';

const tokens = { access_token: 'a', token_type: 'Bearer' };
const refused = { error: 'invalid_grant', error_description: 'too late' };

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'accepted';
  } catch (error) {
    if (error instanceof OidcError) return error.code;
    throw error;
  }
}

it.each<[string, number, object]>([
  ['readTokenResponse', 200, tokens],
  ['readTokenExchangeResponse', 200, { ...tokens, issued_token_type: 't' }],
  ['readUserinfoResponse', 200, { sub: 'u' }],
  ['readIntrospectionResponse', 200, { active: false }],
  ['readRegistrationResponse', 201, { client_id: 'c' }],
  ['readPushedAuthorizationResponse', 201, { request_uri: 'urn:x', expires_in: 60 }],
  [
    'readDeviceAuthorizationResponse',
    200,
    { device_code: 'd', user_code: 'u', verification_uri: 'https://op/d', expires_in: 60 },
  ],
])('%s tells an answer from an error', (name, status, body) => {
  const read = (messages as unknown as Record<string, AnswerReader<messages.Message, messages.TokenErrorResponse>>)[
    name
  ]!;
  const good = read({ status, body: JSON.stringify(body) });
  expect(good.ok && good.response.toJSON()).toEqual(body);
  const bad = read({ status: 400, body: JSON.stringify(refused) });
  expect(bad.ok ? undefined : bad.error.toJSON()).toEqual(refused);
  expect(codeOf(() => read({ status, body: '{}' }))).toBe('invalid_message');
  expect(codeOf(() => read({ status: 502, body: '<html>' }))).toBe('unexpected_status');
});

it('narrows by ok', () => {
  const answer = readTokenResponse({ status: 200, body: tokens });
  if (!answer.ok) throw new Error(answer.error.error);
  const response: TokenSuccessResponse = answer.response;
  expect(response.access_token).toBe('a');
});

it.each([
  ['an error with status 200', { status: 200, body: refused }, 'invalid_grant'],
  ['an error that nobody knows', { status: 400, body: { error: 'odd' } }, 'odd'],
  ['an error beside tokens', { status: 200, body: { ...tokens, ...refused } }, 'invalid_grant'],
])('takes %s for an error', (_what, answer, error) => {
  const read = readTokenResponse(answer);
  expect(read.ok ? undefined : read.error.error).toBe(error);
});

it.each([
  ['JSON without an error', { status: 500, body: '{"message":"oops"}' }, 'unexpected_status'],
  ['an error that is no text', { status: 400, body: { error: 5 } }, 'unexpected_status'],
  ['an empty error', { status: 400, body: { error: '' } }, 'invalid_message'],
  ['a redirect', { status: 302, body: '' }, 'unexpected_status'],
  ['tokens with another status', { status: 400, body: tokens }, 'unexpected_status'],
  ['no JSON with status 200', { status: 200, body: '<html>' }, 'invalid_message'],
  ['too much with status 200', { status: 200, body: ' '.repeat(65_537) }, 'message_too_large'],
])('refuses %s', (_what, answer, code) => {
  expect(codeOf(() => readTokenResponse(answer))).toBe(code);
});

it.each([
  [
    'Bearer error="invalid_token", error_description="expired"',
    { error: 'invalid_token', error_description: 'expired' },
  ],
  ['DPoP error="use_dpop_nonce"', { error: 'use_dpop_nonce' }],
])('reads what a userinfo endpoint says in %s', (challenge, members) => {
  const read = readUserinfoResponse({ status: 401, body: '', challenge });
  expect(read.ok ? undefined : read.error.toJSON()).toEqual(members);
});

it.each(['Bearer', 'Basic realm="a"', '', null])('needs an error in the challenge %p', (challenge) => {
  expect(codeOf(() => readUserinfoResponse({ status: 401, body: '', challenge }))).toBe('unexpected_status');
});
