import { randomUUID } from 'node:crypto';
import { subscribe, type LogoutEvent, type SessionEvent } from '../src/events.js';
import { backChannelLogoutEvent } from '../src/messages/index.js';
import { TestClock } from './clock.js';
import type { SignOptions } from './crooked-answer.js';
import { CrookedOp } from './crooked-op.js';
import { RelyingParty, said, type PartyOptions } from './relying-party.js';
import { UserAgent, type Ask, type Page } from './user-agent.js';

type Members = Record<string, unknown>;

/** One OP whose clock a test turns, and as many programs at it as a test wants; it notes what is published. */
export class LogoutBench {
  readonly clock: TestClock;
  readonly op: CrookedOp;
  /** What was published on `latchkey:logout` and on `latchkey:session`, in its order. */
  readonly logouts: LogoutEvent[] = [];
  readonly sessions: SessionEvent[] = [];
  readonly #parties: RelyingParty[] = [];
  readonly #unsubscribe: readonly (() => void)[];

  private constructor(clock: TestClock, op: CrookedOp) {
    this.clock = clock;
    this.op = op;
    this.#unsubscribe = [
      subscribe('latchkey:logout', (event) => void this.logouts.push(event)),
      subscribe('latchkey:session', (event) => void this.sessions.push(event)),
    ];
  }

  static async start(): Promise<LogoutBench> {
    const clock = new TestClock();
    const bench = new LogoutBench(clock, await CrookedOp.start(clock));
    await bench.clear();
    return bench;
  }

  /** Forgets all programs, makes the OP right again, and goes on to a whole second: times in seconds then say the same as in milliseconds. */
  async clear(): Promise<void> {
    this.op.straighten();
    this.clock.advance(1000 - (this.clock.now() % 1000));
    await Promise.all(this.#parties.splice(0).map((party) => party.stop()));
    this.logouts.length = 0;
    this.sessions.length = 0;
  }

  async stop(): Promise<void> {
    await this.clear();
    this.#unsubscribe.forEach((end) => end());
    await this.op.stop();
  }

  async party(options: PartyOptions = {}): Promise<RelyingParty> {
    const party = await RelyingParty.start(this.op, options);
    this.#parties.push(party);
    return party;
  }

  /** A browser that is signed in, at the OP's session of this sid. */
  async signedIn(party: RelyingParty, sid: string | undefined = this.op.sid, sub = 'ada'): Promise<UserAgent> {
    const agent = new UserAgent();
    await this.signIn(party, agent, sid, sub);
    return agent;
  }

  /** Signs a browser in, and fails where that does not work. */
  async signIn(party: RelyingParty, agent: UserAgent, sid = this.op.sid, sub = 'ada'): Promise<void> {
    this.op.sid = sid;
    this.op.user = { sub };
    const page = await party.login(agent);
    if (page.status !== 200 || said(page).sub !== sub) throw new Error(`No login: ${page.status} ${page.text}`);
  }

  /** A logout token of the OP's, right but for the claims that are changed; undefined takes one away. */
  token(claims: Members = {}, sign: SignOptions = {}): Promise<string> {
    const { issuer: iss, now, sid, user } = this.op;
    const events = { [backChannelLogoutEvent]: {} };
    const right = { iss, aud: 'app', sub: user.sub, iat: now, exp: now + 120, jti: randomUUID(), sid, events };
    return this.op.sign({ ...right, ...claims }, { typ: 'logout+jwt', ...sign });
  }

  /** Lets the OP keep every token request waiting until it is told to go on: a login whose code exchange is in flight. */
  holdTokens(): { readonly arrived: Promise<void>; goOn(): void } {
    const { server } = this.op;
    const right = server.handler;
    const held: (() => void)[] = [];
    const arrived = new Promise<void>((resolve) => {
      server.handler = (req, res) => {
        if (req.url !== '/token') return right(req, res);
        held.push(() => right(req, res));
        resolve();
      };
    });
    const goOn = (): void => {
      server.handler = right;
      held.forEach((answer) => answer());
    };
    return { arrived, goOn };
  }

  /** The latest code of a refused token. */
  get refused(): string | undefined {
    return this.logouts.findLast((event) => event.type === 'token_refused')?.code;
  }
}

/** Posts a logout token, or a whole form, as an OP does: no cookie, no Fetch Metadata, any Accept. */
export function postToken(party: RelyingParty, token: string, ask: Ask = {}): Promise<Page> {
  return postForm(party, new URLSearchParams({ logout_token: token }).toString(), ask);
}

/** Posts a body to the back-channel route. */
export function postForm(party: RelyingParty, form: string, ask: Ask = {}): Promise<Page> {
  return askAsProgram(`${party.url}/auth/backchannel-logout`, { form, ...ask });
}

/** Asks without being a browser. */
export function askAsProgram(url: string, { headers, ...ask }: Ask = {}): Promise<Page> {
  const none = { accept: '*/*', 'sec-fetch-mode': '', 'sec-fetch-dest': '' };
  return new UserAgent().fetch(url, { headers: { ...none, ...headers }, ...ask });
}

/** What a JSON answer says. */
export function jsonOf(page: Page): Members {
  return JSON.parse(page.text) as Members;
}

/** The Content-Security-Policy of an answer: the sources by directive, in their order. */
export function policyOf(page: Page): Readonly<Record<string, readonly string[]>> {
  const directives = (page.headers.get('content-security-policy') ?? '').split(';').map((each) => each.trim());
  const parts = directives.filter((each) => each !== '').map((each) => each.split(/\s+/));
  return Object.fromEntries(parts.map(([name = '', ...sources]) => [name, sources]));
}
