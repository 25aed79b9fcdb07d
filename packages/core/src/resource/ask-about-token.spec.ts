import { createPublicKey } from 'node:crypto';
import { TestClock } from '../../test/clock.js';
import { IntrospectionOp } from '../../test/introspection-op.js';
import { encryptFor, makeKey, sign } from '../../test/keys.js';
import { refusal } from '../../test/refusal.js';
import { credentialsOf } from '../../test/crooked-answer.js';
import type { ClientAuthMethod } from '../options.js';
import { askAboutToken } from './ask-about-token.js';
import type { IntrospectorOptions } from './introspect.js';

const clock = new TestClock();
const signing = makeKey('P-256', { kid: 'one', use: 'sig' });
const stranger = makeKey('P-256', { kid: 'one', use: 'sig' });
let op: IntrospectionOp;

beforeEach(async () => {
  op = await IntrospectionOp.start();
  op.op.keys = [signing.jwk];
  op.answer = op.good(clock);
});
afterEach(() => op.op.server.stop());

function ask(more: Partial<IntrospectorOptions> = {}): ReturnType<typeof askAboutToken> {
  return askAboutToken(op.options(clock, more), 'the-token');
}

describe('the question [R78] [RULE 6.4]', () => {
  const clientSecret = 'a secret: of+ours';

  it.each<[ClientAuthMethod, string | undefined, Record<string, string>]>([
    ['client_secret_basic', clientSecret, {}],
    ['client_secret_post', clientSecret, { client_id: 'orders api', client_secret: clientSecret }],
    ['none', undefined, { client_id: 'orders api' }],
  ])('proves the API by %s', async (clientAuthMethod, secret, parameters) => {
    await ask({ client: { ref: { clientId: 'orders api' }, settings: { clientAuthMethod, clientSecret: secret } } });
    const [{ form, headers } = { form: [], headers: {} }] = op.asked;
    expect(Object.fromEntries(form)).toEqual({ token: 'the-token', token_type_hint: 'access_token', ...parameters });
    const basic = clientAuthMethod === 'client_secret_basic';
    expect(credentialsOf(headers.authorization)).toEqual(basic ? ['orders api', clientSecret] : undefined);
  });

  it('is a POST that asks for a JWT, and takes JSON', async () => {
    await ask();
    const [question] = op.asked;
    expect(question?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(question?.headers.accept).toBe('application/token-introspection+jwt, application/json;q=0.9');
    expect(op.op.server.paths).toContain('/introspect');
  });

  it('cannot be asked of an OP without the endpoint', async () => {
    op.op.metadata = {};
    expect(await refusal(() => ask())).toMatchObject({ code: 'invalid_metadata', status: 500 });
  });
});

describe('an answer that is none [R73] [D21]', () => {
  it.each<[string, string, Partial<Pick<IntrospectionOp, 'answer' | 'status' | 'contentType'>>]>([
    ['500', 'op_unreachable', { status: 500 }],
    ['503 with an answer', 'op_unreachable', { status: 503, answer: { active: false } }],
    ['429', 'op_unreachable', { status: 429 }],
    ['a redirect', 'op_unreachable', { status: 302 }],
    ['a page', 'op_unreachable', { contentType: 'text/html', answer: '<p>active</p>' }],
    ['no JSON', 'op_unreachable', { answer: '{' }],
    ['a list', 'op_unreachable', { answer: '[]' }],
    ['no active', 'op_unreachable', { answer: { scope: 'a' } }],
    ['active as a word', 'op_unreachable', { answer: { active: 'true' } }],
    ['active as a number', 'op_unreachable', { answer: { active: 1 } }],
    ['an exp that is a text', 'op_unreachable', { answer: { active: true, exp: '9999999999' } }],
    ['an aud that is a number', 'op_unreachable', { answer: { active: true, aud: 1 } }],
    ['__proto__', 'op_unreachable', { answer: '{"active":true,"__proto__":{"aud":"x"}}' }],
    ['more than 64 KB', 'op_unreachable', { answer: { active: true, more: 'x'.repeat(70_000) } }],
    ['invalid_client of ours', 'introspection_refused', { status: 401, answer: { error: 'invalid_client' } }],
    ['401 without a word', 'introspection_refused', { status: 401, contentType: 'text/plain', answer: '' }],
    ['403', 'introspection_refused', { status: 403, answer: '' }],
    ['an error with 400', 'introspection_refused', { status: 400, answer: { error: 'invalid_request' } }],
    ['an error with 200', 'introspection_refused', { answer: { error: 'invalid_client', active: true } }],
    ['404', 'op_unreachable', { status: 404, contentType: 'text/html', answer: 'no' }],
  ])('%s: %s, 503', async (_name, code, wrong) => {
    Object.assign(op, wrong);
    const error = await refusal(() => ask());
    expect(error).toMatchObject({ code, status: 503, headers: { 'Retry-After': '5' } });
    expect(error.message).not.toContain('the-token');
  });

  it('an OP that is down: 503', async () => {
    await op.op.server.stop();
    expect(await refusal(() => ask())).toMatchObject({ code: 'op_unreachable', status: 503 });
  });
});

describe('an answer that is a JWT [R78]', () => {
  const typ = 'token-introspection+jwt';

  function claims(more: Record<string, unknown> = {}): Record<string, unknown> {
    const iat = Math.floor(clock.now() / 1000);
    return { iss: op.op.issuer, aud: 'orders api', iat, token_introspection: op.good(clock), ...more };
  }
  async function answers(jwt: string | Promise<string>): Promise<void> {
    op.contentType = 'application/token-introspection+jwt; charset=utf-8';
    op.answer = await jwt;
  }
  function signed(more: Record<string, unknown> = {}, header: Record<string, unknown> = {}): Promise<string> {
    return sign(signing, { alg: 'ES256', kid: 'one', typ, ...header }, claims(more));
  }

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['for the client', {}, {}],
    ['for the API', { aud: 'https://api.example' }, {}],
    ['for several', { aud: ['x', 'https://api.example'] }, {}],
    ['with its typ in full', {}, { typ: `application/${typ}` }],
    ['without kid', {}, { kid: undefined }],
  ])('is taken %s', async (_name, more, header) => {
    await answers(signed(more, header));
    await expect(ask()).resolves.toMatchObject({ active: true, sub: 'ada' });
  });

  it('says what stands within, whatever stands beside it', async () => {
    await answers(signed({ active: true, sub: 'eve', token_introspection: { active: false } }));
    const answer = await ask();
    expect([answer.active, answer.sub]).toEqual([false, undefined]);
  });

  it('is opened where it came encrypted', async () => {
    const { privateKey } = makeKey('RSA');
    const publicKey = createPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await answers(encryptFor(publicKey, { alg: 'RSA-OAEP-256', enc: 'A256GCM' }, await signed()));
    await expect(ask({ decryptionKeys: [privateKey] })).resolves.toMatchObject({ active: true });
    expect(await refusal(() => ask())).toMatchObject({ code: 'op_unreachable', status: 503 });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['by another key', () => sign(stranger, { alg: 'ES256', kid: 'one', typ }, claims())],
    ['of another typ', () => signed({}, { typ: 'JWT' })],
    ['without typ', () => signed({}, { typ: undefined })],
    ['of the typ of access tokens', () => signed({}, { typ: 'at+jwt' })],
    ['by another issuer', () => signed({ iss: 'https://evil.example' })],
    ['without iss', () => signed({ iss: undefined })],
    ['for another API', () => signed({ aud: 'https://other.example' })],
    ['without aud', () => signed({ aud: undefined })],
    ['without an answer', () => signed({ token_introspection: undefined })],
    ['with an answer that is a list', () => signed({ token_introspection: [] })],
    ['with active as a word', () => signed({ token_introspection: { active: 'yes' } })],
    ['that is JSON', () => JSON.stringify({ active: true })],
    ['with HS256', () => sign(new TextEncoder().encode('x'.repeat(32)), { alg: 'HS256', typ }, claims())],
  ])('is not taken %s: 503', async (_name, jwt) => {
    await answers(jwt());
    expect(await refusal(() => ask())).toMatchObject({ code: 'op_unreachable', status: 503 });
  });

  it('is not taken with an algorithm that is not configured', async () => {
    await answers(signed());
    expect(await refusal(() => ask({ algorithms: ['RS256'] }))).toMatchObject({ status: 503 });
    await expect(ask({ algorithms: ['ES256'] })).resolves.toMatchObject({ active: true });
  });
});
