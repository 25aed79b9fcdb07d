import { LogoutBench, askAsProgram, jsonOf } from '../../test/logout-bench.js';
import { makeKey } from '../../test/keys.js';

let bench: LogoutBench;
beforeAll(async () => (bench = await LogoutBench.start()));
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const { privateKey, jwk } = makeKey('P-256');
const encryption = makeKey('RSA');

it('[R33] [R66] [RULE 4.10] GET /auth/jwks serves the public half of all our keys, and any cache may keep it', async () => {
  const party = await bench.party({ clientKeys: [privateKey], decryptionKeys: [encryption.privateKey] });
  const answer = await askAsProgram(`${party.url}/auth/jwks`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const kid = expect.any(String) as string;
  expect(jsonOf(answer)).toEqual({
    keys: [
      { ...jwk, kid, use: 'sig', alg: 'ES256' },
      { ...encryption.jwk, kid, use: 'enc' },
    ],
  });
  expect(party.client.metadata()).toMatchObject({ jwks_uri: `${party.url}/auth/jwks` });
});

it('is at the path that the options say, and answers nothing but GET', async () => {
  const party = await bench.party({ clientKeys: [privateKey], routes: { jwks: '/keys' } });
  expect((await askAsProgram(`${party.url}/keys`)).status).toBe(200);
  const refused = await askAsProgram(`${party.url}/keys`, { form: '' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET']);
});

it.each([
  ['where there are no keys', {}],
  ['where the options turn it off', { clientKeys: [privateKey], routes: { jwks: false } }],
] as const)('%s there is no such route', async (_what, options) => {
  const party = await bench.party(options);
  expect(party.client.routes.match('/auth/jwks')).toBeUndefined();
});
