import type { LogoutBench } from '../../packages/core/test/logout-bench.js';
import { said, type RelyingParty } from '../../packages/core/test/relying-party.js';
import { UserAgent } from '../../packages/core/test/user-agent.js';

/** Somebody with a session of their own. */
export interface Member {
  readonly sub: string;
  readonly sid: string;
  readonly agent: UserAgent;
}

/** What became of sessions: those that are answered, those that are not, and those that nobody can tell right now. */
export interface Roll {
  readonly alive: readonly Member[];
  readonly gone: readonly Member[];
  readonly unknown: readonly Member[];
}

/** Signs so many people in, each at an OP session of their own. */
export async function crowdAt(bench: LogoutBench, party: RelyingParty, size = 20, name = 'user'): Promise<Member[]> {
  const crowd: Member[] = [];
  for (let n = 0; n < size; n++) {
    const [sub, sid] = [`${name}-${n}`, `${name}-${n}-sid`];
    const agent = new UserAgent();
    await bench.signIn(party, agent, sid, sub);
    crowd.push({ sub, sid, agent });
  }
  return crowd;
}

/** Asks for each who they are. A fault must say so, with 503 and when to come again; nobody may be somebody else. */
export async function rollOf(party: RelyingParty, crowd: readonly Member[]): Promise<Roll> {
  const alive: Member[] = [];
  const gone: Member[] = [];
  const unknown: Member[] = [];
  await Promise.all(
    crowd.map(async (member) => {
      const page = await member.agent.fetch(`${party.url}/who`);
      if (page.status === 503 && page.headers.has('retry-after')) return unknown.push(member);
      const { sub } = said(page);
      if (sub !== null && sub !== member.sub) throw new Error(`${member.sub} was answered as ${sub}`);
      return (sub === null ? gone : alive).push(member);
    }),
  );
  return { alive, gone, unknown };
}

/** Prints what was lost beside what may be lost. */
export function report(fault: string, counts: Record<string, readonly [actual: number, expected: number]>): void {
  const lines = Object.entries(counts).map(
    ([what, [actual, expected]]) => `  ${what}: ${actual}, expected ${expected}${actual === expected ? '' : '  <<<'}`,
  );
  console.log([fault, ...lines].join('\n'));
  for (const [what, [actual, expected]] of Object.entries(counts))
    expect({ [what]: actual }).toEqual({ [what]: expected });
}
