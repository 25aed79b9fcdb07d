import { optionsFor, secret, type PartyOptions } from '../../test/relying-party.js';
import { OidcClient } from '../client/client.js';
import { TokenSuccessResponse } from '../messages/index.js';
import type { SessionRecord } from './session-store.js';
import { claimsOf, openTokens, sealTokens, sessionTokens } from './tokens.js';

const client = (options: PartyOptions = {}): OidcClient =>
  new OidcClient(optionsFor('https://op.example', 'https://app.example', options));
const tokens = { idToken: 'a.b.c', accessToken: 'sesame-access', refreshToken: 'sesame-refresh', expiresAt: 5 };
const record = (id: string, sealed: string): SessionRecord => ({ id, tokens: sealed }) as SessionRecord;

describe('what a session keeps of a token response', () => {
  const least = { access_token: 'a', token_type: 'Bearer' };
  it.each([
    ['the least', {}, { idToken: 'jws', accessToken: 'a' }],
    ['how long it lives', { expires_in: 60 }, { idToken: 'jws', accessToken: 'a', expiresAt: 61_000 }],
    ['that it lives no longer', { expires_in: 0 }, { idToken: 'jws', accessToken: 'a', expiresAt: 1000 }],
    ['a refresh token', { refresh_token: 'r' }, { idToken: 'jws', accessToken: 'a', refreshToken: 'r' }],
    ['the scope', { scope: 'openid' }, { idToken: 'jws', accessToken: 'a', scope: 'openid' }],
    ['not the ID token as it came, which may be encrypted', { id_token: 'jwe' }, { idToken: 'jws', accessToken: 'a' }],
  ])('%s', (_what, members, kept) => {
    expect(sessionTokens(TokenSuccessResponse.of({ ...least, ...members }), 'jws', 1000)).toEqual(kept);
  });
});

describe('[R42] tokens at rest', () => {
  it('are sealed: nothing of them shows, and the same never looks the same', () => {
    const [one, two] = [sealTokens(client(), 'id', tokens), sealTokens(client(), 'id', tokens)];
    expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('sesame');
    expect(one).not.toBe(two);
    expect(openTokens(client(), record('id', one))).toEqual(tokens);
  });

  it.each<[what: string, options: PartyOptions, id: string]>([
    ['in the record of another session', {}, 'another'],
    ['by another client', { clientId: 'another' }, 'id'],
    ['at another base URL', { baseUrl: 'https://another.example' }, 'id'],
    ['by another secret', { session: { secret: 'another secret of more than 32 bytes' } }, 'id'],
  ])('do not open %s', (_what, options, id) => {
    expect(openTokens(client(options), record(id, sealTokens(client(), 'id', tokens)))).toBeUndefined();
  });

  it('do not open as a login, and a login does not open as them', () => {
    const sealed = sealTokens(client(), 'id', tokens);
    expect(client().sealer.open('login', 'id', sealed)).toBeUndefined();
    const login = client().sealer.seal('login', 'id', '{}');
    expect(openTokens(client(), record('id', login))).toBeUndefined();
  });

  it('[R47] open by an older secret while it is listed, both ways', () => {
    const next = 'the next secret, also of more than 32 bytes';
    const [before, during, after] = [secret, [next, secret], next].map((each) => client({ session: { secret: each } }));
    const [old, fresh] = [sealTokens(before!, 'id', tokens), sealTokens(during!, 'id', tokens)];
    expect([openTokens(during!, record('id', old)), openTokens(after!, record('id', old))]).toEqual([
      tokens,
      undefined,
    ]);
    expect([openTokens(after!, record('id', fresh)), openTokens(before!, record('id', fresh))]).toEqual([
      tokens,
      undefined,
    ]);
  });
});

it('the claims are those of the ID token', () => {
  const claims = { iss: 'https://op.example', sub: 'ada', aud: 'app', exp: 2, iat: 1, roles: ['a'] };
  const idToken = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  expect({ ...claimsOf({ ...tokens, idToken }) }).toEqual(claims);
});
