import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OidcError, ResponseError } from '../errors.js';
import { codeChallengeOf } from '../pkce.js';
import * as messages from './index.js';
import { Message } from './message.js';
import type { MessageClass } from './message.js';

interface Vector {
  id: string;
  message: string;
  wire: 'query' | 'form' | 'json' | 'jwt-claims';
  op: 'parse' | 'encode-url' | 'pkce-s256';
  input: unknown;
  expect: 'valid' | 'invalid';
  decoded?: Record<string, unknown>;
  encoded?: string;
  base_url?: string;
  params?: Record<string, unknown>;
  now?: number;
  header?: { typ?: string };
  why: string;
}
type AnyClass = MessageClass<Message> & typeof Message & { jwtTypes?: readonly (string | undefined)[] };

const vectors = JSON.parse(readFileSync(join(__dirname, '../../test/vectors/messages.json'), 'utf8')) as Vector[];
const classes = messages as unknown as Record<string, AnyClass>;

function parse(type: AnyClass, { wire, input, header, params, now }: Vector): Message {
  if (wire === 'query') return type.fromUrl(input as string);
  if (wire === 'form') return type.fromForm(input);
  if (wire === 'json') return type.fromJson(input);
  if (header && !type.jwtTypes?.includes(header.typ)) throw new ResponseError('jwt_typ', 'another kind of JWT');
  const token = type.fromJson(input) as Message & { validate: (expectations: object) => void };
  token.validate({ ...expectationsOf(type.name, params ?? {}), now });
  return token;
}

function expectationsOf(name: string, params: Record<string, unknown>): object {
  const { issuer, client_id, nonce = null, extra_trusted_audiences, min_iat, min_auth_time } = params;
  if (name === 'JwtAccessToken') return { issuer, audience: client_id };
  const common = { issuer, clientId: client_id, extraTrustedAudiences: extra_trusted_audiences, minIat: min_iat };
  return name === 'IdToken' ? { ...common, nonce, minAuthTime: min_auth_time } : common;
}

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

it.each(vectors.map((vector) => [vector.id, vector.why, vector] as const))('%s: %s', (_id, _why, vector) => {
  if (vector.op === 'pkce-s256') return expect(codeChallengeOf(vector.input as string)).toBe(vector.encoded);
  const type = classes[vector.message];
  if (!type) return;
  if (vector.op === 'encode-url') {
    return expect(type.fromJson(vector.input).toUrl(vector.base_url ?? '')).toBe(vector.encoded);
  }
  if (vector.expect === 'invalid') return expect(failureOf(() => parse(type, vector))).toBeInstanceOf(OidcError);
  const message = parse(type, vector) as unknown as Record<string, unknown>;
  for (const [name, value] of Object.entries(vector.decoded ?? {})) expect(message[name] ?? null).toEqual(value);
});
