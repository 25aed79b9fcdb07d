import type { ForeignOp } from '../../packages/core/test/foreign-op.js';
import type { TestKey } from '../../packages/core/test/keys.js';
import { UserAgent, type Ask, type Page } from '../../packages/core/test/user-agent.js';
import type { Application } from './application.js';
import { now, type Judge, type Logout, type Seen } from './judge.js';
import { logoutToken } from './logout-token.js';

/** What all browsers of a run share. */
export interface Run {
  readonly op: ForeignOp;
  readonly key: TestKey;
  readonly application: Application;
  readonly judge: Judge;
  readonly random: () => number;
  /** How often each thing was done. */
  readonly counts: Record<string, number>;
}

/** How long access tokens live at the OP, in seconds. */
export const accessTokenLife = 4;

const background = { accept: 'application/json', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };

/** Somebody at a browser, who signs in and out and about at random. */
export class Browser {
  readonly #agent = new UserAgent();
  readonly #run: Run;
  readonly #user: string;
  /** The session as this browser last saw it. */
  #session: Seen | undefined;
  /** The session at the OP, as long as it may live. */
  #sid: string | undefined;

  constructor(run: Run, user: string) {
    this.#run = run;
    this.#user = user;
  }

  /** Does one thing. */
  async step(
    actions: readonly (readonly [weight: number, action: (browser: Browser) => Promise<void>])[],
  ): Promise<void> {
    if (!this.#session) return this.login();
    let left = this.#run.random() * actions.reduce((sum, [weight]) => sum + weight, 0);
    const [, action] = actions.find(([weight]) => (left -= weight) <= 0) ?? actions[0]!;
    await action(this);
  }

  /** Four requests at once, two of them for an access token so fresh that it has to be refreshed nearly every time. */
  async ask(): Promise<void> {
    const token = `/token?minValidity=${accessTokenLife - 0.2}`;
    await Promise.all([this.#see('/who'), this.#see(token), this.#see('/who'), this.#see(token)]);
  }

  /** Two requests at once. */
  async see(): Promise<void> {
    await Promise.all([this.#see('/who'), this.#see('/who')]);
  }

  async login(): Promise<void> {
    await this.#replacing(() => this.#login('login'));
  }

  /** Two tabs that sign in at the same time. */
  async loginInTabs(): Promise<void> {
    await this.#replacing(() => Promise.all([this.#login('login in a tab'), this.#login('login in a tab')]));
  }

  /** A logout of all of this user's sessions comes while a login of theirs is at the OP: that one is refused. */
  async loginMeetingLogout(): Promise<void> {
    await this.#replacing(() => this.#login('login overtaken by a logout', () => this.#sendToken({ sub: this.#user })));
  }

  async logoutHere(): Promise<void> {
    const own = this.#session;
    const { url } = this.#run.application;
    const headers = { origin: url, 'sec-fetch-site': 'same-origin' };
    const kept = this.#cookies();
    const logout = this.#run.judge.logout('RP-initiated logout', ({ id }) => id === own?.id);
    this.#done(logout, await this.#fetch('/auth/logout', { form: {}, headers }), 200);
    await Promise.all([this.see(), this.#replay(kept)]);
  }

  /** Ends the session at the OP, which tells the application over the back channel before it answers. */
  async logoutAtOp(): Promise<void> {
    const [sid, { op, judge }] = [this.#sid, this.#run];
    if (sid === undefined) return;
    const logout = judge.logout("the OP's own back-channel logout", (session) => session.sid === sid);
    const asked = await this.#agent.open(`${op.issuer}/session/end`);
    this.#done(logout, await this.#agent.submit(asked, { logout: 'yes' }), 200);
    this.#sid = undefined;
    await this.see();
  }

  async endOthers(): Promise<void> {
    const own = this.#session;
    const logout = this.#run.judge.logout('endOthers', ({ sub, id }) => sub === own?.sub && id !== own.id, 'never');
    const page = await this.#fetch('/end-others', {
      method: 'POST',
      headers: { ...background, 'sec-fetch-site': 'same-origin' },
    });
    this.#done(logout, page, 200);
    if (page.status === 401) this.#nobody();
  }

  /** Some session, of whichever browser, is signed out by its name. */
  async frontChannel(): Promise<void> {
    const { judge, random, op } = this.#run;
    const sid = judge.pick(random)?.sid;
    if (sid === undefined) return;
    // It leaves nothing behind where there is no such session.
    const logout = judge.logout('front-channel logout', (session) => session.sid === sid, 'maybe');
    const query = new URLSearchParams({ iss: op.issuer, sid }).toString();
    const headers = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' };
    this.#done(
      logout,
      await new UserAgent().fetch(`${this.#run.application.url}/auth/frontchannel-logout?${query}`, { headers }),
      200,
    );
  }

  /** Some session, or all of its user, are signed out by a token of the OP's. */
  async backChannel(): Promise<void> {
    const { judge, random } = this.#run;
    const target = judge.pick(random);
    if (target?.sid === undefined) return;
    const { sid, sub } = target;
    await this.#sendToken([{ sid }, { sub }, { sid, sub }][Math.floor(random() * 3)] ?? { sub });
  }

  async #sendToken(claims: { readonly sid?: string; readonly sub?: string }): Promise<void> {
    const { judge, application } = this.#run;
    const names = ({ sid, sub }: Seen): boolean => (claims.sid ?? sid) === sid && (claims.sub ?? sub) === sub;
    const token = await logoutToken(this.#run, 'app', claims);
    const logout = judge.logout(`back-channel logout by ${Object.keys(claims).join(' and ')}`, names);
    const program = { accept: '*/*', 'sec-fetch-mode': '', 'sec-fetch-dest': '' };
    const ask = { form: { logout_token: token }, headers: program };
    this.#done(logout, await new UserAgent().fetch(`${application.url}/auth/backchannel-logout`, ask), 200);
  }

  /** Signs in as the page asks for it, and looks who that made of this browser. */
  async #login(kind: string, atTheOp?: () => Promise<void>): Promise<void> {
    const [began, { op, judge, application }] = [now(), this.#run];
    const here = `${application.url}/private`;
    const away = await this.#agent.fetch(`${application.url}/auth/login?returnTo=/private`);
    await atTheOp?.();
    const asked = await this.#agent.open(away.headers.get('location') ?? '');
    const page = await op.signIn(this.#agent, asked, this.#user);
    if (page.status === 200 && page.url === here) {
      this.#count(kind);
      return this.#seen(JSON.parse(page.text) as Seen, began);
    }
    this.#count('logins refused');
    if (page.status >= 500) judge.wrong.push(`a login was answered with ${page.status}`);
    const login = { sub: this.#user, ...(this.#sid !== undefined && { sid: this.#sid }) };
    judge.loginRefused(login, began, `${page.status} ${new URL(page.url).pathname}`);
  }

  /** A login ends the session that the browser had, when it succeeds. */
  async #replacing(login: () => Promise<unknown>): Promise<void> {
    const [own, kept] = [this.#session, this.#cookies()];
    const replaced = this.#run.judge.logout('a new login', ({ id }) => id === own?.id, 'never');
    await login();
    // Two tabs may each have ended what the other began: which of their sessions the browser has is seen now.
    await this.#see('/who', true);
    if (this.#session?.id === own?.id || !own) return;
    replaced.ended = now();
    await this.#replay(kept);
  }

  async #see(path: string, either = false): Promise<void> {
    const began = now();
    const page = await this.#fetch(path, { headers: background });
    this.#count(path.startsWith('/token') ? 'access tokens' : 'requests');
    if (page.status !== 200 && page.status !== 401) {
      this.#run.judge.wrong.push(`${path} was answered with ${page.status}: ${page.text}`);
      return;
    }
    const said = page.status === 401 ? null : (JSON.parse(page.text) as Seen | null);
    if (said) this.#seen(said, began);
    else this.#nobody(either);
  }

  /** Somebody has a copy of the cookies from before a logout that took them from this browser. */
  async #replay(cookie: string): Promise<void> {
    const began = now();
    const page = await new UserAgent().fetch(`${this.#run.application.url}/who`, {
      headers: { ...background, cookie },
    });
    this.#count('requests with the cookies from before');
    const said = JSON.parse(page.text) as Seen | null;
    if (said) this.#run.judge.answeredAs(said, began);
  }

  #seen(session: Seen, began: number): void {
    if (session.sub !== this.#user) this.#run.judge.wrong.push('somebody was answered as somebody else');
    this.#session = session;
    this.#sid = session.sid;
    this.#run.judge.answeredAs(session, began);
  }

  #nobody(either = false): void {
    if (this.#session && !either) this.#run.judge.answeredAsNobody(this.#session);
    this.#session = undefined;
  }

  #done(logout: Logout, { status, text }: Page, expected: number): void {
    if (status === expected) logout.ended = now();
    else if (status !== 401) this.#run.judge.wrong.push(`${logout.kind} was answered with ${status}: ${text}`);
    this.#count(logout.kind);
  }

  #cookies(): string {
    return this.#agent.cookies(new URL(this.#run.application.url).hostname);
  }

  #fetch(path: string, ask: Ask): Promise<Page> {
    return this.#agent.fetch(this.#run.application.url + path, ask);
  }

  #count(what: string): void {
    const { counts } = this.#run;
    counts[what] = (counts[what] ?? 0) + 1;
  }
}
