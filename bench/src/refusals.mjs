// Nothing is timed that lets in whom it must refuse, or takes one caller for another.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { createHmac } from 'node:crypto';
import { user } from './fixtures.mjs';
import { encode, SigningKey } from './token-op.mjs';

const past = 1_700_000_000;

/** What no API may take, by what is wrong with it. */
function badTokens(op, foreign) {
  const [sub, [{ alg, kid, publicKey }]] = [user.sub, op.keys];
  const [header, payload, signature] = op.mint(sub).split('.');
  const raised = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'admin' };
  const confused = op.unsigned(sub, {}, { alg: 'HS256', kid });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  return {
    missing: undefined,
    'tampered, its claims': [header, encode(raised), signature].join('.'),
    'tampered, its signature': [header, payload, signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))].join(
      '.',
    ),
    expired: op.mint(sub, { iat: past, exp: past + 3600 }),
    'foreign issuer, its own key': foreign.mint(sub),
    'foreign issuer, our key': op.mint(sub, { iss: foreign.issuer }),
    'our issuer, a foreign key': op.mint(sub, {}, { kid }, new SigningKey(alg)),
    'foreign audience': op.mint(sub, { aud: 'https://other.example' }),
    'alg none': `${op.unsigned(sub, {}, { alg: 'none' })}.`,
    'alg none, with a kid': `${op.unsigned(sub, {}, { alg: 'none', kid })}.`,
    'HS256 with the public key': `${confused}.${createHmac('sha256', pem).update(confused).digest('base64url')}`,
  };
}

/** Asks a server for every refusal, before and after it has seen good tokens. */
export async function proveRefusals(name, url, { op, foreign }) {
  const bad = badTokens(op, foreign);
  const good = ['248289761001', '248289761002'].map((sub) => [sub, op.mint(sub)]);
  for (let round = 0; round < 2; round++) {
    for (const [what, token] of Object.entries(bad)) {
      const { status } = await ask(url, token);
      assert.equal(status, 401, `${name} answers ${status} to a token that is bad: ${what}.`);
    }
    for (const [sub, token] of good) {
      const answer = await ask(url, token);
      assert.equal(answer.status, 200, `${name} refuses a good token with ${answer.status}.`);
      assert.deepEqual(await answer.json(), { ...user, sub }, `${name} does not know whose token it took.`);
    }
  }
}

function ask(url, token) {
  return fetch(`${url}/me`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}
