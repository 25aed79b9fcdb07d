import { tell, type LogoutNotice } from '@latchkey/core';
import type { Connection } from './connection.js';

/** Hears of the logouts of all processes, over a connection that is made when the first one asks. */
export class Notices {
  readonly #connect: (onReady: () => void) => Connection;
  readonly #channel: string;
  readonly #listeners = new Set<{ readonly listener: (notice: LogoutNotice) => void }>();
  #connection: Connection | undefined;

  constructor(channel: string, connect: (onReady: () => void) => Connection) {
    this.#channel = channel;
    this.#connect = connect;
  }

  /** @throws UnavailableError `store_unavailable` */
  async subscribe(listener: (notice: LogoutNotice) => void): Promise<() => Promise<void>> {
    this.#connection ??= this.#connect(() => this.#listeners.size > 0 && void this.#ask()?.catch(() => undefined));
    await this.#ask();
    const subscription = { listener };
    this.#listeners.add(subscription);
    return () => Promise.resolve(void this.#listeners.delete(subscription));
  }

  /** What keeps notices from arriving, if anything. */
  trouble(): string | undefined {
    return this.#connection?.trouble();
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  /** However often it is asked, the client has one subscription, which it renews by itself; a new client is asked anew. */
  #ask(): Promise<unknown> | undefined {
    return this.#connection?.subscribe(this.#channel, this.#hear);
  }

  readonly #hear = (message: string): void => {
    const notice = noticeFrom(message);
    if (!notice) return;
    for (const { listener } of [...this.#listeners]) tell(listener, notice, 'the session store');
  };
}

/** A notice up to its sessions, which the script that ends them adds. */
export function noticeHead({ client, sid, sub }: LogoutNotice): string {
  return `${JSON.stringify({ client, sid, sub }).slice(0, -1)},"sessions":[`;
}

/** A notice as it was published; undefined for what somebody else sent on the channel. */
export function noticeFrom(message: string): LogoutNotice | undefined {
  try {
    const { client, sessions, sid, sub } = JSON.parse(message) as Record<string, unknown>;
    const isText = (value: unknown): value is string => typeof value === 'string';
    const isPart = (value: unknown): value is string | undefined => value === undefined || isText(value);
    if (!isText(client) || !Array.isArray(sessions) || !sessions.every(isText)) return undefined;
    if (!isPart(sid) || !isPart(sub)) return undefined;
    return Object.freeze({
      client,
      sessions: Object.freeze(sessions),
      ...(sid !== undefined && { sid }),
      ...(sub !== undefined && { sub }),
    });
  } catch {
    return undefined;
  }
}
