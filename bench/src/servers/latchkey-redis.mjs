// Sessions in Redis.
import { RedisSessionStore } from '../../../packages/redis/dist/index.js';
import { app as withSession } from './latchkey-memory.mjs';

export function app(at, session = {}) {
  return withSession(at, { ...session, store: new RedisSessionStore({ url: process.env.REDIS_URL }) });
}
