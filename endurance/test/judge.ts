/** A session, as the pages of the application say of it. */
export interface Seen {
  readonly id: string;
  readonly sub: string;
  readonly sid?: string;
  /** When its login began, in milliseconds by the store's clock, which is this machine's. */
  readonly createdAt: number;
}

/** A session that somebody was told of, and by when it existed. */
interface Known extends Seen {
  readonly seenAt: number;
}

/** A logout, from when it was sent until its response was there. */
export interface Logout {
  readonly kind: string;
  readonly names: (session: Seen) => boolean;
  /** Whether it refuses the logins in flight too: `maybe` where it does so only if there is a session that it names. */
  readonly marks: 'always' | 'maybe' | 'never';
  readonly began: number;
  /** Infinity while it is under way, or where it was not carried out. */
  ended: number;
}

let latest = 0;

/** The time in milliseconds, later at every call, so that what follows something is never at the same time. */
export function now(): number {
  latest = Math.max(Date.now(), latest + 0.001);
  return latest;
}

/** Redis's clock as a machine believes it to be: never ahead, and a moment behind. */
const slack = 50;

/**
 * Knows who may be signed in at any moment, from nothing but what went over the wire and when. What overlaps may go
 * either way; what does not, may not.
 */
export class Judge {
  /** What was answered wrongly, in words. */
  readonly wrong: string[] = [];
  readonly #logouts: Logout[] = [];
  readonly #sessions = new Map<string, Known>();

  /** Notes that a logout is sent. */
  logout(kind: string, names: Logout['names'], marks: Logout['marks'] = 'always'): Logout {
    const logout = { kind, names, marks, began: now(), ended: Infinity };
    this.#logouts.push(logout);
    return logout;
  }

  /** A request that began then was answered as this session. */
  answeredAs(session: Seen, began: number): void {
    const known = this.#sessions.get(session.id) ?? { ...session, seenAt: now() };
    this.#sessions.set(session.id, known);
    for (const logout of this.#logouts) {
      const since = logout.marks === 'always' ? known.createdAt : known.seenAt;
      if (logout.ended < began && since <= logout.began && logout.names(known))
        this.wrong.push(
          `${logout.kind} was over for ${(began - logout.ended).toFixed(1)} ms, and its session was answered as`,
        );
    }
  }

  /** A request of this session's browser was answered as nobody's. */
  answeredAsNobody(session: Seen): void {
    const excused = this.#logouts.some(({ names, ended }) => names(session) && ended + slack >= session.createdAt);
    if (!excused) this.wrong.push('a session that no logout names was lost');
  }

  /** A login that began then did not lead to a session of this user. */
  loginRefused(login: Pick<Seen, 'sub' | 'sid'>, began: number, answer: string): void {
    const session = { id: '', createdAt: began, ...login };
    const excused = this.#logouts.some(
      ({ names, marks, ended }) => marks !== 'never' && names(session) && ended + slack >= began,
    );
    if (!excused) this.wrong.push(`a login was refused that began after every logout: ${answer}`);
  }

  /** Some session that somebody was told of, the later the likelier. */
  pick(random: () => number): Seen | undefined {
    const all = [...this.#sessions.values()];
    return all[Math.floor(Math.sqrt(random()) * all.length)];
  }
}
