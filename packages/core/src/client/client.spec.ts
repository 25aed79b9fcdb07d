import { createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JSONWebKeySet } from 'jose';
import { credentialsOf } from '../../test/crooked-answer.js';
import type { OpRequest } from '../../test/crooked-op.js';
import { makeKey, type TestKey } from '../../test/keys.js';
import { askAsProgram, jsonOf, LogoutBench, postToken } from '../../test/logout-bench.js';
import { sessionAt, until } from '../../test/machines.js';
import { refusal } from '../../test/refusal.js';
import { said, secret, type RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const next = 'the next secret, also of more than 32 bytes';

/** A login on its way: its callback comes when it is let go. */
async function inFlight(party: RelyingParty): Promise<() => Promise<Page>> {
  const agent = new UserAgent();
  const away = await agent.fetch(`${party.url}/private`);
  const back = await agent.fetch(away.headers.get('location') ?? '');
  return () => agent.open(back.headers.get('location') ?? '');
}

describe('[R47] replaceSecrets: the secrets of the session', () => {
  it('sessions and logins in flight go on while the old one is listed; what is sealed from now on needs the new one', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const land = await inFlight(party);
    party.client.replaceSecrets({ session: [next, secret] });
    expect((await sessionAt(party.client, agent)).tokens?.accessToken).toContain('of-ada');
    expect(said(await land()).sub).toBe('ada');
    const later = await bench.signedIn(party);
    party.client.replaceSecrets({ session: next });
    expect((await sessionAt(party.client, later)).tokens?.accessToken).toContain('of-ada');
    expect((await sessionAt(party.client, agent)).tokens).toBeUndefined();
  });

  it('a removed one: its logins are not known any more, its sessions stay without their tokens, and logout works', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const land = await inFlight(party);
    party.client.replaceSecrets({ session: next });
    const page = await land();
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('login_unknown')]);
    const session = await sessionAt(party.client, agent);
    expect([session.sub, session.tokens, session.idToken]).toEqual(['ada', undefined, undefined]);
    expect((await refusal(() => session.accessToken())).code).toBe('login_required');
    expect((await postToken(party, await bench.token())).status).toBe(200);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('a refresh seals the tokens under the new one', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    party.client.replaceSecrets({ session: [next, secret] });
    bench.clock.advance(301_000);
    const token = await (await sessionAt(party.client, agent)).accessToken();
    party.client.replaceSecrets({ session: [next] });
    expect((await sessionAt(party.client, agent)).tokens?.accessToken).toBe(token);
  });

  it('sealed cookies: open while it is listed, and are nobody afterwards', async () => {
    const party = await bench.party({ session: { cookie: { sealed: true } } });
    const [agent, other] = [await bench.signedIn(party), await bench.signedIn(party)];
    party.client.replaceSecrets({ session: [next, secret] });
    bench.clock.advance(60_000);
    expect(await party.whoIs(agent)).toBe('ada');
    party.client.replaceSecrets({ session: next });
    expect([await party.whoIs(agent), await party.whoIs(other)]).toEqual(['ada', null]);
  });
});

const posts = (): readonly OpRequest[] => bench.op.requests.filter(({ method }) => method === 'POST');

describe('[R33] replaceSecrets: the client keys', () => {
  const [one, two] = [makeKey('P-256'), makeKey('RSA')];
  /** Who signed what was sent: by which of the keys that are served now. */
  async function signers(party: RelyingParty): Promise<(string | undefined)[]> {
    const { keys } = jsonOf(await askAsProgram(`${party.url}/auth/jwks`)) as unknown as JSONWebKeySet;
    const assertions = posts().map(({ parameters }) => parameters.get('client_assertion') ?? '');
    expect(new Set(assertions.map((assertion) => decodeJwt(assertion).jti)).size).toBe(assertions.length);
    const set = createLocalJWKSet({ keys });
    const verified = assertions.map((assertion) => {
      const currentDate = new Date((decodeJwt(assertion).iat ?? 0) * 1000);
      return jwtVerify(assertion, set, { audience: bench.op.issuer, issuer: 'app', subject: 'app', currentDate });
    });
    return (await Promise.all(verified)).map(({ protectedHeader }) => protectedHeader.alg);
  }

  it('the next request is signed by the new one, with an assertion of its own: exchange, refresh, revocation; logins in flight too', async () => {
    const party = await bench.party({ clientKeys: [one.privateKey], logout: { revoke: true } });
    const agent = await bench.signedIn(party);
    expect(await signers(party)).toEqual(['ES256']);
    const land = await inFlight(party);
    bench.op.requests.length = 0;
    party.client.replaceSecrets({ clientKeys: [two.privateKey] });
    expect(said(await land()).sub).toBe('ada');
    bench.clock.advance(301_000);
    await (await sessionAt(party.client, agent)).accessToken();
    await agent.fetch(`${party.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } });
    await until(() => bench.op.at('/revoke').length === 1);
    expect(await signers(party)).toEqual(['RS256', 'RS256', 'RS256']);
    expect(posts().map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(undefined));
  });

  it('one in second place is served before it signs, and the first after it does', async () => {
    const party = await bench.party({ clientKeys: [one.privateKey] });
    party.client.replaceSecrets({ clientKeys: [one.privateKey, two.privateKey] });
    await bench.signedIn(party);
    party.client.replaceSecrets({ clientKeys: [two.privateKey, one.privateKey] });
    await bench.signedIn(party);
    expect(await signers(party)).toEqual(['ES256', 'RS256']);
  });

  it('[R66] keys to decrypt with: a token for the old one opens while it is listed', async () => {
    const party = await bench.party({ decryptionKeys: [two.privateKey] });
    const fresh = makeKey('RSA');
    const token = (to: TestKey): Promise<string> =>
      bench.token({}, { encrypt: { for: createPublicKey({ key: { ...to.jwk }, format: 'jwk' }) } });
    party.client.replaceSecrets({ decryptionKeys: [fresh.privateKey, two.privateKey] });
    expect((await postToken(party, await token(fresh))).status).toBe(200);
    expect((await postToken(party, await token(two))).status).toBe(200);
    party.client.replaceSecrets({ decryptionKeys: [fresh.privateKey] });
    expect([(await postToken(party, await token(two))).status, bench.refused]).toEqual([400, 'jwt_key']);
  });
});

describe('replaceSecrets: the client secret', () => {
  const sent = (): (readonly string[] | undefined)[] =>
    posts().map(({ headers }) => credentialsOf(headers.authorization));

  it('the next request has it: exchange, refresh, revocation; logins in flight too', async () => {
    bench.op.clientSecret = 'the-client-secret';
    const party = await bench.party({ logout: { revoke: true } });
    const agent = await bench.signedIn(party);
    const land = await inFlight(party);
    bench.op.clientSecret = 'the-second-secret';
    party.client.replaceSecrets({ clientSecret: 'the-second-secret' });
    bench.op.requests.length = 0;
    expect(said(await land()).sub).toBe('ada');
    bench.clock.advance(301_000);
    await (await sessionAt(party.client, agent)).accessToken();
    await agent.fetch(`${party.url}/auth/logout`, { form: '', headers: { 'sec-fetch-site': 'same-origin' } });
    await until(() => bench.op.at('/revoke').length === 1);
    expect(sent()).toEqual(Array(3).fill(['app', 'the-second-secret']));
  });

  it('HS256: tokens are verified with it', async () => {
    bench.op.clientSecret = 'the-client-secret';
    bench.op.idToken = { sign: { alg: 'HS256' } };
    const party = await bench.party({ idTokenSignedResponseAlg: 'HS256' });
    await bench.signedIn(party);
    bench.op.clientSecret = 'the-second-secret-of-32-bytes-or-more';
    expect((await party.login(new UserAgent())).status).toBe(502);
    party.client.replaceSecrets({ clientSecret: 'the-second-secret-of-32-bytes-or-more' });
    expect(said(await party.login(new UserAgent())).sub).toBe('ada');
  });
});

describe('[R96] [RULE 8.1] replaceSecrets checks what it is given as the options are checked; the old secrets then stay', () => {
  it.each<[string, unknown, string]>([
    [
      'a short secret',
      { session: 'short' },
      'Option replaceSecrets.session: expected a text of at least 32 bytes, or a list of such texts, came a text of 5 bytes.',
    ],
    [
      'a list with a short one',
      { session: [next, 'short'] },
      'Option replaceSecrets.session: expected a text of at least 32 bytes, or a list of such texts, came a list of a text of 43 bytes, a text of 5 bytes.',
    ],
    [
      'an empty list',
      { session: [] },
      'Option replaceSecrets.session: expected a text of at least 32 bytes, or a list of such texts, came a list of nothing.',
    ],
    [
      'null',
      { session: null },
      'Option replaceSecrets.session: expected a text of at least 32 bytes, or a list of such texts, came a value of type object.',
    ],
    [
      'an empty client secret',
      { clientSecret: '' },
      'Option replaceSecrets.clientSecret: expected a text that is not empty, came a text of 0 bytes.',
    ],
    [
      'a client secret, and a short one beside it',
      { clientSecret: 'new', session: 'short' },
      'Option replaceSecrets.session: expected a text of at least 32 bytes, or a list of such texts, came a text of 5 bytes.',
    ],
    [
      'a client key that is none',
      { clientKeys: [next] },
      'Option replaceSecrets.clientKeys: expected a list of private keys, each a KeyObject or a JWK, came a list of a text of 43 bytes.',
    ],
    ['an option that is none', { secret: next }, 'Option replaceSecrets.secret is unknown.'],
    ['nothing', undefined, 'Option replaceSecrets: expected an object, came nothing.'],
  ])('%s', async (_what, given, message) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const error = await refusal(() => party.client.replaceSecrets(given as object));
    expect(error).toMatchObject({ code: 'invalid_option', message });
    expect(inspect(error, { depth: 9 })).not.toContain(next);
    expect(party.client.settings.clientSecret).toBe('the-client-secret');
    expect((await sessionAt(party.client, agent)).tokens).toBeDefined();
  });

  it('a secret for a client that has none', async () => {
    const party = await bench.party({ clientAuthMethod: 'none' });
    const error = await refusal(() => party.client.replaceSecrets({ clientSecret: 'new', session: next }));
    expect(error.message).toBe(
      'Option replaceSecrets.clientSecret: expected nothing, since this client has none, came one.',
    );
    expect((await sessionAt(party.client, await bench.signedIn(party))).tokens).toBeDefined();
  });

  it('nothing to replace: nothing happens', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    party.client.replaceSecrets({});
    expect((await sessionAt(party.client, agent)).tokens).toBeDefined();
    expect(Object.isFrozen(party.client.settings)).toBe(true);
  });
});
