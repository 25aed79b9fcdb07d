// Sessions sealed in the cookie; logouts are remembered in Redis.
import { app as withRedis } from './latchkey-redis.mjs';

export function app(at) {
  return withRedis(at, { cookie: { sealed: true } });
}
