import { breakableStore } from '../../test/breakable-store.js';
import { LogoutBench, policyOf } from '../../test/logout-bench.js';
import type { RelyingParty } from '../../test/relying-party.js';
import { UserAgent, type Page } from '../../test/user-agent.js';
import { hashOf } from '../crypto.js';
import type { ErrorCode } from '../errors.js';
import { MemoryStore } from '../session/memory-store.js';

let bench: LogoutBench;
beforeAll(async () => {
  bench = await LogoutBench.start();
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

/** What a browser sends for an iframe within a page of the OP, from which SameSite=Lax keeps our cookies. */
const framed = { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };

/** Opens the route in a frame; a text is the query as it is, and what is undefined stands not in it. */
function frame(
  party: RelyingParty,
  query: string | Record<string, string | undefined>,
  headers: Record<string, string> = framed,
): Promise<Page> {
  const given = typeof query === 'string' ? query : (JSON.parse(JSON.stringify(query)) as Record<string, string>);
  return new UserAgent().fetch(`${party.url}/auth/frontchannel-logout?${new URLSearchParams(given).toString()}`, {
    headers,
  });
}

/** Everything that an answer says, apart from when it was given and over which connection. */
function wholeOf({ status, headers, text }: Page): unknown {
  const said = [...headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name));
  return { status, headers: said, text };
}

const outcome = ({ status, text }: Page): unknown => [status, /<title>(.*)<\/title>\1/.exec(text)?.[1]];

describe('[R64] what a front-channel logout ends', () => {
  it('the session that it names, found without its cookie', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await frame(party, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(outcome(page)).toEqual([200, 'Signed out.']);
    expect(await party.whoIs(agent)).toBeNull();
    expect(bench.logouts).toEqual([
      { type: 'front_channel_received', client: party.client.ref, at: bench.clock.now(), sid: hashOf('op-session-1') },
    ]);
  });

  it('[D25] no other: a foreign sid ends nothing, whoever brings it', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const query = new URLSearchParams({ iss: bench.op.issuer, sid: 'op-session-2' }).toString();
    const page = await agent.fetch(`${party.url}/auth/frontchannel-logout?${query}`, { headers: framed });
    expect(outcome(page)).toEqual([200, 'Signed out.']);
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[RULE 3.6] of exactly this client: not of another one at the same OP in the same store', async () => {
    const store = new MemoryStore({ clock: bench.clock });
    const one = await bench.party({ session: { store } });
    const two = await bench.party({ clientId: 'other', session: { store } });
    const agent = await bench.signedIn(two);
    await frame(one, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(await two.whoIs(agent)).toBe('ada');
  });

  it.each([
    ['a cookie that does not open', 'not-a-session'],
    ['a cookie of the length of ours that nobody knows', 'x'.repeat(43)],
  ])('[RULE 3.6] %s counts as none', async (_what, value) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const other = new UserAgent();
    other.setCookie(party.host, party.client.cookies.session, value);
    const query = new URLSearchParams({ iss: bench.op.issuer, sid: 'op-session-1' }).toString();
    const page = await other.fetch(`${party.url}/auth/frontchannel-logout?${query}`, { headers: framed });
    expect(outcome(page)).toEqual([200, 'Signed out.']);
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await party.whoIs(agent)).toBeNull();
  });
});

describe('[R64] [D25] [RULE 3.6] what is refused', () => {
  const twice = (iss: string, more: string): string => `iss=${encodeURIComponent(iss)}&sid=op-session-1&${more}`;
  it.each<[string, (issuer: string) => string | Record<string, string | undefined>, ErrorCode]>([
    ['another iss', () => ({ iss: 'https://other.example', sid: 'op-session-1' }), 'response_iss'],
    ['iss with a slash more', (iss) => ({ iss: `${iss}/`, sid: 'op-session-1' }), 'response_iss'],
    ['a sid without iss', () => ({ sid: 'op-session-1' }), 'invalid_message'],
    ['an iss without sid', (iss) => ({ iss }), 'invalid_message'],
    ['an iss with an empty sid', (iss) => ({ iss, sid: '' }), 'invalid_message'],
    ['an empty iss with a sid', () => ({ iss: '', sid: 'op-session-1' }), 'invalid_message'],
    ['[R14] two sids', (iss) => twice(iss, 'sid=op-session-1'), 'duplicate_parameter'],
    ['[R14] two issuers', (iss) => twice(iss, 'iss=https://other.example'), 'duplicate_parameter'],
  ])('%s: 400, an event says why, and nothing ends', async (_what, query, code) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expect(outcome(await frame(party, query(bench.op.issuer)))).toEqual([400, 'Not signed out.']);
    expect(await party.whoIs(agent)).toBe('ada');
    expect(bench.logouts).toMatchObject([{ type: 'front_channel_refused', client: party.client.ref, code }]);
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toEqual([]);
  });

  it.each(['document', 'image', 'script', 'empty', 'object', 'embed', 'frame', 'fencedframe'])(
    'Sec-Fetch-Dest %s: 400, and nothing ends',
    async (destination) => {
      const party = await bench.party();
      const agent = await bench.signedIn(party);
      const query = { iss: bench.op.issuer, sid: 'op-session-1' };
      const page = await frame(party, query, { ...framed, 'sec-fetch-dest': destination });
      expect(outcome(page)).toEqual([400, 'Not signed out.']);
      expect(await party.whoIs(agent)).toBe('ada');
    },
  );

  it('a browser that sends no Fetch Metadata is taken at its word', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const none = { 'sec-fetch-dest': '', 'sec-fetch-mode': '' };
    await frame(party, { iss: bench.op.issuer, sid: 'op-session-1' }, none);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it.each(['POST', 'HEAD', 'PUT'])('%s: 405, and nothing ends', async (method) => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const query = new URLSearchParams({ iss: bench.op.issuer, sid: 'op-session-1' }).toString();
    const url = `${party.url}/auth/frontchannel-logout?${query}`;
    const page = await new UserAgent().fetch(url, { method, headers: framed });
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET']);
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('neither iss nor sid: 200, nothing ends, and an event names the flag that the registration lacks', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await frame(party, { ui_locales: 'en' });
    expect(page.status).toBe(200);
    expect(await party.whoIs(agent)).toBe('ada');
    expect(bench.logouts).toEqual([
      {
        type: 'front_channel_unnamed',
        client: party.client.ref,
        at: bench.clock.now(),
        missing: 'frontchannel_logout_session_required',
      },
    ]);
    expect(party.client.metadata()).toMatchObject({ frontchannel_logout_session_required: true });
  });

  it('the store fails: 503 with Retry-After, framed all the same, and asking again works', async () => {
    const store = breakableStore({ clock: bench.clock });
    const party = await bench.party({ session: { store } });
    const agent = await bench.signedIn(party);
    store.down.add('end');
    const page = await frame(party, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(outcome(page)).toEqual([503, 'Not signed out.']);
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(policyOf(page)['frame-ancestors']).toEqual([bench.op.issuer]);
    store.down.clear();
    expect(await party.whoIs(agent)).toBe('ada');
    await frame(party, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect(await party.whoIs(agent)).toBeNull();
  });
});

describe('[RULE 3.6] what the answer tells', () => {
  it('known and unknown sid get the same bytes, status and headers', async () => {
    const party = await bench.party();
    await bench.signedIn(party);
    const iss = bench.op.issuer;
    const [known, again, unknown] = [
      await frame(party, { iss, sid: 'op-session-1' }),
      await frame(party, { iss, sid: 'op-session-1' }),
      await frame(party, { iss, sid: 'never-seen' }),
    ];
    expect(bench.sessions.filter(({ type }) => type === 'ended')).toHaveLength(1);
    expect(wholeOf(known)).toEqual(wholeOf(unknown));
    expect(wholeOf(again)).toEqual(wholeOf(unknown));
    expect(bench.logouts.map(({ type }) => type)).toEqual(Array(3).fill('front_channel_received'));
  });

  it('[R65] it does not redirect, sets no cookie, runs no script, is in no cache, and nothing goes to the OP', async () => {
    const party = await bench.party();
    await bench.signedIn(party);
    bench.op.requests.length = 0;
    const page = await frame(party, { iss: bench.op.issuer, sid: 'op-session-1' });
    expect([page.status, page.headers.get('location'), page.headers.get('refresh')]).toEqual([200, null, null]);
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(page.text).not.toMatch(/script|http-equiv|href|src/i);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toContain('no-store');
    expect(bench.op.requests).toEqual([]);
  });

  it('nothing of the request stands in it', async () => {
    const party = await bench.party();
    const page = await frame(party, { iss: bench.op.issuer, sid: '"><script>alert(1)</script>', more: 'echo-me' });
    expect(page.text).not.toContain('alert');
    expect(page.text).not.toContain('echo-me');
  });
});

describe('[RULE 3.7] who may frame it', () => {
  it('the origins of issuer, authorization_endpoint and end_session_endpoint, and those of the option; nobody else, each once', async () => {
    bench.op.metadata = {
      authorization_endpoint: 'http://login.op.example/authorize?tenant=1',
      end_session_endpoint: 'http://logout.op.example:8443/end',
      userinfo_endpoint: 'http://api.op.example/userinfo',
    };
    const extra = ['https://portal.example', 'http://login.op.example'];
    const party = await bench.party({ frontchannel: { frameAncestors: extra } });
    const page = await frame(party, { iss: bench.op.issuer, sid: 's' });
    expect(policyOf(page)).toEqual({
      'default-src': ["'none'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': [
        bench.op.issuer,
        'http://login.op.example',
        'http://logout.op.example:8443',
        'https://portal.example',
      ],
    });
    expect(page.headers.get('x-frame-options')).toBeNull();
  });

  it('while the OP is down: the origin of the issuer; and the session ends all the same', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const cold = await bench.party();
    await bench.op.stop();
    const query = { iss: bench.op.issuer, sid: 'op-session-1' };
    const pages = [await frame(party, query), await frame(cold, query)];
    await bench.op.listen();
    expect(pages.map(outcome)).toEqual([
      [200, 'Signed out.'],
      [200, 'Signed out.'],
    ]);
    expect(pages.map((page) => policyOf(page)['frame-ancestors'])).toEqual([[bench.op.issuer], [bench.op.issuer]]);
    expect(await party.whoIs(agent)).toBeNull();
  });

  it('also where it is refused, so that the frame shows no error of the browser', async () => {
    const party = await bench.party();
    const page = await frame(party, { sid: 'alone' });
    expect([page.status, policyOf(page)['frame-ancestors']]).toEqual([400, [bench.op.issuer]]);
  });
});

describe('a query that is not percent-encoded, as the conformance suite sends it', () => {
  it.each(['.-_~', "!*'()", ';:@/?', '$,=', '[]{}|^`<>', '"\\', '%', '%zz', '%2'])(
    'sid with %s: that session ends',
    async (punctuation) => {
      const sid = `abcDEF0123${punctuation}`;
      const party = await bench.party();
      const agent = await bench.signedIn(party, sid);
      const page = await rawFrame(party, `iss=${bench.op.issuer}&sid=${sid}`);
      expect(outcome(page)).toEqual([200, 'Signed out.']);
      expect(await party.whoIs(agent)).toBeNull();
    },
  );

  it.each(['+', '&', '#', '&sid=', '%00', '%c3%28', '%ff'])(
    'sid with %s, whose meaning is lost on the way: answered, and nobody else is signed out',
    async (punctuation) => {
      const party = await bench.party();
      const agent = await bench.signedIn(party);
      const page = await rawFrame(party, `iss=${bench.op.issuer}&sid=abc${punctuation}def`);
      expect([200, 400]).toContain(page.status);
      expect(await party.whoIs(agent)).toBe('ada');
    },
  );

  /** Sends the query byte for byte: UserAgent would encode it. */
  async function rawFrame(party: RelyingParty, query: string): Promise<Page> {
    const { request } = await import('node:http');
    return new Promise((resolve, reject) => {
      const path = `/auth/frontchannel-logout?${query}`;
      request(party.url, { path, headers: framed, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            url: party.url,
            status: response.statusCode ?? 0,
            headers: new Headers(),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      })
        .on('error', reject)
        .end();
    });
  }
});
