import { TestClock } from '../../test/clock.js';
import { prove } from '../../test/dpop.js';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { TokenOp } from '../../test/token-op.js';
import { DeniedError } from '../errors.js';
import { StepUpError } from '../login/step-up.js';
import type { ApiRequest } from './bearer.js';
import { TokenVerifier } from './token-verifier.js';

const baseUrl = 'https://api.example';
const key = makeKey('P-256');

let op: TokenOp;
let clock: TestClock;
beforeAll(async () => (op = await TokenOp.start({ jwtTokens: true })));
beforeEach(() => (clock = new TestClock()));
afterAll(() => op.stop());

const verifier = (): TokenVerifier =>
  new TokenVerifier({ issuer: op.issuer, audience: op.audience, baseUrl, dpop: { nonce: true }, clock });

/** A request with a bound token, a proof for it, and the headers that its answer is told. */
async function bound(nonce?: string): Promise<{ request: ApiRequest; told: string[]; again: () => ApiRequest }> {
  const token = await op.issue({ key });
  const proof = await prove(key, { url: `${baseUrl}/orders`, token, now: clock.now() / 1000, nonce });
  const headers: Record<string, string> = { authorization: `DPoP ${token}`, dpop: proof };
  const told: string[] = [];
  const again = (): ApiRequest => ({
    method: 'GET',
    target: '/orders',
    header: (name) => headers[name],
    setHeader: (name, value) => told.push(`${name}: ${value}`),
  });
  return { request: again(), told, again };
}

/** The nonce that a verifier asks for. */
async function nonceOf(by: TokenVerifier): Promise<string> {
  const { request } = await bound();
  const { headers } = await refusal(() => by.verify(request));
  return headers['DPoP-Nonce'] ?? '';
}

describe('[R79] [RULE 6.5] a proof is good for one request', () => {
  it('whoever asks about that request again, at once or later, gets the same answer', async () => {
    const by = verifier();
    const { request } = await bound(await nonceOf(by));
    const verdicts = await Promise.all([by.verify(request), by.verify(request)]);
    clock.advance(300_000);
    verdicts.push(await by.verify(request));
    expect(verdicts.map((verdict) => verdict?.scheme)).toEqual(['DPoP', 'DPoP', 'DPoP']);
  });

  it('another request with it is refused', async () => {
    const by = verifier();
    const { request, again } = await bound(await nonceOf(by));
    await by.verify(request);
    expect(await refusal(() => by.verify(again()))).toMatchObject({ cause: { code: 'dpop_replayed' } });
  });

  it('a proof that was refused stays refused', async () => {
    const by = verifier();
    const { request } = await bound('another nonce');
    for (let n = 0; n < 2; n++)
      expect(await refusal(() => by.verify(request))).toMatchObject({ cause: { code: 'dpop_nonce' } });
  });

  it('the token is judged anew: it ends', async () => {
    const by = verifier();
    const { request } = await bound(await nonceOf(by));
    await by.verify(request);
    clock.advance(700_000);
    expect(await refusal(() => by.verify(request))).toMatchObject({ cause: { code: 'access_token_exp' } });
  });
});

describe('[R71] a refusal for another reason', () => {
  const challenge = expect.stringMatching(/^Bearer, DPoP algs=/) as string;

  it('gets the challenge, since a token would do as well', () => {
    const denied = new DeniedError('login_required', 'Expected a session.', {
      status: 401,
      publicMessage: 'Sign in.',
      headers: { 'X-Own': '1' },
    });
    const { code, status, message, publicMessage, headers } = verifier().challenged(denied);
    expect({ code, status, message, publicMessage }).toEqual({
      code: 'login_required',
      status: 401,
      message: 'Expected a session.',
      publicMessage: 'Sign in.',
    });
    expect(headers).toEqual({ 'X-Own': '1', 'WWW-Authenticate': challenge });
  });

  it('still says what a login has to be for', () => {
    const denied = verifier().challenged(new StepUpError({ acr: 'gold' }, 'Expected acr "gold".'));
    expect(denied).toMatchObject({ status: 401, demand: { acr: 'gold' }, headers: { 'WWW-Authenticate': challenge } });
  });

  it('stays as it is where no token would do either', () => {
    const denied = new DeniedError('csrf_refused', 'Expected another page.');
    expect(verifier().challenged(denied)).toBe(denied);
  });
});
