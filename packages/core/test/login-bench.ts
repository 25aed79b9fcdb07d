import { subscribe, type LoginEvent } from '../src/events.js';
import { OidcClient } from '../src/client/client.js';
import { authorize, type LoginRequest } from '../src/login/authorize.js';
import type { Login } from '../src/session/login-cookies.js';
import { TestClock } from './clock.js';
import { CrookedOp } from './crooked-op.js';
import { optionsFor, RelyingParty, said, type PartyOptions } from './relying-party.js';
import { UserAgent, type Ask, type Page } from './user-agent.js';

/** One OP whose clock a test turns, and as many programs at it as a test wants. */
export class LoginBench {
  readonly clock: TestClock;
  readonly op: CrookedOp;
  /** What was published on `latchkey:login`, in its order. */
  readonly events: LoginEvent[] = [];
  readonly #parties: RelyingParty[] = [];
  readonly #unsubscribe: () => void;

  private constructor(clock: TestClock, op: CrookedOp) {
    this.clock = clock;
    this.op = op;
    this.#unsubscribe = subscribe('latchkey:login', (event) => void this.events.push(event));
  }

  static async start(): Promise<LoginBench> {
    const clock = new TestClock(Math.ceil(Date.now() / 1000) * 1000);
    return new LoginBench(clock, await CrookedOp.start(clock));
  }

  /** Forgets all programs, and makes the OP right again. */
  async clear(): Promise<void> {
    this.op.straighten();
    await Promise.all(this.#parties.splice(0).map((party) => party.stop()));
    this.events.length = 0;
  }

  async stop(): Promise<void> {
    await this.clear();
    this.#unsubscribe();
    await this.op.stop();
  }

  async party(options: PartyOptions = {}): Promise<RelyingParty> {
    const party = await RelyingParty.start(this.op, options);
    this.#parties.push(party);
    return party;
  }

  /** The client alone, of a program at https://app.example. */
  client(options: PartyOptions = {}): OidcClient {
    return new OidcClient(optionsFor(this.op.issuer, 'https://app.example', { clock: this.clock, ...options }));
  }

  /** Takes a login of a client to the OP: the login, and the URL that the OP sends the browser back to. */
  async answered(client: OidcClient, request: LoginRequest = {}): Promise<{ login: Login; callback: string }> {
    const { url, login } = await authorize(client, request);
    return { login, callback: locationOf(await new UserAgent().fetch(url)) };
  }

  /** A browser that is signed in. */
  async signedIn(party: RelyingParty): Promise<UserAgent> {
    const agent = new UserAgent();
    const page = await party.login(agent);
    if (page.status !== 200 || said(page).sub !== this.op.user.sub) throw new Error(`No login: ${page.text}`);
    return agent;
  }

  /** Opens a tab up to where the OP sends it back: the URL of the callback, not yet asked for. */
  async begin(party: RelyingParty, agent: UserAgent, returnTo = '/'): Promise<string> {
    const query = new URLSearchParams({ returnTo }).toString();
    const away = await agent.fetch(`${party.url}/auth/login?${query}`);
    if (away.status !== 303) throw new Error(`No login began: ${away.text}`);
    return locationOf(await agent.fetch(locationOf(away)));
  }
}

/** Where an answer redirects to. */
export function locationOf(page: Page): string {
  return new URL(page.headers.get('location') ?? '', page.url).href;
}

/** The error code that an answer tells, in its JSON or in the technical details of its page. */
export function codeOf({ text, headers }: Page): string | undefined {
  if (headers.get('content-type')?.startsWith('application/json'))
    return (JSON.parse(text) as { error?: string }).error;
  return /<code>(\w+):/.exec(text)?.[1];
}

/** Where the one link of a page of ours leads. */
export function linkOf({ text }: Page): string | undefined {
  return /<a class="act" href="([^"]*)"/
    .exec(text)?.[1]
    ?.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/** The cookies that an answer sets, and those that it deletes. */
export function cookiesOf({ headers }: Pick<Page, 'headers'>): { set: string[]; deleted: string[] } {
  const lines = headers.getSetCookie();
  const name = (line: string): string => line.slice(0, line.indexOf('='));
  const isDeleted = (line: string): boolean => line.includes('; Max-Age=0;');
  return {
    set: lines.filter((line) => !isDeleted(line)).map(name),
    deleted: lines.filter(isDeleted).map(name),
  };
}

/** What no browser's window asks for. */
export const background: Ask = { headers: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' } };
