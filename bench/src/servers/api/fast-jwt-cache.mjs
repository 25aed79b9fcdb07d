// With as many tokens remembered as ours remembers.
import { app as withCache } from './fast-jwt.mjs';

export function app(at) {
  return withCache(at, 10_000);
}
