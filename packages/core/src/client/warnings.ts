import cluster from 'node:cluster';
import { publish } from '../events.js';
import type { OidcOptions } from '../options.js';
import { MemoryStore } from '../session/memory-store.js';
import type { OidcClient } from './client.js';

const said = new Set<string>();

/** Says once per process what a program's author should know of the options chosen. */
export function warnAtStart(client: OidcClient, options: OidcOptions): void {
  const { store } = options.session;
  if (reachesOneProcess(store)) {
    warn(
      client,
      'LATCHKEY_MEMORY_STORE',
      'Sessions are in the memory of this process: logout and the single use of a login reach this process only. Set session.store.',
    );
  }
  if (options.session.cookie?.sealed) {
    warn(
      client,
      'LATCHKEY_SEALED_COOKIE',
      'Sessions are in cookies: they have no refresh token and cannot be listed, and front-channel logout ends one only where its cookie comes along.',
    );
    if (isMemory(store))
      warn(
        client,
        'LATCHKEY_SEALED_COOKIE',
        'Logouts are remembered in the memory of this process: a restart signs all sessions in cookies out.',
      );
  }
  for (const [name, value] of Object.entries(options)) {
    if (name.startsWith('dangerously') && value === true)
      warn(client, 'LATCHKEY_DANGEROUS_OPTION', `Option ${name} is on: a protection is off.`);
  }
}

/** Whether others run beside this process, as far as can be seen, which such a store does not reach. */
export function reachesOneProcess(store: unknown): boolean {
  return isMemory(store) && (process.env.NODE_ENV === 'production' || cluster.isWorker);
}

function isMemory(store: unknown): boolean {
  return store === undefined || store instanceof MemoryStore;
}

/** Tells of it as an event, and once per process as a warning; the text says the same each time. */
export function warn(client: Pick<OidcClient, 'ref' | 'clock'>, code: string, text: string): void {
  publish('latchkey:provider', { type: 'warning', client: client.ref, at: client.clock.now(), message: text });
  const once = `${code} ${text}`;
  if (said.has(once)) return;
  said.add(once);
  process.emitWarning(text, { code });
}
