import type { OidcClient } from '../client/client.js';
import type { IdToken } from '../messages/index.js';
import { UnavailableError } from '../errors.js';
import type { CarriedSession } from './carrier.js';
import { refresh, sessionOver } from './refresh.js';
import type { SessionRecord } from './session-store.js';
import { claimsOf, openTokens, type SessionTokens } from './tokens.js';
import type { UserClaims } from './user.js';
import { endOtherSessions, sessionsOfUser, type SessionSummary } from './user-sessions.js';
import { watchSession } from './watch-session.js';

/** A signed-in browser, as a request sees it. */
export class Session<User = UserClaims> {
  readonly #client: OidcClient;
  #tokens: SessionTokens | undefined;
  #record: SessionRecord;
  #open: () => SessionTokens | undefined;

  constructor(client: OidcClient, { record, openTokens: open }: CarriedSession) {
    this.#client = client;
    this.#record = record;
    this.#open = open;
  }

  /** What the store holds. */
  get record(): SessionRecord {
    return this.#record;
  }

  /** The claims of the user, or what `onLogin` made of them. */
  get user(): User {
    return this.record.user as User;
  }

  /** The user at the OP. */
  get sub(): string {
    return this.record.sub;
  }

  /** The session at the OP, where its ID token names one. */
  get sid(): string | undefined {
    return this.record.sid;
  }

  /** When the login began. */
  get createdAt(): Date {
    return new Date(this.record.createdAt);
  }

  /** When the session ends, unless it is used before. */
  get expiresAt(): Date {
    return new Date(this.record.expiresAt);
  }

  /** The signed ID token of the login as it came. */
  get idToken(): string | undefined {
    return this.tokens?.idToken;
  }

  /** The claims of that ID token, which was validated at the login. */
  get claims(): IdToken | undefined {
    return this.tokens && claimsOf(this.tokens);
  }

  /** The tokens, opened at the first use; undefined when the secret that sealed them was taken out of use. */
  get tokens(): SessionTokens | undefined {
    return (this.#tokens ??= this.#open());
  }

  /**
   * An access token that lives for `minValidity` more seconds (default 30), refreshed first when this one does not.
   * Only who asks here waits for a refresh.
   * @throws DeniedError `login_required` when the session is over, or its token expired and there is no refresh token
   * @throws UnavailableError when the token expired and the OP or the store cannot be reached, or answers wrongly; see `cause`
   */
  async accessToken({ minValidity = 30 }: { readonly minValidity?: number } = {}): Promise<string> {
    const now = await this.#client.store.now();
    const begun = this.#client.clock.now();
    const { tokens } = this;
    if (tokens && livesFor(tokens, minValidity * 1000, now)) return tokens.accessToken;
    if (tokens && tokens.refreshToken === undefined) {
      if (livesFor(tokens, 0, now)) return tokens.accessToken;
      throw sessionOver('Expected a refresh token, since the access token has expired, came none.');
    }
    const open = (record: SessionRecord): SessionTokens | undefined => openTokens(this.#client, record);
    try {
      const record = await refresh(this.#client, this.#record, (latest) =>
        livesFor(open(latest), minValidity * 1000, now),
      );
      this.#record = record;
      this.#open = () => open(record);
      this.#tokens = undefined;
    } catch (error) {
      // What still lives a little is better than nothing while the OP is down.
      const passed = this.#client.clock.now() - begun;
      if (tokens && error instanceof UnavailableError && livesFor(tokens, passed, now)) return tokens.accessToken;
      throw error;
    }
    const fresh = this.tokens;
    if (!fresh) throw sessionOver('Expected tokens that open, came none.');
    return fresh.accessToken;
  }

  /**
   * Calls back once, when the session is over: by a logout, whichever process carried it out, or by its lifetime. For
   * what lives longer than a request, such as a socket; being watched is no use of a session.
   * @returns ends the watch
   * @throws UnavailableError `store_unavailable`
   */
  whenOver(listener: () => void): Promise<() => void> {
    return watchSession(this.#client, this.#record, listener);
  }

  /**
   * All sessions of this user at this client, the latest first.
   * @throws ConfigurationError `invalid_option` where sessions live in cookies
   */
  sessions(): Promise<readonly SessionSummary[]> {
    return sessionsOfUser(this.#client, this.#record);
  }

  /**
   * Ends all other sessions of this user at this client, and returns how many did.
   * @throws ConfigurationError `invalid_option` where sessions live in cookies
   */
  endOthers(): Promise<number> {
    return endOtherSessions(this.#client, this.#record);
  }
}

function livesFor(tokens: SessionTokens | undefined, life: number, now: number): boolean {
  return tokens !== undefined && (tokens.expiresAt ?? Infinity) - now > life;
}
