import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import { TestClock } from '../../test/clock.js';
import { prove, proofClaims, type ProofFor } from '../../test/dpop.js';
import { makeKey, privateJwk, sign, unsigned, type TestKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { MemoryStore } from '../session/memory-store.js';
import { DpopError, dpopAlgorithms, verifyDpopProof, type DpopExpectations } from './dpop.js';
import { DpopNonces } from './dpop-nonce.js';

const key = makeKey('P-256');
const stranger = makeKey('P-256');
const token = 'an-opaque-access-token';
const url = 'https://api.example/orders?page=2';
const client = { issuer: 'https://op.example', clientId: 'https://api.example' };
const at = 1_800_000_000;
let jkt: string;
let clock: TestClock;
let store: MemoryStore;

beforeAll(async () => {
  jkt = await calculateJwkThumbprint(key.jwk);
});
beforeEach(() => {
  clock = new TestClock(at * 1000);
  store = new MemoryStore({ clock });
});

function verify(proof: string | null | undefined, more: Partial<DpopExpectations> = {}): Promise<string | undefined> {
  const now = clock.now() / 1000;
  const method = 'GET';
  return verifyDpopProof({
    proof,
    method,
    url,
    accessToken: token,
    jkt,
    now,
    window: 60,
    tolerance: 60,
    store,
    client,
    ...more,
  });
}

function proof(more: Partial<ProofFor> = {}, by: TestKey = key): Promise<string> {
  return prove(by, { url: 'https://api.example/orders', token, now: at, ...more });
}

describe('verifyDpopProof [R79] [RULE 6.5]', () => {
  it.each(['P-256', 'RSA', 'Ed25519'])('takes a right proof by a key of the kind %s', async (kind) => {
    const own = makeKey(kind);
    await expect(verify(await proof({}, own), { jkt: await calculateJwkThumbprint(own.jwk) })).resolves.toBeUndefined();
  });

  it.each([
    ['PS256', 'RSA'],
    ['ES384', 'P-384'],
    ['ES512', 'P-521'],
    ['Ed25519', 'Ed25519'],
  ])('takes one that is signed with %s', async (alg, kind) => {
    const own = makeKey(kind);
    const made = await proof({ header: { alg } }, own);
    await expect(verify(made, { jkt: await calculateJwkThumbprint(own.jwk) })).resolves.toBeUndefined();
  });

  it.each<[string, Partial<ProofFor>]>([
    ['htu with query and fragment', { url: `${url}#top` }],
    ['htu in other letters and with its port', { url: 'HTTPS://API.example:443/x/../orders' }],
    ['typ in full', { header: { typ: 'application/dpop+jwt' } }],
    [
      'more claims and a member of the key that we do not know',
      { claims: { more: 1 }, header: { jwk: { ...key.jwk, kid: 'x' } } },
    ],
    ['a nonce that nobody asked for', { nonce: 'x' }],
    ['an iat as old as window and tolerance together', { now: at - 120 }],
    ['an iat ahead by the tolerance', { now: at + 60 }],
  ])('takes %s', async (_name, more) => {
    await expect(verify(await proof(more))).resolves.toBeUndefined();
  });

  it.each<[string, string, Partial<ProofFor>]>([
    ['another typ', 'dpop_proof', { header: { typ: 'JWT' } }],
    ['no typ', 'dpop_proof', { header: { typ: undefined } }],
    ['no jwk', 'dpop_proof', { header: { jwk: undefined } }],
    ['a jwk that is a text', 'dpop_proof', { header: { jwk: 'x' } }],
    ['a jwk that is a list', 'dpop_proof', { header: { jwk: [key.jwk] } }],
    ['a jwk with a private part', 'dpop_proof', { header: { jwk: privateJwk(key) } }],
    ['a jwk for encryption', 'dpop_proof', { header: { jwk: { ...key.jwk, use: 'enc' } } }],
    ['a jwk that is no key', 'dpop_key', { header: { jwk: { ...key.jwk, x: 'AAAA' } } }],
    [
      'a jwk whose members are no texts',
      'dpop_key',
      { header: { jwk: { ...key.jwk, x: [key.jwk.x], y: { kty: 1 } } } },
    ],
    ['a jwk for another algorithm', 'dpop_proof', { header: { jwk: makeKey('RSA').jwk } }],
    ['a symmetric jwk', 'dpop_proof', { header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } }],
    ['the jwk of another key', 'dpop_key', { header: { jwk: stranger.jwk } }],
    ['another method', 'dpop_htm', { method: 'POST' }],
    ['the method in other letters', 'dpop_htm', { method: 'get' }],
    ['another path', 'dpop_htu', { url: 'https://api.example/orders/' }],
    ['another host', 'dpop_htu', { url: 'https://api.example.evil/orders' }],
    ['another scheme', 'dpop_htu', { url: 'http://api.example/orders' }],
    ['another port', 'dpop_htu', { url: 'https://api.example:8443/orders' }],
    ['no URL', 'dpop_htu', { url: 'orders' }],
    ['another token', 'dpop_ath', { token: 'another' }],
    ['no ath', 'dpop_ath', { claims: { ath: undefined } }],
    ['an empty ath', 'dpop_ath', { claims: { ath: '' } }],
    ['an iat older than window and tolerance together', 'dpop_iat', { now: at - 121 }],
    ['an iat further ahead than the tolerance', 'dpop_iat', { now: at + 61 }],
    ['no iat', 'dpop_proof', { claims: { iat: undefined } }],
    ['an iat that is a text', 'dpop_proof', { claims: { iat: String(at) } }],
    ['no jti', 'dpop_proof', { claims: { jti: undefined } }],
    ['an empty jti', 'dpop_proof', { claims: { jti: '' } }],
    ['a jti of more than 255 characters', 'dpop_proof', { claims: { jti: 'x'.repeat(256) } }],
    ['no htm', 'dpop_proof', { claims: { htm: undefined } }],
    ['no htu', 'dpop_proof', { claims: { htu: undefined } }],
  ])('refuses %s: %s', async (_name, code, more) => {
    const error = await refusal(async () => verify(await proof(more)));
    expect(error).toBeInstanceOf(DpopError);
    expect(error).toMatchObject({ code, status: 401, error: 'invalid_dpop_proof', headers: {} });
  });

  it.each<[string, string | null | undefined | (() => string | Promise<string>)]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['another text', 'x'],
    ['one that is too long', () => proof({ claims: { more: 'x'.repeat(16_000) } })],
    [
      'alg none',
      () => unsigned({ alg: 'none', typ: 'dpop+jwt', jwk: key.jwk }, proofClaims({ url, token, now: at }), 'AAAA'),
    ],
    ['an unsigned one', () => unsigned({ alg: 'none', typ: 'dpop+jwt', jwk: key.jwk })],
    [
      'HS256 with the public key as its secret',
      () => sign(new TextEncoder().encode('x'.repeat(32)), { alg: 'HS256', typ: 'dpop+jwt', jwk: key.jwk }),
    ],
    ['crit', () => unsigned({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, crit: ['x'], x: 1 }, {}, 'AAAA')],
    ['no header', () => unsigned('x', {}, 'AAAA')],
    ['a payload that is no object', () => sign(key, { alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk }, '[]')],
  ])('refuses %s', async (_name, made) => {
    const error = await refusal(async () => verify(typeof made === 'function' ? await made() : made));
    expect(error).toMatchObject({ code: 'dpop_proof', status: 401, error: 'invalid_dpop_proof' });
  });

  it('names the algorithms that it takes, and shows the one that came escaped', async () => {
    const made = unsigned({ alg: 'H"S\n256', typ: 'dpop+jwt', jwk: key.jwk }, {}, 'AAAA');
    const { message } = await refusal(() => verify(made));
    expect(message).toBe(`Expected one of ${dpopAlgorithms.join(', ')}, came "H\\"S\\n256".`);
  });

  it('refuses a changed payload and a changed signature', async () => {
    const [header, payload, signature] = (await proof()).split('.') as [string, string, string];
    const other = Buffer.from(JSON.stringify(proofClaims({ url, token, now: at }))).toString('base64url');
    for (const changed of [`${header}.${other}.${signature}`, `${header}.${payload}.${signature.slice(0, -2)}AA`])
      expect(await refusal(() => verify(changed))).toMatchObject({ code: 'dpop_signature' });
  });

  it('refuses several headers with 400, joined as Node joins them', async () => {
    const error = await refusal(async () => verify(`${await proof()}, ${await proof()}`));
    expect(error).toMatchObject({ code: 'invalid_request', status: 400 });
  });

  it('refuses every proof where the URL of the request cannot be said', async () => {
    expect(await refusal(async () => verify(await proof({ url: '' }), { url: undefined }))).toMatchObject({
      code: 'dpop_proof',
    });
    expect(await refusal(async () => verify(await proof({ url: 'x' }), { url: undefined }))).toMatchObject({
      code: 'dpop_htu',
    });
  });

  it('looks in the order of the rule: what comes first is what is said', async () => {
    const wrong = { method: 'POST', url: 'https://x.example/', token: 'x', now: 1 };
    const order = [
      ['dpop_key', await proof({ ...wrong, header: { jwk: stranger.jwk } })],
      ['dpop_signature', `${(await proof(wrong)).split('.').slice(0, 2).join('.')}.AAAA`],
      ['dpop_htm', await proof(wrong)],
      ['dpop_htu', await proof({ ...wrong, method: 'GET' })],
      ['dpop_ath', await proof({ token: 'x', now: 1 })],
      ['dpop_iat', await proof({ now: 1 })],
      ['dpop_nonce', await proof()],
    ] as const;
    const nonces = new DpopNonces({ clock });
    for (const [code, made] of order) expect(await refusal(() => verify(made, { nonces }))).toMatchObject({ code });
  });

  it('shows nothing of the proof in what it says [R92] [RULE 8.1]', async () => {
    const made = await proof({ claims: { jti: 'the-secret-jti', nonce: 'the-secret-nonce' } });
    await verify(made);
    const errors = [
      await refusal(() => verify(made)),
      await refusal(() => verify(made, { nonces: new DpopNonces({ clock }) })),
      await refusal(() => verify(made, { jkt: 'x' })),
    ];
    const shown = inspect(errors, { depth: 9 });
    for (const secret of ['the-secret', made, token, jkt, key.jwk.x!]) expect(shown).not.toContain(secret);
  });

  it('offers asymmetric algorithms alone', () => {
    expect(dpopAlgorithms).toEqual(expect.arrayContaining(['RS256', 'PS256', 'ES256', 'EdDSA']));
    expect(dpopAlgorithms.filter((alg) => /^HS|none/.test(alg))).toEqual([]);
  });
});

describe('the use of a proof [R79] [D22] [RULE 6.5]', () => {
  it('passes once, also where another machine saw it first', async () => {
    const made = await proof();
    await verify(made);
    expect(await refusal(() => verify(made))).toMatchObject({
      code: 'dpop_replayed',
      error: 'invalid_dpop_proof',
      status: 401,
    });
  });

  it('passes once of many at the same time', async () => {
    const made = await proof();
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => verify(made)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is remembered for as long as the proof would pass', async () => {
    const made = await proof({ now: at + 60 });
    await verify(made);
    clock.advance(180_000);
    expect(await refusal(() => verify(made))).toMatchObject({ code: 'dpop_replayed' });
    clock.advance(1000);
    expect(await refusal(() => verify(made))).toMatchObject({ code: 'dpop_iat' });
  });

  it('is claimed by the key and the jti together: two keys may make one jti', async () => {
    const claims = { jti: 'one' };
    await verify(await proof({ claims }));
    const other = { jkt: await calculateJwkThumbprint(stranger.jwk) };
    await expect(verify(await proof({ claims }, stranger), other)).resolves.toBeUndefined();
    expect(await refusal(async () => verify(await proof({ claims })))).toMatchObject({ code: 'dpop_replayed' });
  });

  it('is not claimed by a proof that is refused', async () => {
    const claims = { jti: 'one' };
    await refusal(async () => verify(await proof({ claims, method: 'POST' })));
    await refusal(async () => verify(await proof({ claims, token: 'x' })));
    await refusal(async () => verify(await proof({ claims, now: 1 })));
    await refusal(async () => verify(await proof({ claims }), { nonces: new DpopNonces({ clock }) }));
    await expect(verify(await proof({ claims }))).resolves.toBeUndefined();
  });

  it('is 503 where the store is full, for that key alone [RULE 2.4]', async () => {
    store = new MemoryStore({ clock, maxPerHolder: 2 });
    await verify(await proof());
    await verify(await proof());
    expect(await refusal(async () => verify(await proof()))).toMatchObject({ code: 'store_full', status: 503 });
    const other = { jkt: await calculateJwkThumbprint(stranger.jwk) };
    await expect(verify(await proof({}, stranger), other)).resolves.toBeUndefined();
  });

  it('is 503 where the store does not answer', async () => {
    const broken = { firstUse: () => Promise.reject(new Error('connection lost')) };
    expect(await refusal(async () => verify(await proof(), { store: broken }))).toMatchObject({
      code: 'store_unavailable',
      status: 503,
      headers: { 'Retry-After': '5' },
    });
  });

  it('tells the store hashes alone', async () => {
    const asked: unknown[] = [];
    const watching = {
      firstUse: (...args: unknown[]) => {
        asked.push(args);
        return Promise.resolve(true);
      },
    };
    await verify(await proof({ claims: { jti: 'one' } }), { store: watching });
    const hashed = createHash('sha256')
      .update(JSON.stringify([jkt, 'one']))
      .digest('base64url');
    expect(asked).toEqual([[client, { kind: 'dpop', key: hashed, holder: jkt }, 121_000]]);
  });
});

describe('the nonce [R79] [D22]', () => {
  const secret = 'a secret that all machines of this API share';

  it.each([
    ['no nonce', undefined],
    ['a nonce of somebody else', 'x'],
  ])('%s: use_dpop_nonce, with the one of now', async (_name, nonce) => {
    const nonces = new DpopNonces({ clock, secret });
    const error = await refusal(async () => verify(await proof({ nonce }), { nonces }));
    expect(error).toMatchObject({ code: 'dpop_nonce', status: 401, error: 'use_dpop_nonce' });
    expect(error.headers).toEqual({ 'DPoP-Nonce': nonces.current() });
  });

  it('passes with the nonce of another machine', async () => {
    const nonce = new DpopNonces({ clock, secret }).current();
    const nonces = new DpopNonces({ clock, secret });
    await expect(verify(await proof({ nonce }), { nonces })).resolves.toBeUndefined();
  });

  it('passes with a stale one, and gets the next; not with one that is older', async () => {
    const nonces = new DpopNonces({ clock, secret });
    const nonce = nonces.current();
    clock.advance(150_000);
    const stale = await proof({ nonce, now: clock.now() / 1000 });
    await expect(verify(stale, { nonces })).resolves.toBe(nonces.current());
    clock.advance(150_000);
    const old = await proof({ nonce, now: clock.now() / 1000 });
    expect(await refusal(() => verify(old, { nonces }))).toMatchObject({ code: 'dpop_nonce' });
  });
});
