// What all servers have in common.
import { randomBytes } from 'node:crypto';

export const client = { id: 'bench', secret: 'the secret of the client, of the bench' };
/** What the API is called in `aud`. */
export const audience = 'https://api.example';
export const secret = 'a secret of forty bytes, for benches only';
export const user = {
  sub: '248289761001',
  name: 'Ada Lovelace',
  email: 'ada@people.example',
  picture: 'https://people.example/pictures/ada-lovelace-at-her-desk-in-the-library-of-the-house.jpg',
};

/** A session as core keeps one: two tokens of 900 characters, sealed, and a user of its own. */
export function recordOf(n) {
  const now = Date.now();
  const sub = `${user.sub}-${n}`;
  return {
    id: randomBytes(16).toString('base64url'),
    client: { issuer: 'https://op.example', clientId: client.id },
    sub,
    sid: randomBytes(16).toString('base64url'),
    createdAt: now,
    iat: Math.floor(now / 1000),
    startedAt: now,
    usedAt: now,
    expiresAt: now + 86_400_000,
    version: 1,
    user: { ...user, sub },
    tokens: textOf(2500),
  };
}

/** A random text, as long as a token. */
export function textOf(length) {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString('base64url')
    .slice(0, length);
}
