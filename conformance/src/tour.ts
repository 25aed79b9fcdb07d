import { type Page, UserAgent } from '../../packages/core/test/user-agent.js';
import type { TestRun } from './suite/test-run.js';

/** What a person does in a browser at one RP, and what the RP says went wrong meanwhile. */
export class Tour {
  readonly run: TestRun;
  readonly baseUrl: string;
  /** The codes of the RP's errors, in their order. */
  readonly errors: readonly string[];
  #agent = new UserAgent();

  constructor(run: TestRun, baseUrl: string, errors: readonly string[]) {
    this.run = run;
    this.baseUrl = baseUrl;
    this.errors = errors;
  }

  /** Opens the page for who is signed in, in a fresh browser, and goes where that leads. */
  async signIn(): Promise<Page> {
    this.#agent = new UserAgent();
    return this.#agent.open(`${this.baseUrl}/me`);
  }

  /** Whether the browser is signed in, asked without beginning a login. */
  async isSignedIn(): Promise<boolean> {
    const headers = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
    const { status } = await this.#agent.fetch(`${this.baseUrl}/me`, { headers });
    this.run.verdict.expect(status === 200 || status === 401, `/me: expected 200 or 401, came ${status}`);
    return status === 200;
  }

  /** Signs out by the application's form, asking to end at `/bye`. */
  async signOut(): Promise<Page> {
    const form = { returnTo: '/bye' };
    const headers = { 'sec-fetch-site': 'same-origin' };
    return this.#follow(await this.#agent.open(`${this.baseUrl}/auth/logout`, { form, headers }));
  }

  /** Goes to the OP's page that signs out at every RP. */
  async signOutAtOp(): Promise<Page> {
    return this.#follow(await this.#agent.open(`${this.run.issuer}frontchannel_logout_handler`));
  }

  /** Does what a page has a browser do: load a frame, go on. */
  async #follow(page: Page): Promise<Page> {
    const frame = attribute(page, /<iframe src="([^"]*)"/);
    if (frame !== undefined) await this.#load(frame);
    const callback = attribute(page, /id="callback" href="([^"]*)"/);
    if (callback !== undefined) await this.#agent.fetch(callback);
    const next =
      attribute(page, /id="then" href="([^"]*)"/) ?? attribute(page, /http-equiv="refresh" content="0;url=([^"]*)"/);
    return next === undefined ? page : this.#follow(await this.#agent.open(next));
  }

  /** Loads the RP's page into a frame of the OP's, as a browser that keeps cookies from frames. */
  async #load(url: string): Promise<void> {
    const { verdict, issuer } = this.run;
    const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' };
    const page = await new UserAgent().fetch(url, { headers });
    verdict.expect(page.status === 200, `frontchannel: expected status 200, came ${page.status}`);
    const forbidden = forbidsFraming(page, new URL(issuer).origin);
    verdict.expect(!forbidden, 'frontchannel: expected a page that the OP may frame, came one that forbids it');
  }
}

function forbidsFraming({ headers }: Page, origin: string): boolean {
  if (headers.has('x-frame-options')) return true;
  const policies = (headers.get('content-security-policy') ?? '').split(/[;,]/).map((each) => each.trim().split(/\s+/));
  return policies.some(([name, ...sources]) => {
    return name === 'frame-ancestors' && !sources.includes(origin) && !sources.includes('*');
  });
}

function attribute({ text }: Page, pattern: RegExp): string | undefined {
  const character = (_all: string, code: string): string => String.fromCharCode(Number(code));
  return pattern
    .exec(text)?.[1]
    ?.replace(/&#(\d+);/g, character)
    .replaceAll('&amp;', '&');
}
