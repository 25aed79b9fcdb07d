import type { OidcClient } from '../src/client/client.js';
import type { OidcOptions } from '../src/options.js';
import { breakableStore } from './breakable-store.js';
import { ForeignOp } from './foreign-op.js';
import { type Page, UserAgent } from './user-agent.js';

/** Options to be changed at will. */
export type ProgramOptions = Partial<Omit<OidcOptions, 'session'>> & {
  readonly session?: Partial<OidcOptions['session']>;
};

/**
 * A program with an adapter, registered at the OP. Its pages: `/who` says `{ user }`, null for nobody; `/public` asks
 * for no session; `/private` and what is one step below it say `{ user }` to who is signed in; a POST to `/orders` says
 * `{ by: <sub> }`.
 */
export interface Program {
  /** Below which our routes are. */
  readonly url: string;
  /** Below which its pages are, where that is elsewhere. */
  readonly pages: string;
  readonly client: OidcClient;
}

const ada = { sub: 'ada', name: 'Name of ada', email: 'ada@example.com', email_verified: true };
/** The headers of a request that a script of a page makes. */
const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
const framed = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' };

/** What every adapter does alike, at a foreign OP; called within a `describe`. */
export function behavesAsAll(startAt: (op: ForeignOp, options: ProgramOptions) => Promise<Program>): void {
  let op: ForeignOp;
  beforeAll(async () => {
    op = await ForeignOp.start([]);
  });
  afterAll(() => op.stop());

  const start = (options: ProgramOptions = {}): Promise<Program> => startAt(op, options);
  const signIn = async (agent: UserAgent, { pages }: Program, page = '/private'): Promise<Page> =>
    op.signIn(agent, await agent.open(pages + page));
  const startSignedIn = async (options: ProgramOptions = {}): Promise<{ program: Program; agent: UserAgent }> => {
    const program = await start(options);
    const agent = new UserAgent();
    await signIn(agent, program);
    return { program, agent };
  };
  /** Signs out by a form of the program's own page, then at the OP, and comes back. */
  const signOut = async (agent: UserAgent, { url }: Program, form: Record<string, string> = {}): Promise<Page> => {
    const headers = { 'sec-fetch-site': 'same-origin', origin: url };
    const leaving = await agent.fetch(`${url}/auth/logout`, { form, headers });
    return agent.submit(await agent.open(actionOf(leaving)), { logout: 'yes' });
  };
  const order = (agent: UserAgent, { pages }: Program, headers: Record<string, string>): Promise<Page> =>
    agent.fetch(`${pages}/orders`, { form: {}, headers });

  describe('a login', () => {
    it('[R9] [R13] [R19] leads back to the very page, with ID token and userinfo as one user', async () => {
      const program = await start();
      const page = await signIn(new UserAgent(), program, '/private/list?page=2&tag=a%26b');
      expect(page.url).toBe(`${program.pages}/private/list?page=2&tag=a%26b`);
      expect(json(page).user).toEqual(ada);
    });

    it('[D1] [R6] is one of two in two tabs, each to its own page', async () => {
      const program = await start();
      const agent = new UserAgent();
      const first = await agent.open(`${program.pages}/private?tab=1`);
      const second = await agent.open(`${program.pages}/private?tab=2`);
      expect((await op.signIn(agent, first)).url).toBe(`${program.pages}/private?tab=1`);
      expect((await op.signIn(agent, second)).url).toBe(`${program.pages}/private?tab=2`);
    });

    it('[R5] [RULE 4.3] that nobody began makes no session', async () => {
      const program = await start();
      const agent = new UserAgent();
      const page = await agent.fetch(`${program.url}/auth/callback?code=a&state=b`);
      expect([page.status, page.headers.get('cache-control')]).toEqual([400, 'private, no-store']);
      expect(await who(agent, program)).toBeNull();
    });

    it('[R15] that the user gives up shows a page with a way on', async () => {
      const program = await start();
      const agent = new UserAgent();
      const { headers } = await agent.fetch(`${program.pages}/private`);
      const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
      const query = new URLSearchParams({ error: 'access_denied', state, iss: op.issuer }).toString();
      const page = await agent.fetch(`${program.url}/auth/callback?${query}`);
      expect(page.status).toBe(403);
      expect(actionOf(page)).toContain('/auth/login');
    });

    it('[R10] takes nothing from the Host header', async () => {
      const program = await start();
      const { headers } = await new UserAgent().fetch(`${program.url}/auth/login`, {
        headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
      });
      const redirect = new URL(headers.get('location') ?? '').searchParams.get('redirect_uri');
      expect(redirect).toBe(`${program.url}/auth/callback`);
    });
  });

  describe('a guarded page', () => {
    it.each<[string, string, Record<string, string>]>([
      ['fetch()', '/private?page=2', background],
      ['a program', '/private', { accept: 'application/json', 'sec-fetch-mode': '', 'sec-fetch-dest': '' }],
    ])('[R48] [R49] answers %s with 401 in JSON that hints where to sign in', async (_who, page, headers) => {
      const program = await start();
      const answer = await new UserAgent().fetch(program.pages + page, { headers });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([401, 'private, no-store']);
      expect(answer.headers.getSetCookie()).toEqual([]);
      const returnTo = encodeURIComponent(
        new URL(program.pages + page).pathname + new URL(program.pages + page).search,
      );
      expect(json(answer)).toEqual({
        error: 'login_required',
        error_description: 'You need to sign in first.',
        location: `${program.url}/auth/login?returnTo=${returnTo}`,
      });
    });

    it.each<[string, number, Record<string, string>]>([
      ['in a frame', 401, { 'sec-fetch-dest': 'iframe' }],
      ['ahead of time', 503, { 'sec-purpose': 'prefetch' }],
    ])('[RULE 4.2] begins no login %s', async (_how, status, headers) => {
      const program = await start();
      const page = await new UserAgent().fetch(`${program.pages}/private`, { headers });
      expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
      expect(page.headers.getSetCookie()).toEqual([]);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    });

    it('[RULE 6.1] takes a form of its own site, and of no other', async () => {
      const { program, agent } = await startSignedIn();
      expect(json(await order(agent, program, { 'sec-fetch-site': 'same-origin' })).by).toBe('ada');
      expect(json(await order(agent, program, { origin: program.url })).by).toBe('ada');
      const forged = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
      const page = await order(agent, program, forged);
      expect([page.status, page.headers.get('location')]).toEqual([403, null]);
      expect(page.text).toContain('This request came from another site');
      const data = await order(agent, program, { ...forged, ...background });
      expect([data.status, json(data).error]).toEqual([403, 'csrf_refused']);
      expect(await who(agent, program)).toEqual(ada);
    });

    it('[R46] [RULE 2.6] is 503 while the store is down, and nobody is signed out', async () => {
      const store = breakableStore();
      const { program, agent } = await startSignedIn({ session: { store } });
      store.down.add('all');
      const page = await agent.fetch(`${program.pages}/private`);
      expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
      expect(page.headers.get('cache-control')).toBe('private, no-store');
      expect(page.headers.getSetCookie()).toEqual([]);
      expect((await agent.fetch(`${program.pages}/public`)).status).toBe(200);
      store.down.clear();
      expect(await who(agent, program)).toEqual(ada);
    });

    it('[R48] is kept by no shared cache', async () => {
      const { program, agent } = await startSignedIn();
      for (const page of ['/private', '/who'])
        expect((await agent.fetch(program.pages + page)).headers.get('cache-control')).toBe('private, no-store');
      expect((await agent.fetch(`${program.pages}/public`)).headers.get('cache-control')).toBeNull();
    });
  });

  describe('a logout', () => {
    it('[R53] [R54] by the program ends here and at the OP, and comes back to where it was asked to', async () => {
      const { program, agent } = await startSignedIn();
      expect((await signOut(agent, program, { returnTo: '/goodbye' })).url).toBe(`${program.url}/goodbye`);
      expect(await who(agent, program)).toBeNull();
      expect((await agent.open(`${program.pages}/private`)).text).toContain('name="login"');
    });

    it('[R55] [RULE 3.8] is asked for by POST, from a page of its own', async () => {
      const { program, agent } = await startSignedIn();
      const get = await agent.fetch(`${program.url}/auth/logout`);
      expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
      const forged = await agent.fetch(`${program.url}/auth/logout`, {
        form: {},
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      expect(forged.status).toBe(403);
      const asked = await agent.fetch(`${program.url}/auth/logout`, {
        form: {},
        headers: { ...background, 'sec-fetch-site': 'same-origin' },
      });
      expect([asked.status, String(json(asked).location).startsWith(op.issuer)]).toEqual([200, true]);
    });

    it("[R57] [R60] elsewhere ends this program's session by the back channel, and no other browser's", async () => {
      const { program: first, agent } = await startSignedIn();
      const { program: second, agent: elsewhere } = await startSignedIn();
      await signIn(agent, second);
      const heard = toldBy(op, second.client);
      await signOut(agent, first);
      await heard;
      expect(await who(agent, second)).toBeNull();
      expect(await who(elsewhere, second)).toEqual(ada);
    });

    it.each([
      ['no token', 'a=b'],
      ['a token that is none', 'logout_token=a.b.c'],
      ['two tokens', 'logout_token=a.b.c&logout_token=a.b.c'],
    ])('[R57] [R58] by the back channel with %s is 400', async (_what, form) => {
      const { program, agent } = await startSignedIn();
      const page = await new UserAgent().fetch(`${program.url}/auth/backchannel-logout`, { form });
      expect([page.status, page.headers.get('cache-control'), json(page).error]).toEqual([
        400,
        'no-store',
        'invalid_request',
      ]);
      expect(await who(agent, program)).toEqual(ada);
    });

    it('[R64] [RULE 3.6] [RULE 3.7] in a frame of the OP ends the session that it names, without its cookie', async () => {
      const { program, agent } = await startSignedIn();
      const { client } = program;
      const [session] = await client.store.list(client.ref, 'ada');
      const query = new URLSearchParams({ iss: op.issuer, sid: session?.sid ?? '' }).toString();
      const page = await new UserAgent().fetch(`${program.url}/auth/frontchannel-logout?${query}`, { headers: framed });
      expect([page.status, page.headers.get('x-frame-options')]).toEqual([200, null]);
      expect(page.headers.get('content-security-policy')).toContain(`frame-ancestors ${op.issuer}`);
      expect(await who(agent, program)).toBeNull();
    });
  });
}

/** Resolves when a logout token of the OP's was taken by a client. */
function toldBy(op: ForeignOp, client: OidcClient): Promise<void> {
  return new Promise((done) => {
    const hear = (_ctx: unknown, { clientId }: { readonly clientId: string }): void => {
      if (clientId !== client.ref.clientId) return;
      op.provider.off('backchannel.success', hear);
      done();
    };
    op.provider.on('backchannel.success', hear);
  });
}

async function who(agent: UserAgent, { pages }: Program): Promise<unknown> {
  return json(await agent.fetch(`${pages}/who`)).user;
}

function json(page: Page): Record<string, unknown> {
  return JSON.parse(page.text) as Record<string, unknown>;
}

/** Where the one thing to do on a page of ours leads. */
function actionOf({ text, url }: Page): string {
  const href = /<a class="act" href="([^"]*)"/.exec(text)?.[1] ?? '';
  const plain = href.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
  return new URL(plain, url).href;
}
