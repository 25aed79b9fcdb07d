import type { Settings } from '../client/settings.js';
import type { SessionRecord } from './session-store.js';

/** Milliseconds between two notes that a session is in use. */
const touchInterval = 60_000;

/** When a session ends that is used at this time; milliseconds. */
export function expiryOf(
  settings: Settings,
  { startedAt, endsBy = Infinity }: Pick<SessionRecord, 'startedAt' | 'endsBy'>,
  usedAt: number,
): number {
  return Math.min(startedAt + settings.absolute, usedAt + settings.idle, endsBy);
}

/** Whether a use is worth a note: once a minute, more often only where the idle lifetime is that short. */
export function touchIsDue(settings: Settings, { usedAt }: SessionRecord, now: number): boolean {
  return now - usedAt >= Math.min(touchInterval, settings.idle / 10);
}
