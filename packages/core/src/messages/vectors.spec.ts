import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { OidcError } from '../errors.js';
import { codeChallengeOf } from '../pkce.js';
import * as messages from './index.js';
import { JwtMessage, Message, type JwtMessageClass } from './index.js';

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
type AnyClass = JwtMessageClass<JwtMessage> & typeof Message & typeof JwtMessage;

const vectors = JSON.parse(readFileSync(join(__dirname, '../../test/vectors/messages.json'), 'utf8')) as Vector[];
const classes = messages as unknown as Record<string, AnyClass>;
let key: CryptoKey;
let keys: { keys: JWK[] };

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  key = pair.privateKey;
  keys = { keys: [await exportJWK(pair.publicKey)] };
});

async function parse({ message, wire, input, header, params, now }: Vector): Promise<Message> {
  const type = classes[message] as AnyClass;
  if (wire === 'query') return type.fromUrl(input as string);
  if (wire === 'form') return type.fromForm(input);
  if (wire === 'json') return type.fromJson(input);
  const typ = header?.typ ?? type.jwtTypes[0] ?? 'JWT';
  const jwt = await new SignJWT(input as Record<string, unknown>).setProtectedHeader({ alg: 'RS256', typ }).sign(key);
  const token = await type.fromJwt(jwt, keys, { algorithms: ['RS256'] });
  const validate = { ...expectationsOf(message, params ?? {}), now };
  (token as unknown as { validate: (expectations: object) => void }).validate(validate);
  return token;
}

function expectationsOf(message: string, params: Record<string, unknown>): object {
  const { issuer, client_id, nonce = null, extra_trusted_audiences, min_iat, min_auth_time } = params;
  if (message === 'JwtAccessToken') return { issuer, audience: client_id };
  const common = { issuer, clientId: client_id, extraTrustedAudiences: extra_trusted_audiences, minIat: min_iat };
  return message === 'IdToken' ? { ...common, nonce, minAuthTime: min_auth_time } : common;
}

/** The URL that a message of these members makes. */
function encode({ message, input, base_url }: Vector): string {
  return (classes[message] as AnyClass).fromJson(input).toUrl(base_url ?? '');
}

it.each(vectors.map((vector) => [vector.id, vector.why, vector] as const))('%s: %s', async (_id, _why, vector) => {
  const { op, expect: verdict, encoded, decoded = {} } = vector;
  if (op === 'pkce-s256') return expect(codeChallengeOf(vector.input as string)).toBe(encoded);
  const run = async (): Promise<unknown> => (op === 'encode-url' ? encode(vector) : parse(vector));
  if (verdict === 'invalid') return expect(run()).rejects.toBeInstanceOf(OidcError);
  if (op === 'encode-url') return expect(await run()).toBe(encoded);
  const message = (await run()) as Record<string, unknown>;
  // What is null in the vectors is absent in ours.
  for (const [name, value] of Object.entries(decoded)) expect(message[name]).toEqual(value ?? undefined);
});
