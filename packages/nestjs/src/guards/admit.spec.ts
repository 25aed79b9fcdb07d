import { type ApiRequest, OidcClient, type Session, TokenVerifier } from '@latchkey/core';
import { SignJWT } from 'jose';
import { secret } from '../../test/app.js';
import type { Channel } from '../context/channel.js';
import type { Rules } from '../rules.js';
import { admitSession, admitToken } from './admit.js';

const issuer = 'https://op.example';
const audience = 'https://api.example';
const client = new OidcClient({ issuer, clientId: 'app', baseUrl: 'https://app.example', session: { secret } });

/** A call that came with these headers, or in a session of this user. */
function channel(headers: Record<string, string>, { user, method = 'GET' }: { user?: object; method?: string } = {}) {
  const asked: unknown[] = [];
  const apiRequest: ApiRequest = { method, target: '/', header: (name) => headers[name] };
  const session = (_client: OidcClient, demand: unknown): Promise<Session> => {
    asked.push(demand);
    return Promise.resolve({ user } as unknown as Session);
  };
  return { asked, channel: { key: {}, apiRequest, session } as unknown as Channel };
}

function tokenWith(claims: Record<string, unknown>): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: issuer,
    aud: audience,
    sub: 'ada',
    client_id: 'shop',
    jti: 'j',
    iat: now,
    exp: now + 60,
    ...claims,
  };
  return new SignJWT(all).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(new TextEncoder().encode(secret));
}
const verifierWith = (more: object = {}): TokenVerifier => new TokenVerifier({ issuer, audience, secret, ...more });

it('lets a session pass as the handler demands it', async () => {
  const rules: Rules = { demands: { acr: ['gold'], maxAge: 60, claims: { role: 'admin' } } } as never;
  const call = channel({}, { user: { sub: 'ada', role: ['admin', 'cook'] } });
  expect((await admitSession(call.channel, client, rules)).user).toMatchObject({ sub: 'ada' });
  expect(call.asked).toEqual([{ acr: ['gold'], maxAge: 60 }]);
  const other = channel({}, { user: { sub: 'eve', role: 'cook' } });
  await expect(admitSession(other.channel, client, rules)).rejects.toMatchObject({ code: 'insufficient_claims' });
  expect(await admitSession(other.channel, client, {} as Rules)).toBeDefined();
});

it('lets a token pass as the handler demands it', async () => {
  const verifier = verifierWith();
  const { channel: call } = channel({ authorization: `Bearer ${await tokenWith({ scope: 'read' })}` });
  const read = { demands: { scope: ['read'] } } as unknown as Rules;
  for (let n = 0; n < 2; n++) expect((await admitToken(call, verifier, read))?.sub).toBe('ada');
  expect((await admitToken(call, verifier, {} as Rules))?.sub).toBe('ada');
  await expect(admitToken(call, verifier, { demands: { scope: ['write'] } } as never)).rejects.toMatchObject({
    code: 'insufficient_scope',
    status: 403,
  });
});

it('[R86] who brings none passes where none is demanded, and nowhere else', async () => {
  const { channel: call } = channel({});
  expect(await admitToken(call, verifierWith({ optional: true }), {} as Rules)).toBeUndefined();
  const rules = { demands: { scope: ['read'] } } as unknown as Rules;
  await expect(admitToken(call, verifierWith({ optional: true }), rules)).rejects.toMatchObject({
    code: 'token_required',
    status: 401,
  });
});

it('[RULE 6.8] a preflight passes whatever is demanded, where preflights do', async () => {
  const headers = { origin: 'https://spa.example', 'access-control-request-method': 'PUT' };
  const { channel: call } = channel(headers, { method: 'OPTIONS' });
  const rules = { demands: { scope: ['read'] } } as unknown as Rules;
  expect(await admitToken(call, verifierWith({ preflight: 'pass' }), rules)).toBeUndefined();
  await expect(admitToken(call, verifierWith(), rules)).rejects.toMatchObject({ code: 'token_required' });
});
