import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyObject } from 'node:crypto';
import type { TestKey } from './keys.js';

export type Members = Record<string, unknown>;

/** What an OP does wrong with an answer of JSON; what is left out stays right. */
export interface CrookedAnswer {
  /** Members in place of the right ones, or beside them; undefined takes one away. */
  members?: Members;
  /** The whole body, in place of the members. */
  body?: string;
  status?: number;
  headers?: Record<string, string>;
}

/** What an OP does wrong with a token that it signs. */
export interface CrookedToken {
  /** Claims in place of the right ones, or beside them; undefined takes one away. */
  claims?: Members;
  sign?: SignOptions;
  /** The whole token, in place of a signed one. */
  raw?: string;
}

/** How claims are signed: by default with the OP's own key for the algorithm, under its `kid`. */
export interface SignOptions {
  /** Default RS256; `none` leaves the signature empty. */
  alg?: string;
  /** null leaves it out. */
  kid?: string | null;
  key?: TestKey | Uint8Array;
  typ?: string;
  /** More members of the header. */
  header?: Members;
  /** Encrypts what is signed, for the holder of this key. */
  encrypt?: { for: KeyObject; alg?: string };
}

/** Reads Basic as RFC 6749 section 2.3.1 has it: both parts are form-url-encoded. */
export function credentialsOf(header: string | undefined): [id: string, secret: string] | undefined {
  const encoded = /^Basic (.*)$/.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  const decode = (text: string): string => new URLSearchParams(`x=${text}`).get('x') ?? '';
  return [decode(id), decode(secret)];
}

export function changed(right: Members, changes: Members = {}): Members {
  return { ...right, ...changes };
}

export async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

export function answer(
  res: ServerResponse,
  members: Members,
  { body, status = 200, headers }: CrookedAnswer = {},
): void {
  res
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
    .end(body ?? JSON.stringify(members));
}
