import { UnavailableError, type ClientRef, type SessionRecord } from '@latchkey/core';

/**
 * A session as Redis keeps it: five lines, of which the scripts read the first three and hand on the others as they
 * are, since Lua would not write back the JSON that it read.
 *
 *     version usedAt expiresAt createdAt iat
 *     the hashes of the indexes that name it
 *     "id"
 *     {"issuer","clientId","sub","sid","startedAt","endsBy"}
 *     {"user","tokens"}
 */
export function encode(record: SessionRecord, indexes: readonly string[]): string {
  const { version, usedAt, expiresAt, createdAt, iat, id, client, sub, sid, startedAt, endsBy } = record;
  const { issuer, clientId } = client;
  return [
    [version, usedAt, expiresAt, createdAt, iat].map(numberText).join(' '),
    indexes.join(' '),
    JSON.stringify(id),
    JSON.stringify({ issuer, clientId, sub, sid, startedAt, endsBy }),
    contentOf(record),
  ].join('\n');
}

/** The last line: what an update replaces. */
export function contentOf({ user, tokens }: Pick<SessionRecord, 'user' | 'tokens'>): string {
  return JSON.stringify({ user, tokens });
}

/** @throws TypeError for what no script could compare */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('Expected a finite number in a session record.');
  return String(value);
}

/**
 * Reads a session of this client.
 * @throws UnavailableError `store_unavailable` when the value is none, or another client's
 */
export function decode(value: unknown, client: ClientRef): SessionRecord {
  const record = typeof value === 'string' ? parse(value.split('\n')) : undefined;
  if (record?.client.issuer !== client.issuer || record.client.clientId !== client.clientId) {
    throw new UnavailableError(
      'store_unavailable',
      'Expected a session of this client in Redis, came what this store did not write there.',
    );
  }
  return record;
}

function parse(lines: readonly string[]): SessionRecord | undefined {
  const [head, , id, fixed, content] = lines;
  if (lines.length !== 5 || head === undefined) return undefined;
  const [version, usedAt, expiresAt, createdAt, iat, ...more] = head.split(' ').map(Number);
  const { issuer, clientId, sub, sid, startedAt, endsBy } = objectOf(fixed);
  const { user, tokens } = objectOf(content);
  const record = {
    id: jsonOf(id),
    client: { issuer, clientId },
    sub,
    ...(sid !== undefined && { sid }),
    createdAt,
    iat,
    startedAt,
    ...(endsBy !== undefined && { endsBy }),
    usedAt,
    expiresAt,
    version,
    user,
    tokens,
  };
  const texts = [record.id, issuer, clientId, sub, sid === undefined ? '' : sid, tokens].every(
    (text) => typeof text === 'string',
  );
  const numbers = [version, usedAt, expiresAt, createdAt, iat, startedAt, endsBy ?? 0].every(Number.isFinite);
  return texts && numbers && more.length === 0 ? (record as SessionRecord) : undefined;
}

function objectOf(text: string | undefined): Record<string, unknown> {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
