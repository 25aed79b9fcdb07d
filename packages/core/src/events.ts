import { channel, type Channel } from 'node:diagnostics_channel';
import { hashOf } from './crypto.js';
import type { ErrorCode } from './errors.js';
import { frozenCopy } from './frozen.js';
import type { EndReason } from './session/logout-store.js';
import type { ClientRef, SessionRecord } from './session/session-store.js';

/** What every event says. */
export interface OidcEvent {
  /** At which client it happened. */
  readonly client: ClientRef;
  /** When it happened, in milliseconds since the epoch. */
  readonly at: number;
}

/** Whose session an event is about. `sub` is personal data; the ids are hashes, and only good for comparing. */
export interface EventSession {
  /** The session's record id; absent where a logout cannot enumerate sessions. */
  readonly session?: string;
  /** The user, as the OP names them. */
  readonly sub?: string;
  /** `hashOf(sid)`. */
  readonly sid?: string;
}

/** A browser was sent to the OP. */
export interface LoginStarted extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'started';
}
/** A user came back from the OP and is signed in. */
export interface LoginSucceeded extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'succeeded';
  /** Milliseconds since the browser was sent to the OP. */
  readonly duration: number;
}
/** A callback led to no session. */
export interface LoginRefused extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'refused';
  /** `hook_failed`: the program's `onLogin` threw what was no refusal. */
  readonly code: ErrorCode | 'hook_failed';
  /** Milliseconds since the browser was sent to the OP; absent where the login is not known, or was over before. */
  readonly duration?: number;
}

/** A session began. */
export interface SessionCreated extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'created';
}
/** A session ended; one event for each. */
export interface SessionEnded extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'ended';
  /** What ended it. */
  readonly reason: EndReason;
}
/** A full store gave up the session that was idle the longest. */
export interface SessionEvicted extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'evicted';
}

/** A user asked this program to sign out. */
export interface LogoutRequested extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'requested';
}
/** A logout token came over the back channel and was carried out. */
export interface LogoutTokenReceived extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'token_received';
}
/** A logout token came and was not carried out. */
export interface LogoutTokenRefused extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'token_refused';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
  /** By how many seconds the OP's clock seems to be behind, when that is why. */
  readonly clockBehind?: number;
}
/** A front-channel logout came and was carried out. */
export interface FrontChannelReceived extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'front_channel_received';
}
/** A front-channel logout named no session, so none ended. */
export interface FrontChannelUnnamed extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'front_channel_unnamed';
  /** The flag that the client's registration at the OP lacks. */
  readonly missing: 'frontchannel_logout_session_required';
}
/** A front-channel logout came and was not carried out. */
export interface FrontChannelRefused extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'front_channel_refused';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}
/** A logout was carried out, but that its token is used could not be recorded. */
export interface LogoutRecordFailed extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'record_failed';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}
/** The program's `onLogout` failed; the logout stands. */
export interface LogoutHookFailed extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'hook_failed';
  /** What happened, in words without secrets. */
  readonly message: string;
}
/** The tokens of an ended session were given back to the OP. */
export interface TokensRevoked extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'tokens_revoked';
}
/** The tokens of an ended session could not be given back to the OP; the session has ended all the same. */
export interface RevocationFailed extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'revocation_failed';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}
/** A store could not remember a logout, which therefore failed; the sessions it named ended all the same. */
export interface LogoutStoreFull extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'store_full';
  /** What was full. */
  readonly what: 'marks' | 'logout_tokens';
}

/** A session got new tokens from the OP. */
export interface TokensRefreshed extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'refreshed';
}
/** No new tokens were to be had, or kept; the session stays. */
export interface RefreshFailed extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'refresh_failed';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}
/** The OP takes the refresh token no more, so the session has ended. */
export interface RefreshRefused extends OidcEvent, EventSession {
  /** Tells the events of this channel apart. */
  readonly type: 'refresh_refused';
}

/** An access token that came to an API was refused, or could not be judged. */
export interface AccessTokenRefused extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'access_token_refused';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}

/** The OP's metadata came. */
export interface MetadataFetched extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'metadata_fetched';
}
/** The OP's keys came. */
export interface KeysFetched extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'keys_fetched';
}
/** The OP, or one of its endpoints, did not answer as it should. */
export interface ProviderUnreachable extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'unreachable';
  /** What was asked of it. */
  readonly endpoint: 'metadata' | 'keys' | 'tokens';
  /** Why: the code of the error. */
  readonly code: ErrorCode;
}
/** Something about the configuration that its author should know. */
export interface ProviderWarning extends OidcEvent {
  /** Tells the events of this channel apart. */
  readonly type: 'warning';
  /** What happened, in words without secrets. */
  readonly message: string;
}

/** What is published on `latchkey:login`. */
export type LoginEvent = LoginStarted | LoginSucceeded | LoginRefused;
/** What is published on `latchkey:session`. */
export type SessionEvent = SessionCreated | SessionEnded | SessionEvicted;
/** What is published on `latchkey:logout`. */
export type LogoutEvent =
  | LogoutRequested
  | LogoutTokenReceived
  | LogoutTokenRefused
  | FrontChannelReceived
  | FrontChannelUnnamed
  | FrontChannelRefused
  | LogoutRecordFailed
  | LogoutHookFailed
  | TokensRevoked
  | RevocationFailed
  | LogoutStoreFull;
/** What is published on `latchkey:token`. */
export type TokenEvent = TokensRefreshed | RefreshFailed | RefreshRefused | AccessTokenRefused;
/** What is published on `latchkey:provider`. */
export type ProviderEvent = MetadataFetched | KeysFetched | ProviderUnreachable | ProviderWarning;

/** Each channel with what is published on it. */
export interface Events {
  /** Logins: begun, succeeded, refused. */
  'latchkey:login': LoginEvent;
  /** Sessions: begun, ended, given up. */
  'latchkey:session': SessionEvent;
  /** Logouts: asked for, carried out, refused. */
  'latchkey:logout': LogoutEvent;
  /** Tokens: refreshed, or not; refused by an API. */
  'latchkey:token': TokenEvent;
  /** The OP: its metadata, its keys, its outages. */
  'latchkey:provider': ProviderEvent;
}

/** Held here, since Node forgets a channel that nobody holds. */
const channels: Readonly<Record<keyof Events, Channel>> = {
  'latchkey:login': channel('latchkey:login'),
  'latchkey:session': channel('latchkey:session'),
  'latchkey:logout': channel('latchkey:logout'),
  'latchkey:token': channel('latchkey:token'),
  'latchkey:provider': channel('latchkey:provider'),
};

/** What events say of a session: its `sid` is hashed. */
export function eventSessionOf({ id, sub, sid }: Pick<SessionRecord, 'id' | 'sub' | 'sid'>): EventSession {
  return { session: id, sub, ...(sid !== undefined && { sid: hashOf(sid) }) };
}

/** Publishes a frozen copy of an event, after what it tells of is done. Without subscribers it does nothing. */
export function publish<C extends keyof Events>(name: C, event: Events[C]): void {
  if (channels[name].hasSubscribers) channels[name].publish(frozenCopy(event));
}

/**
 * Hears of every event on a channel from now on; returns a function that ends it. A listener that throws or rejects
 * stops nothing and is reported as a process warning. A raw subscriber of `node:diagnostics_channel` does not have
 * that: Node raises what it throws as an uncaught exception.
 */
export function subscribe<C extends keyof Events>(name: C, listener: (event: Events[C]) => unknown): () => void {
  const raw = (event: unknown): void => tell(listener, event as Events[C], name);
  channels[name].subscribe(raw);
  return () => void channels[name].unsubscribe(raw);
}

/** Calls a listener of somebody else's, whose failure becomes a process warning and nothing more. */
export function tell<E>(listener: (event: E) => unknown, event: E, what: string): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`A listener of ${what} failed: ${error instanceof Error ? error.message : typeof error}`, {
      code: 'LATCHKEY_LISTENER',
    });
  try {
    // An async listener passes for one that returns nothing; its rejection would end the process.
    Promise.resolve(listener(event)).catch(warn);
  } catch (error) {
    warn(error);
  }
}
