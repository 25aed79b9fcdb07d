import { LoginBench } from '../../test/login-bench.js';
import { optionsFor, type PartyOptions } from '../../test/relying-party.js';
import { refusal } from '../../test/refusal.js';
import { OidcClient } from '../client/client.js';
import { codeChallengeOf } from '../pkce.js';
import { authorize, type LoginRequest } from './authorize.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

const baseUrl = 'https://app.example/shop';
const clientWith = (options: PartyOptions = {}): OidcClient =>
  new OidcClient(optionsFor(bench.op.issuer, baseUrl, { clock: bench.clock, ...options }));

async function sent(options: PartyOptions = {}, request: LoginRequest = {}): Promise<Record<string, string>> {
  const { url } = await authorize(clientWith(options), request);
  return Object.fromEntries(new URL(url).searchParams);
}

it('[R1] [R2] [R3] [R4] [R10] asks for a code, with state, nonce, S256 challenge and the one redirect URI', async () => {
  const { url, login } = await authorize(clientWith());
  expect(url.startsWith(`${bench.op.issuer}/authorize?`)).toBe(true);
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: 'https://app.example/shop/auth/callback',
    scope: 'openid profile email',
    state: login.state,
    nonce: login.nonce,
    code_challenge: codeChallengeOf(login.codeVerifier),
    code_challenge_method: 'S256',
  });
});

it('[R2] [R3] [R4] [D17] draws state, nonce and verifier anew for each login, 43 characters each', async () => {
  const client = clientWith();
  const logins = await Promise.all(Array.from({ length: 20 }, async () => (await authorize(client)).login));
  for (const name of ['state', 'nonce', 'codeVerifier'] as const) {
    expect(new Set(logins.map((login) => login[name])).size).toBe(20);
    for (const login of logins) expect(login[name]).toMatch(/^[\w-]{43}$/);
  }
  const all = logins.flatMap(({ state, nonce, codeVerifier }) => [state, nonce, codeVerifier]);
  expect(new Set(all).size).toBe(60);
});

it('tells the OP neither the verifier nor the page to come back to', async () => {
  const { url, login } = await authorize(clientWith(), { returnTo: '/shop/cart' });
  expect(login.returnTo).toBe('/shop/cart');
  expect(url).not.toContain(login.codeVerifier);
  expect(url).not.toContain('cart');
});

it('notes when it began by the clock of the store, and under which session', async () => {
  const { login } = await authorize(clientWith(), { beganUnder: 'hash' });
  expect(login).toMatchObject({ createdAt: bench.clock.now(), sessionHash: 'hash' });
  expect((await authorize(clientWith())).login).not.toHaveProperty('sessionHash');
});

describe('more parameters', () => {
  it('come from the options, and those of one login win', async () => {
    const authorizationParams = { prompt: 'login', ui_locales: 'de', max_age: 60 };
    expect(await sent({ authorizationParams })).toMatchObject({ prompt: 'login', ui_locales: 'de', max_age: '60' });
    const one = await sent({ authorizationParams }, { authorizationParams: { prompt: 'consent', acr_values: 'a b' } });
    expect(one).toMatchObject({ prompt: 'consent', ui_locales: 'de', acr_values: 'a b' });
  });

  it('[R18] max_age is kept, since it will be checked', async () => {
    const client = clientWith({ authorizationParams: { max_age: 60 } });
    expect((await authorize(client)).login.maxAge).toBe(60);
    expect((await authorize(client, { authorizationParams: { max_age: '0' } })).login.maxAge).toBe(0);
    expect((await authorize(clientWith())).login).not.toHaveProperty('maxAge');
  });

  it.each([
    ['state', 'mine'],
    ['nonce', 'mine'],
    ['redirect_uri', 'https://evil.example'],
    ['scope', 'openid admin'],
    ['response_mode', 'fragment'],
    ['request', 'eyJ'],
    ['request_uri', 'https://evil.example/request'],
    ['code_challenge_method', 'plain'],
    ['max_age', 'soon'],
    ['max_age', -1],
    ['max_age', 1.5],
    ['login_hint', undefined],
  ])('[R2] [R3] [R4] [R10] refuses %s: %j of one login, and shows no value', async (name, value) => {
    const authorizationParams = { [name]: value } as LoginRequest['authorizationParams'] & object;
    const error = await refusal(() => authorize(clientWith(), { authorizationParams }));
    expect(error).toMatchObject({ code: 'invalid_option', status: 500 });
    expect(error.message).toMatch(/^authorizationParams: expected texts and numbers/);
  });
});

it.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '/shop/auth/logout', ''])(
  '[R11] [D17] a login to %j ends where logins end by default',
  async (returnTo) => {
    expect((await authorize(clientWith({ returnTo: '/shop/home' }), { returnTo })).login.returnTo).toBe('/shop/home');
    expect((await authorize(clientWith(), { returnTo })).login.returnTo).toBe('/shop/');
  },
);

it('keeps what stands in the query of the endpoint', async () => {
  bench.op.metadata = { authorization_endpoint: `${bench.op.issuer}/authorize?tenant=a%20b&state=theirs` };
  const { url, login } = await authorize(clientWith());
  expect(url).toContain('/authorize?tenant=a%20b&');
  expect(new URL(url).searchParams.getAll('state')).toEqual([login.state]);
});

it.each([
  ['another issuer', () => ({ issuer: 'https://evil.example' }), 'issuer_mismatch'],
  ['the issuer with a slash', (issuer: string) => ({ issuer: `${issuer}/` }), 'issuer_mismatch'],
  ['no issuer', () => ({ issuer: undefined }), 'invalid_metadata'],
  ['no authorization_endpoint', () => ({ authorization_endpoint: undefined }), 'invalid_metadata'],
  ['an endpoint that runs a script', () => ({ authorization_endpoint: 'javascript:alert(1)' }), 'invalid_metadata'],
])('[R24] sends nobody to an OP whose metadata has %s', async (_what, metadata, code) => {
  bench.op.metadata = metadata(bench.op.issuer);
  expect(await refusal(() => authorize(clientWith()))).toMatchObject({ code, status: 500 });
});

it('[D17] an OP that is down is unavailable, and back without a restart', async () => {
  const client = clientWith();
  await bench.op.stop();
  expect(await refusal(() => authorize(client))).toMatchObject({ code: 'op_unreachable', status: 503 });
  await bench.op.listen();
  bench.clock.advance(2000);
  expect((await authorize(client)).url).toContain('/authorize?');
});
