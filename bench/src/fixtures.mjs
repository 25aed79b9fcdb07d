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

/** A random text, as long as a token. */
export function textOf(length) {
  return randomBytes(length).toString('base64url').slice(0, length);
}
