import { LoginBench } from '../../test/login-bench.js';
import { sessionAt } from '../../test/machines.js';
import type { PartyOptions } from '../../test/relying-party.js';
import type { Session } from './session.js';

let bench: LoginBench;
beforeAll(async () => (bench = await LoginBench.start()));
beforeEach(() => bench.clear());
afterAll(() => bench.stop());

async function session(options: PartyOptions = {}): Promise<Session> {
  const party = await bench.party(options);
  return sessionAt(party.client, await bench.signedIn(party));
}

it('tells who is signed in, at which session of the OP, since when and until when', async () => {
  const now = bench.clock.now();
  const one = await session();
  expect(one.user).toEqual({ sub: 'ada', name: 'Ada Lovelace', auth_time: bench.op.now });
  expect([one.sub, one.sid]).toEqual(['ada', 'op-session-1']);
  expect([one.createdAt, one.expiresAt]).toEqual([new Date(now), new Date(now + 86_400_000)]);
});

it('has the ID token, its claims, and the tokens', async () => {
  bench.op.idToken = { claims: { roles: ['admin'] } };
  const one = await session();
  expect(one.idToken?.split('.')).toHaveLength(3);
  expect(one.claims).toMatchObject({ iss: bench.op.issuer, aud: 'app', sub: 'ada', roles: ['admin'] });
  expect(one.tokens).toMatchObject({ expiresAt: bench.clock.now() + 300_000, scope: 'openid profile email' });
  expect(one.tokens?.accessToken).toMatch(/^access-token-of-ada/);
  expect(one.tokens?.refreshToken).toMatch(/^refresh-token/);
});

it('has no sid where the OP names none', async () => {
  bench.op.sid = undefined;
  expect((await session()).sid).toBeUndefined();
});

it('[R42] what the store holds shows no token', async () => {
  const { record } = await session();
  const sealed = Buffer.from(record.tokens, 'base64url').toString('latin1');
  expect(JSON.stringify(record) + sealed).not.toMatch(/access-token|refresh-token|eyJ/);
});

it('the user is what onLogin made of the claims', async () => {
  const one = (await session({ hooks: { onLogin: ({ user }) => ({ id: 7, of: user.sub }) } })) as unknown as Session<{
    id: number;
    of: string;
  }>;
  expect(one.user).toEqual({ id: 7, of: 'ada' });
  expect(one.sub).toBe('ada');
});
