import { decodeJwt, jwtVerify } from 'jose';
import { TestClock } from '../../../test/clock.js';
import { makeKey, privateJwk } from '../../../test/keys.js';
import { refusal } from '../../../test/refusal.js';
import { optionsFor, type PartyOptions } from '../../../test/relying-party.js';
import { OidcClient } from '../client.js';
import type { ClientAuthentication, ProvedTo } from './authenticate.js';
import { privateKeyJwt } from './private-key-jwt.js';

const issuer = 'https://op.example';
const clock = new TestClock(1_700_000_000_999);
const op: ProvedTo = { issuer, token_endpoint: 'https://op.example/token' };
const rsa = makeKey('RSA');

function proved(options: PartyOptions, to: ProvedTo = op): Promise<ClientAuthentication> {
  const client = new OidcClient(optionsFor(issuer, 'https://app.example', { clock, ...options }));
  return privateKeyJwt(client, to);
}

it('[R33] [RULE 5.8] signs who the client is, for the issuer alone, for a minute', async () => {
  const { headers, parameters } = await proved({ clientKeys: [rsa.privateKey] });
  const { client_assertion: assertion = '', ...others } = parameters;
  expect([headers, others]).toEqual([
    {},
    { client_id: 'app', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
  ]);
  expect(decodeJwt(assertion)).toEqual({
    iss: 'app',
    sub: 'app',
    aud: issuer,
    jti: expect.stringMatching(/^[\w-]{43}$/) as string,
    iat: 1_700_000_000,
    exp: 1_700_000_060,
  });
});

it.each<[kind: string, alg: string]>([
  ['RSA', 'RS256'],
  ['RSA', 'PS256'],
  ['P-256', 'ES256'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
])('[R33] by a key of %s with %s, which the header names', async (kind, alg) => {
  const key = makeKey(kind);
  const { parameters } = await proved({
    clientKeys: [{ ...privateJwk(key), alg, kid: 'mine' }, rsa.privateKey],
  });
  const { protectedHeader } = await jwtVerify(parameters.client_assertion ?? '', key.jwk, {
    algorithms: [alg],
    currentDate: new Date(clock.now()),
  });
  expect(protectedHeader).toEqual({ alg, kid: 'mine' });
});

it('[R33] no two are the same, also within one second', async () => {
  const [one, two] = await Promise.all([
    proved({ clientKeys: [rsa.privateKey] }),
    proved({ clientKeys: [rsa.privateKey] }),
  ]);
  const idOf = ({ parameters }: ClientAuthentication): unknown => decodeJwt(parameters.client_assertion ?? '').jti;
  expect(idOf(one)).not.toBe(idOf(two));
});

describe('[RULE 5.8] for an OP that wants its token endpoint as aud', () => {
  const options: PartyOptions = { clientKeys: [rsa.privateKey], clientAssertionAudience: 'token_endpoint' };

  it('the option says so', async () => {
    const { parameters } = await proved(options);
    expect(decodeJwt(parameters.client_assertion ?? '').aud).toBe('https://op.example/token');
  });

  it('one that has none cannot be served', async () => {
    expect((await refusal(() => proved(options, { issuer }))).code).toBe('invalid_metadata');
  });
});
