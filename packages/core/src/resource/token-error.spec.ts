import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import {
  ConfigurationError,
  DeniedError,
  errorCodes,
  type OidcError,
  ResponseError,
  UnavailableError,
} from '../errors.js';
import { DpopError } from './dpop.js';
import { PolicyError } from './policy.js';
import { Challenges } from './token-challenge.js';
import { TokenError, tokenErrorOf, tokenRequired } from './token-error.js';

const challenges = new Challenges({ dpop: 'taken' });
const evil = 'evil "\r\nSet-Cookie: a=b\u0000\u001f\u007fü\u2028';

const of = (cause: unknown, scheme: 'Bearer' | 'DPoP' = 'Bearer'): OidcError =>
  tokenErrorOf(cause, scheme, challenges) as OidcError;
const challengeOf = (cause: unknown, scheme?: 'Bearer' | 'DPoP'): string =>
  of(cause, scheme).headers['WWW-Authenticate']!;

describe('[R72] what a request is answered with', () => {
  it.each<[string, OidcError, number, string, string]>([
    ['a token that is not good', new ResponseError('access_token_exp', evil), 401, 'token_refused', 'invalid_token'],
    ['a JWT that is none', new ResponseError('jwt_malformed', evil), 401, 'token_refused', 'invalid_token'],
    [
      'several tokens',
      new DeniedError('invalid_request', evil, { status: 400 }),
      400,
      'invalid_request',
      'invalid_request',
    ],
    [
      'a scope that is missing',
      new PolicyError('insufficient_scope', evil, { scope: 'a b' }),
      403,
      'insufficient_scope',
      'insufficient_scope',
    ],
    [
      'a claim that is another',
      new PolicyError('insufficient_claims', evil),
      403,
      'insufficient_claims',
      'insufficient_scope',
    ],
    [
      'a login that is too old',
      new PolicyError('insufficient_user_authentication', evil, { acr_values: 'x', max_age: '5' }),
      401,
      'insufficient_user_authentication',
      'insufficient_user_authentication',
    ],
    ['[R79] a proof that is not good', new DpopError('dpop_ath', evil), 401, 'token_refused', 'invalid_dpop_proof'],
    ['[R79] a proof without nonce', new DpopError('dpop_nonce', evil, 'n'), 401, 'token_refused', 'use_dpop_nonce'],
  ])('%s', (_name, cause, ...[status, code, error]) => {
    const made = of(cause);
    expect(made).toBeInstanceOf(TokenError);
    expect(made).toMatchObject({ status, code, error, cause: { code: cause.code } });
    expect(made.headers['WWW-Authenticate']).toContain(`error="${error}"`);
  });

  it('says what is demanded, by the scheme that was used', () => {
    const scope = new PolicyError('insufficient_scope', 'x', { scope: 'a b' });
    expect(challengeOf(scope)).toMatch(
      /^Bearer error="insufficient_scope", error_description="[^"]+", scope="a b", DPoP algs/,
    );
    expect(challengeOf(scope, 'DPoP')).toMatch(
      /^Bearer, DPoP error="insufficient_scope", error_description="[^"]+", scope="a b"/,
    );
    expect(challengeOf(new DpopError('dpop_ath', 'x'), 'Bearer')).toMatch(/^Bearer, DPoP error="invalid_dpop_proof"/);
  });

  it('[R79] carries the nonce of a proof, and what else the cause says', () => {
    expect(of(new DpopError('dpop_nonce', 'x', 'n')).headers['DPoP-Nonce']).toBe('n');
    expect(of(new ResponseError('jwt_key', 'x', { headers: { 'Retry-After': '10' } })).headers['Retry-After']).toBe(
      '10',
    );
  });

  it('[R71] is without an error where no token came', () => {
    const { status, code, error, headers } = tokenRequired(challenges);
    expect({ status, code, error, headers }).toEqual({
      status: 401,
      code: 'token_required',
      error: undefined,
      headers: { 'WWW-Authenticate': challenges.bare },
    });
  });
});

describe('[R73] [D21] what is no refusal stays what it is', () => {
  it.each<[string, unknown]>([
    ['an OP that is down', new UnavailableError('op_unreachable', 'x')],
    ['a wrong configuration', new ConfigurationError('issuer_mismatch', 'x')],
    ['a refusal that has its challenge', tokenRequired(challenges)],
    ['a refusal of the program’s own', new DeniedError('login_refused', 'x', { status: 418 })],
    ['a failure of the program’s own', new TypeError('x')],
    ['a text', 'x'],
  ])('%s', (_name, cause) => {
    expect(tokenErrorOf(cause, 'Bearer', challenges)).toBe(cause);
  });
});

describe('[R85] nothing of a token or a request gets into a header', () => {
  const causes = [
    ...errorCodes.response.map((code) => new ResponseError(code, evil)),
    ...(['dpop_proof', 'dpop_nonce'] as const).map((code) => new DpopError(code, evil, 'n')),
    ...(['insufficient_scope', 'insufficient_claims', 'insufficient_user_authentication'] as const).map(
      (code) => new PolicyError(code, evil),
    ),
    new DeniedError('invalid_request', evil, { status: 400 }),
  ];
  it.each(causes.map((cause) => [cause.code, cause] as const))('%s', (_code, cause) => {
    const made = of(cause);
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    for (const [name, value] of Object.entries(made.headers)) {
      response.setHeader(name, value);
      expect(value).toMatch(/^[\x20-\x7e]+$/);
      expect(value).not.toContain('evil');
    }
    expect(made.publicMessage).not.toContain('evil');
    expect(made.message).toBe(evil);
  });
});
