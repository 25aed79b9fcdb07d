// What becomes of 64 requests at once when keys change, when nobody has the key, and when the OP is down.
import { randomBytes } from 'node:crypto';
import { user } from './fixtures.mjs';
import { withServers } from './processes.mjs';
import { SigningKey, TokenOp } from './token-op.mjs';

const rows = ['api/latchkey', 'api/jose', 'api/express-oauth2-jwt-bearer', 'api/passport-jwt'];
const requests = 64;
/** Longer than any of them takes keys for fresh. */
const quarterOfAnHour = 900_000;

/** Each with a server and an OP of its own, of which the server has just had the keys. */
const cases = {
  'new key just after a fetch': async (op, server) => {
    const key = new SigningKey('RS256');
    op.keys.push(key);
    return statuses(server, () => op.mint(user.sub, {}, {}, key));
  },
  'kids that nobody has': async (op, server) => {
    const key = new SigningKey('RS256');
    return statuses(server, () => op.mint(user.sub, {}, { kid: randomBytes(16).toString('hex') }, key));
  },
  'OP down, keys out of date': async (op, server) => {
    await op.stop();
    await server.setAhead(quarterOfAnHour);
    const answers = await statuses(server, () => op.mint(user.sub));
    await op.listen();
    return answers;
  },
};

console.log(`\nKeys, ${requests} requests at once: what was answered, and how many fetches reached the OP`);
for (const [title, run] of Object.entries(cases)) {
  console.log(`  ${title}`);
  for (const row of rows) {
    const op = await TokenOp.start('RS256');
    const { answers, fetches } = await withServers(
      { [row]: row },
      (servers) => measure(servers.get(row), op, run),
      op.issuer,
    );
    await op.stop();
    console.log(`    ${row.padEnd(30)}  ${answers.padEnd(20)}  fetches ${fetches}`);
  }
}

async function measure(server, op, run) {
  const first = await statuses(server, () => op.mint(user.sub), 1);
  if (first !== '1 × 200') throw new Error(`${server.url} refuses a good token: ${first}.`);
  const before = op.fetches;
  return { answers: await run(op, server), fetches: op.fetches - before };
}

/** How many requests got which status, all sent at once, each with a token of its own. */
async function statuses({ url }, mint, count = requests) {
  const tokens = Array.from({ length: count }, mint);
  const counts = new Map();
  await Promise.all(
    tokens.map(async (token) => {
      const answer = await fetch(`${url}/me`, { headers: { authorization: `Bearer ${token}` } });
      await answer.arrayBuffer();
      counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
    }),
  );
  return [...counts].map(([status, times]) => `${times} × ${status}`).join(', ');
}
