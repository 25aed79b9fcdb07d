// Sessions sealed in the cookie; logouts are remembered in memory.
import { app as withSession } from './latchkey-memory.mjs';

export function app(at) {
  return withSession(at, { cookie: { sealed: true } });
}
