export { RedisSessionStore } from './redis-store.js';
export { RedisSessionStoreOptions } from './options.js';
export type { RedisClient, ScriptArguments } from './client.js';
