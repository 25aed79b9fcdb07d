import type { OidcClient } from '../client/client.js';
import { IdToken } from '../messages/index.js';
import type { SessionRecord } from './session-store.js';
import { openTokens, type SessionTokens } from './tokens.js';
import type { UserClaims } from './user.js';

/** A signed-in browser, as a request sees it. */
export class Session<User = UserClaims> {
  readonly #client: OidcClient;
  #tokens: SessionTokens | undefined;
  /** What the store holds. */
  readonly record: SessionRecord;

  constructor(client: OidcClient, record: SessionRecord) {
    this.#client = client;
    this.record = record;
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
    const payload = this.idToken?.split('.')[1];
    return payload === undefined ? undefined : IdToken.fromJson(Buffer.from(payload, 'base64url').toString());
  }

  /** The tokens, opened at the first use; undefined when the secret that sealed them was taken out of use. */
  get tokens(): SessionTokens | undefined {
    return (this.#tokens ??= openTokens(this.#client, this.record));
  }
}
