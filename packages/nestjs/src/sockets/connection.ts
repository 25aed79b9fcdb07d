import { DeniedError, OidcError, systemClock } from '@latchkey/core';
import type { Pass } from '../calls.js';
import { logError } from '../logging.js';
import type { Handshake } from './handshake.js';

/** An open socket, whichever library it is of. */
export interface OpenSocket {
  /** Tells the client why, and closes; nothing that the client still sends is heard. */
  close(error: OidcError): void;
  /** Hears once that it is closed, whoever closed it. */
  onClose(listener: () => void): void;
}

/** Milliseconds; the longest that a timer of Node's waits. */
const longest = 2 ** 31 - 1;

/** A socket from its handshake to its end: closed when what it was let in for ends. */
export class Connection {
  readonly handshake: Handshake;
  readonly #holds = new Map<string, Promise<() => void>>();
  #waiting: Pass[] = [];
  #pass: Pass | undefined;
  #socket: OpenSocket | undefined;
  #isClosed = false;

  constructor(handshake: Handshake) {
    this.handshake = handshake;
  }

  /** What the first guard that was asked about it let it pass for. */
  get pass(): Pass | undefined {
    return this.#pass;
  }

  /** The handshake was accepted: from now on there is something to close. */
  async open(socket: OpenSocket): Promise<void> {
    this.#socket = socket;
    socket.onClose(() => this.#end());
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      for (const pass of waiting) await this.hold(pass);
    } catch (error) {
      // Whose end nobody would hear of stays no longer.
      if (!(error instanceof OidcError)) throw error;
      logError(error, 'WebSocket');
      socket.close(error);
    }
  }

  /**
   * Closes the socket when the session or the token ends; a handshake that is under way waits for its socket.
   * @throws UnavailableError `store_unavailable`
   */
  async hold(pass: Pass): Promise<void> {
    this.#pass ??= pass;
    if (!this.#socket) return void this.#waiting.push(pass);
    const { session, token } = pass;
    if (session) {
      const over = (): void => this.#close('login_required', 'a session that goes on');
      await this.#once(`session ${session.record.id}`, () => session.whenOver(over));
    }
    if (token?.expiresAt !== undefined) {
      const { expiresAt } = token;
      const over = (): void => this.#close('token_refused', 'a token that has not expired');
      await this.#once(`token ${expiresAt}`, () => Promise.resolve(at(expiresAt * 1000, over)));
    }
  }

  /** Each session and each expiry is watched once, however many messages it lets pass. */
  async #once(what: string, begin: () => Promise<() => void>): Promise<void> {
    const hold = this.#holds.get(what) ?? begin();
    this.#holds.set(what, hold);
    try {
      const end = await hold;
      // It may have closed meanwhile.
      if (this.#isClosed) end();
    } catch (error) {
      this.#holds.delete(what);
      throw error;
    }
  }

  #close(code: DeniedError['code'], expected: string): void {
    const error = new DeniedError(code, `Expected ${expected}, it has ended.`, {
      status: 401,
      publicMessage: 'You need to sign in again.',
    });
    this.#socket?.close(error);
  }

  #end(): void {
    this.#isClosed = true;
    for (const hold of this.#holds.values()) void hold.then((end) => end()).catch(() => undefined);
    this.#holds.clear();
  }
}

/** Calls back at a time in milliseconds since the epoch. Returns what ends the wait. */
function at(time: number, then: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const left = time - systemClock.now();
    if (left <= 0) then();
    else timer = setTimeout(wait, Math.min(left, longest)).unref();
  };
  timer = setTimeout(wait).unref();
  return () => clearTimeout(timer);
}
