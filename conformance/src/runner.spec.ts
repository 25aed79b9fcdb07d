import { carelessRp, type Habits } from '../test/careless-rp.js';
import { passes } from './module.js';
import { modules } from './modules.js';
import { express } from './rps/express.js';
import type { Rp } from './rps/rp.js';
import { runModule, usual } from './runner.js';
import { keySet } from './suite/keys.js';
import type { Variant } from './suite/test-run.js';

beforeAll(() => void keySet(0), 60_000);

async function failuresOf(name: string, habits: Habits = {}, variant: Variant = usual): Promise<string> {
  const found = modules.find((module) => module.name === name);
  if (!found) throw new Error(`There is no module ${name}.`);
  return (await runModule(found.suiteModule, carelessRp(habits), variant)).join('\n');
}

const happy = 'oidcc-client-test';
const backChannel = `${happy}-rp-backchannel-rpinitlogout`;

describe('an RP that checks nothing', () => {
  it.each([happy, `${happy}-idtoken-sig-none`, `${happy}-userinfo-signed`, backChannel, `${happy}-rp-init-logout`])(
    'passes %s, which asks for nothing',
    async (name) => {
      expect(await failuresOf(name)).toBe('');
    },
  );

  it.each([
    ...['invalid-iss', 'invalid-aud', 'missing-sub', 'missing-iat', 'nonce-invalid', 'invalid-sig-rs256'].flatMap(
      (name) => [
        [name, 'expected nothing after token, came a call to userinfo'],
        [name, 'expected an error in the browser, came status 200'],
        [name, 'expected no session after a refusal, came one'],
      ],
    ),
    ['missing-aud', 'expected the RP to log [id_token_aud], came []'],
    ['userinfo-invalid-sub', 'expected no session after a refusal, came one'],
    ['discovery-issuer-mismatch', 'expected nothing after discovery, came a call to authorize'],
    ['discovery-jwks-uri-keys', 'expected calls to discovery,authorize,token,jwks,userinfo, came'],
    ['signing-key-rotation', 'expected calls to jwks,userinfo,jwks,userinfo, came'],
    ...['alg-none', 'wrong-alg', 'no-event', 'wrong-event', 'with-nonce', 'wrong-aud', 'wrong-iss'].map((name) => [
      `rp-backchannel-rpinitlogout-${name}`,
      'backchannel: expected status 400, came 200',
    ]),
    ['rp-init-logout-other-state', 'expected another page, since the state is not ours, after a logout'],
    ['rp-init-logout-no-state', 'expected another page, since the state is not ours, after a logout'],
    ['rp-frontchannel-opinitlogout', 'expected no session after a logout, came one'],
  ])('fails %s: %s', async (name, failure) => {
    expect(await failuresOf(`${happy}-${name}`)).toContain(failure);
  });
});

describe('an RP with a bad habit', () => {
  const codeVerifier = 'a-verifier-that-is-long-enough-0123456789-but-used-twice';
  it.each<[string, string, Habits, string]>([
    ['a nonce too long', '', { authenticationRequest: { nonce: 'n'.repeat(44) } }, 'a nonce of 43 characters'],
    ['a nonce of other characters', '', { authenticationRequest: { nonce: 'a+b' } }, 'a nonce of 43 characters'],
    ['another client_id', '', { authenticationRequest: { client_id: 'x' } }, 'authorize: expected client_id'],
    ['a request object', '', { authenticationRequest: { request: 'x' } }, 'expected a plain request'],
    ['no openid', '', { authenticationRequest: { scope: 'email' } }, 'expected openid in scope'],
    ['a response type of its own', '', { authenticationRequest: { response_type: 'token' } }, 'response_type code'],
    ['another redirect_uri', '', { authenticationRequest: { redirect_uri: 'http://x/' } }, 'is not registered'],
    ['plain PKCE', '', { authenticationRequest: { code_challenge_method: 'plain' } }, 'code_challenge_method S256'],
    ['another challenge', '', { authenticationRequest: { code_challenge: 'x' } }, 'is not that of the code_challenge'],
    ['a short verifier', '', { codeVerifier: 'short' }, 'expected a code_verifier of 43 to 128'],
    ['no verifier', '', { tokenRequest: { code_verifier: undefined } }, 'expected a code_verifier, came none'],
    ['one verifier for all', '-signing-key-rotation', { codeVerifier }, 'a code_verifier that was used before'],
    ['silence and freshness', '', { authenticationRequest: { max_age: '0', prompt: 'none' } }, 'exclude each other'],
    ['broken claims', '', { authenticationRequest: { claims: '{' } }, 'expected claims to be JSON'],
    ['no claims', '-scope-userinfo-claims', { authenticationRequest: { scope: 'openid' } }, 'that asks for claims'],
    ['a code twice', '', { exchangesTwice: true }, 'token: a second token request in one test'],
    ['no redirect_uri', '', { tokenRequest: { redirect_uri: undefined } }, 'token: redirect_uri null is not that'],
    ['a secret in the body', '', { tokenRequest: { client_secret: 'x' } }, 'a client_secret in the body'],
    ['a made-up code', '', { tokenRequest: { code: 'x' } }, 'the code was not issued'],
    ['a token in the query', '', { tokenInQuery: true }, 'userinfo: the access token stands in the query'],
    ['no hint', '-rp-init-logout', { logoutRequest: { id_token_hint: undefined } }, 'is no ID token of this test'],
    [
      'no page after logout',
      '-rp-init-logout',
      { logoutRequest: { post_logout_redirect_uri: undefined } },
      'post_logout_redirect_uri null is not registered',
    ],
    ['no state', '-rp-init-logout-no-state', { logoutRequest: { state: undefined } }, 'expected a state, came none'],
    ['a logout that is cached', '-rp-init-logout', { logoutHeaders: {} }, 'backchannel: expected no-store'],
    [
      'a page not to be framed',
      '-rp-frontchannel-rpinitlogout',
      { logoutHeaders: { 'x-frame-options': 'SAMEORIGIN' } },
      'came one that forbids it',
    ],
    [
      'a policy against frames',
      '-rp-frontchannel-rpinitlogout',
      { logoutHeaders: { 'content-security-policy': "default-src 'none'; frame-ancestors 'self'" } },
      'came one that forbids it',
    ],
  ])('is caught: %s', async (_habit, name, habits, failure) => {
    expect(await failuresOf(happy + name, habits)).toContain(failure);
  });

  const punctuation: Variant = { ...usual, punctuation: true };
  it('is caught: Basic credentials that are not encoded', async () => {
    expect(await failuresOf(happy, { rawBasic: true }, punctuation)).toContain(
      'expected Basic credentials with one colon',
    );
    expect(await failuresOf(happy, {}, punctuation)).toBe('');
  });

  it.each(['client_secret_post', 'none'] as const)('is caught: Basic where %s is registered', async (method) => {
    const failure = `token: an Authorization header beside ${method}`;
    expect(await failuresOf(happy, {}, { client_auth_type: method })).toContain(failure);
  });
});

it('catches an RP that refuses a login in which nothing is wrong', async () => {
  const strict: Rp = { ...express, start: (options) => express.start({ ...options, http: { maxBytes: 1 } }) };
  const failures = await runModule(passes(), strict);
  expect(failures).toContain('expected the RP to log [], came [message_too_large,login_required]');
});
