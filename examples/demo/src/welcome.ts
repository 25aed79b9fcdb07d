import type { App } from './app.js';
import type { Demo } from './start-demo.js';

/** What the terminal says when all is up. */
export function welcome({ notes, photos, op }: Demo): string {
  return `
  Latchkey: two apps and a sign-in service

    Notes             ${notes.client.baseUrl}   <- open this
    Photos            ${photos.client.baseUrl}
    Sign-in service   ${op.origin}   user ada or grace, any password

  Sign in at Notes, walk into Photos without a password, sign out at one, and watch the other.

  What each app would register at your own OP (client.metadata()):

${registration(notes)}

${registration(photos)}

  Ctrl-C ends it.
`;
}

/** One line for each member, since a list here has one entry. */
function registration({ client }: App): string {
  return Object.entries(client.metadata())
    .map(([name, value]) => `    ${name.padEnd(38)}${String(value)}`)
    .join('\n');
}
