import { calculateJwkThumbprint } from 'jose';
import { makeCertificate } from '../../test/certificates.js';
import { TestClock } from '../../test/clock.js';
import { prove } from '../../test/dpop.js';
import { makeKey } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { MemoryStore } from '../session/memory-store.js';
import { DpopNonces } from './dpop-nonce.js';
import { ClientCertificates } from './mtls.js';
import { confirmSender, type SenderRequest, type SenderSettings, type SentToken } from './sender.js';

const key = makeKey('P-256');
const mine = makeCertificate('client');
const other = makeCertificate('other');
const client = { issuer: 'https://op.example', clientId: 'https://api.example' };
const clock = new TestClock();
const store = new MemoryStore({ clock });
const certificates = new ClientCertificates();
const dpop = { required: false, window: 60, baseUrl: 'https://api.example/v1', store };
const both: SenderSettings = { dpop, mtls: { required: false, certificates }, clock, tolerance: 60 };
const neither: SenderSettings = { clock, tolerance: 60 };
let jkt: string;

beforeAll(async () => {
  jkt = await calculateJwkThumbprint(key.jwk);
});

function request(proof?: string, certificate = mine): SenderRequest {
  return {
    method: 'GET',
    target: '/v1/orders?page=2',
    header: (name) => ({ dpop: proof, host: 'evil.example' })[name],
    socket: { remoteAddress: '192.0.2.1', getPeerCertificate: () => ({ raw: certificate.der }) },
  };
}

function sent(cnf: unknown, scheme: SentToken['scheme'] = 'Bearer'): SentToken {
  return { token: 'token', scheme, cnf, client };
}

function proof(url = 'https://api.example/v1/orders', nonce?: string): Promise<string> {
  return prove(key, { url, token: 'token', now: clock.now() / 1000, nonce });
}

describe('confirmSender [R79] [R80] [R81]', () => {
  it('says at once that a token which is bound to nothing may come from anybody', () => {
    expect(confirmSender(request(), sent(undefined), both)).toBeUndefined();
    expect(confirmSender(request(), sent(undefined), neither)).toBeUndefined();
    expect(confirmSender(request('not looked at'), sent(undefined), both)).toBeUndefined();
  });

  it('says at once whether the certificate is the token’s', () => {
    expect(confirmSender(request(), sent({ 'x5t#S256': mine.thumbprint }), both)).toBeUndefined();
  });

  it('takes a proof for the URL below the configured base URL, whatever the Host header says [D22]', async () => {
    await expect(confirmSender(request(await proof()), sent({ jkt }, 'DPoP'), both)).resolves.toBeUndefined();
    const evil = await proof('https://evil.example/v1/orders');
    expect(await refusal(() => confirmSender(request(evil), sent({ jkt }, 'DPoP'), both))).toMatchObject({
      code: 'dpop_htu',
    });
  });

  it('enforces both where a token is bound to both [R81]', async () => {
    const cnf = { jkt, 'x5t#S256': mine.thumbprint };
    await expect(confirmSender(request(await proof()), sent(cnf, 'DPoP'), both)).resolves.toBeUndefined();
    const wrongKey = request(
      await prove(makeKey('P-256'), { url: 'https://api.example/v1/orders', token: 'token', now: clock.now() / 1000 }),
    );
    expect(await refusal(() => confirmSender(wrongKey, sent(cnf, 'DPoP'), both))).toMatchObject({ code: 'dpop_key' });
    const made = await proof();
    expect(await refusal(() => confirmSender(request(made, other), sent(cnf, 'DPoP'), both))).toMatchObject({
      code: 'access_token_binding',
    });
    // The certificate came first, so the proof is not used up.
    await expect(confirmSender(request(made), sent(cnf, 'DPoP'), both)).resolves.toBeUndefined();
  });

  it.each<[string, unknown, SentToken['scheme'], SenderSettings?]>([
    ['a token that is bound to a key, as Bearer: a downgrade', { jkt: 'j'.repeat(43) }, 'Bearer'],
    ['the same at an API that takes no proofs', { jkt: 'j'.repeat(43) }, 'Bearer', neither],
    ['a token that is bound to a key, at an API that takes no proofs', { jkt: 'j'.repeat(43) }, 'DPoP', neither],
    ['a token that is bound to nothing, with the scheme DPoP', undefined, 'DPoP'],
    ['a token that is bound to a certificate alone, with the scheme DPoP', { 'x5t#S256': mine.thumbprint }, 'DPoP'],
    ['another certificate', { 'x5t#S256': other.thumbprint }, 'Bearer'],
    ['a certificate at an API that looks at none', { 'x5t#S256': mine.thumbprint }, 'Bearer', neither],
    ['a cnf that names nothing', {}, 'Bearer'],
    ['a cnf that is null', null, 'Bearer'],
    ['a cnf that is a text', 'x', 'Bearer'],
    ['a cnf that is a list', [], 'Bearer'],
    ['a member of cnf that is not known', { 'x5t#S256': mine.thumbprint, kid: 'x' }, 'Bearer'],
    ['a jwk in cnf, which nobody here enforces', { jwk: key.jwk }, 'Bearer'],
    ['a jkt that is no thumbprint', { jkt: '' }, 'DPoP'],
    ['a jkt that is a list', { jkt: ['j'.repeat(43)] }, 'DPoP'],
    ['an x5t#S256 in hex', { 'x5t#S256': 'ab'.repeat(32) }, 'Bearer'],
    [
      'a token that is bound to nothing, where a key is demanded',
      undefined,
      'Bearer',
      { ...both, dpop: { ...dpop, required: true } },
    ],
    [
      'a token that is bound to nothing, where a certificate is demanded',
      undefined,
      'Bearer',
      { ...both, mtls: { required: true, certificates } },
    ],
    [
      'a token that is bound to a certificate, where a key is demanded',
      { 'x5t#S256': mine.thumbprint },
      'Bearer',
      { ...both, dpop: { ...dpop, required: true } },
    ],
  ])('refuses %s', async (_name, cnf, scheme, settings = both) => {
    const error = await refusal(() => confirmSender(request(), sent(cnf, scheme), settings));
    expect(error).toMatchObject({ code: 'access_token_binding', status: 401 });
  });

  it('refuses a certificate that did not come', async () => {
    const bare: SenderRequest = { method: 'GET', target: '/', header: () => undefined };
    const error = await refusal(() => confirmSender(bare, sent({ 'x5t#S256': mine.thumbprint }), both));
    expect(error).toMatchObject({ code: 'access_token_binding', status: 401 });
  });

  it('refuses a proof that did not come, and a target that is no path', async () => {
    expect(await refusal(() => confirmSender(request(), sent({ jkt }, 'DPoP'), both))).toMatchObject({
      code: 'dpop_proof',
    });
    const made = { ...request(await proof()), target: 'http://api.example/v1/orders' };
    expect(await refusal(() => confirmSender(made, sent({ jkt }, 'DPoP'), both))).toMatchObject({ code: 'dpop_htu' });
  });

  it('hands out the next nonce in time', async () => {
    const nonces = new DpopNonces({ clock });
    const settings = { ...both, dpop: { ...dpop, nonces } };
    const nonce = nonces.current();
    await expect(
      confirmSender(request(await proof(undefined, nonce)), sent({ jkt }, 'DPoP'), settings),
    ).resolves.toBeUndefined();
    clock.advance(150_000);
    const stale = request(await proof(undefined, nonce));
    await expect(confirmSender(stale, sent({ jkt }, 'DPoP'), settings)).resolves.toBe(nonces.current());
  });

  it('shows no thumbprint and no token [R92]', async () => {
    const error = await refusal(() => confirmSender(request(), sent({ 'x5t#S256': other.thumbprint }), both));
    expect(error.message).toBe('Expected the certificate that the token is bound to, came another.');
  });
});
