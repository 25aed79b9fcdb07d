import type { OidcClient } from '../client/client.js';
import type { IdToken } from '../messages/index.js';
import { DeniedError, UnavailableError } from '../errors.js';
import { refresh } from './refresh.js';
import type { SessionRecord } from './session-store.js';
import { claimsOf, openTokens, type SessionTokens } from './tokens.js';
import type { UserClaims } from './user.js';

/** A signed-in browser, as a request sees it. */
export class Session<User = UserClaims> {
  readonly #client: OidcClient;
  #tokens: SessionTokens | undefined;
  #record: SessionRecord;

  constructor(client: OidcClient, record: SessionRecord) {
    this.#client = client;
    this.#record = record;
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
    return (this.#tokens ??= openTokens(this.#client, this.record));
  }

  /**
   * An access token that lives for `minValidity` more seconds (default 30), refreshed first when this one does not.
   * Only who asks here waits for a refresh.
   * @throws DeniedError `login_required` when the session is over, or its token expired and there is no refresh token
   * @throws UnavailableError when the token expired and neither OP nor store can be reached
   */
  async accessToken({ minValidity = 30 }: { readonly minValidity?: number } = {}): Promise<string> {
    const now = await this.#client.store.now();
    const { tokens } = this;
    if (tokens && livesFor(tokens, minValidity * 1000, now)) return tokens.accessToken;
    if (tokens && tokens.refreshToken === undefined && livesFor(tokens, 0, now)) return tokens.accessToken;
    try {
      this.#record = await refresh(this.#client, this.#record);
      this.#tokens = undefined;
    } catch (error) {
      // What still lives a little is better than nothing while the OP is down.
      if (tokens && error instanceof UnavailableError && livesFor(tokens, 0, now)) return tokens.accessToken;
      throw error;
    }
    const fresh = this.tokens;
    if (!fresh) throw new DeniedError('login_required', 'Expected tokens that open, came none.', { status: 401 });
    return fresh.accessToken;
  }
}

function livesFor({ expiresAt = Infinity }: SessionTokens, life: number, now: number): boolean {
  return expiresAt - now > life;
}
