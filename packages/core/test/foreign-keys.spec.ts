import type { ClientMetadata } from 'oidc-provider';
import { subscribe } from '../src/events.js';
import { ForeignOp } from './foreign-op.js';
import { makeKey } from './keys.js';
import { sessionAt } from './machines.js';
import { RelyingParty, said, type PartyOptions } from './relying-party.js';
import { UserAgent } from './user-agent.js';

let op: ForeignOp;
beforeAll(async () => {
  const enabled = { enabled: true };
  const features = { backchannelLogout: enabled, devInteractions: enabled, encryption: enabled, revocation: enabled };
  op = await ForeignOp.start([], { features });
});
const programs: RelyingParty[] = [];
afterEach(() => Promise.all(programs.splice(0).map((program) => program.stop())));
afterAll(() => op.stop());

let count = 0;

/** A program whose registration is what `client.metadata()` says of it, and nothing besides. */
async function party(options: PartyOptions): Promise<RelyingParty> {
  const started = await RelyingParty.start(op, { clientId: `app-${count++}`, clientSecret: undefined, ...options });
  programs.push(started);
  // Loopback is for native clients at this OP, unless the type is said.
  await op.register({ application_type: 'web', ...started.client.metadata() } as ClientMetadata);
  return started;
}

async function signedIn(program: RelyingParty): Promise<UserAgent> {
  const agent = new UserAgent();
  const page = await op.signIn(agent, await program.login(agent));
  expect(said(page).sub).toBe('ada');
  return agent;
}

const accepted: string[] = [];
beforeAll(() => {
  op.provider.on('grant.success', ({ oidc }) => accepted.push(oidc.params?.grant_type as string));
});
beforeEach(() => void (accepted.length = 0));

it.each([
  ['RSA', 'RS256'],
  ['RSA', 'PS256'],
  ['P-256', 'ES256'],
  ['Ed25519', 'EdDSA'],
])(
  '[R33] a foreign OP takes assertions by a key of %s with %s, which it reads at GET /auth/jwks',
  async (kind, alg) => {
    const key = { ...makeKey(kind).privateKey.export({ format: 'jwk' }), alg };
    const program = await party({ clientKeys: [key] });
    await signedIn(program);
    expect(accepted).toEqual(['authorization_code']);
  },
);

it('[R33] exchange, refresh and revocation alike, and a new key that was published before it signs', async () => {
  const [old, fresh] = [makeKey('P-256').privateKey, makeKey('P-256').privateKey];
  const program = await party({
    clientKeys: [old, fresh],
    scope: 'openid offline_access',
    authorizationParams: { prompt: 'consent' },
    logout: { revoke: 'offline_access' },
  });
  const agent = await signedIn(program);
  program.client.replaceSecrets({ clientKeys: [fresh, old] });
  const revoked = new Promise((done) => {
    const end = subscribe('latchkey:logout', ({ type }) => {
      if (type !== 'tokens_revoked' && type !== 'revocation_failed') return;
      end();
      done(type);
    });
  });
  const session = await sessionAt(program.client, agent);
  expect(await session.accessToken({ minValidity: 100_000 })).toMatch(/./);
  await agent.fetch(`${program.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } });
  expect(await revoked).toBe('tokens_revoked');
  expect(accepted).toEqual(['authorization_code', 'refresh_token']);
});

it.each([
  ['RSA', 'RSA-OAEP-256'],
  ['P-256', 'ECDH-ES'],
])('[R66] its ID tokens and its logout tokens come encrypted for a key of %s by %s', async (kind, alg) => {
  const program = await party({
    clientAuthMethod: 'none',
    decryptionKeys: [makeKey(kind).privateKey],
    idTokenEncryptedResponseAlg: alg,
  });
  const agent = await signedIn(program);
  expect((await sessionAt(program.client, agent)).claims?.sub).toBe('ada');
  const told = new Promise((done) =>
    op.provider.once('backchannel.success', done).once('backchannel.error', (_ctx, error) => done(error)),
  );
  const hint = (await sessionAt(program.client, agent)).idToken ?? '';
  const page = await agent.open(`${op.issuer}/session/end?id_token_hint=${hint}`);
  await agent.submit(page, { logout: 'yes' });
  expect(await told).not.toBeInstanceOf(Error);
  expect(await program.whoIs(agent)).toBeNull();
});
