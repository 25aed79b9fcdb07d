import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify, type CryptoKey } from 'jose';
import { AccessTokens, requestWith } from '../../test/access-tokens.js';
import { makeKey, sign, type TestKey } from '../../test/keys.js';
import { gatherMetadataOnce, minutes, runs } from '../../test/random-messages.js';
import { OidcError } from '../errors.js';
import { JwtAccessToken } from '../messages/index.js';
import type { TokenVerifier } from './token-verifier.js';

// What the verifier says of a token, compiled and from memory, against what jose and class-validator say, without either.

type Members = Record<string, unknown>;

/** One issuer, and what it is held to. */
interface Issuer {
  readonly name: string;
  readonly algorithms: readonly string[];
  readonly secret?: KeyObject;
  readonly lenient?: true;
}

const audience = 'https://api.example';
const secrets = ['the first secret, of more than 32 bytes', 'the second secret, of more than 32 bytes'].map((text) =>
  createSecretKey(text, 'utf8'),
);
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const keys: Record<string, TestKey> = {
  RS256: makeKey('RSA', { kid: 'rsa', alg: 'RS256' }),
  ES256: makeKey('P-256', { kid: 'ec' }),
  EdDSA: makeKey('Ed25519', { kid: 'ed' }),
};

let tokens: AccessTokens;
let issuers: Issuer[];
let verifier: TokenVerifier;
/** Signed tokens of the issuer that has keys, made once, since that costs more than all else. */
let pool: string[];

// Most tokens here are refused, by both sides; nobody reads where.
const { stackTraceLimit } = Error;
beforeAll(async () => {
  Error.stackTraceLimit = 0;
  gatherMetadataOnce();
  tokens = await AccessTokens.start();
  tokens.op.keys = Object.values(keys).map(({ jwk }) => jwk);
  tokens.op.headers = { 'cache-control': 'max-age=3600' }; // so that turning the clock fetches nothing
  issuers = [
    { name: tokens.issuer, algorithms: asymmetric },
    { name: 'https://strict.example', algorithms: ['HS256'], secret: secrets[0] },
    { name: 'https://lenient.example', algorithms: ['HS256'], secret: secrets[1], lenient: true },
  ];
  verifier = tokens.verifier({
    issuer: issuers.map(({ name, secret, lenient }) => ({
      issuer: name,
      ...(secret && { secret: secret.export().toString() }),
      ...(lenient && { lenient: { recognise: 'scope' as const } }),
    })),
  });
  // Most by RSA, which is verified soonest.
  const drawnFrom = ['RS256', 'RS256', 'RS256', 'RS256', 'ES256', 'EdDSA'].map((alg) => [alg, keys[alg]!] as const);
  const drawn = fc.sample(fc.tuple(index, indices, indices), 400);
  pool = await Promise.all(
    drawn.map(([which, header, claims]) => {
      const [alg, key] = at(drawnFrom, which);
      const members = { alg, typ: 'at+jwt', kid: key.jwk.kid, ...pick(breaksOf(header), ['typ', 'kid']) };
      return sign(
        key,
        JSON.parse(JSON.stringify(members)) as typeof members,
        broken(tokens.claims(), breaksOf(claims)),
      );
    }),
  );
}, minutes);
afterAll(async () => {
  Error.stackTraceLimit = stackTraceLimit;
  await tokens.stop();
});

const garbage = [undefined, null, '', 'x', 'x'.repeat(256), 0, -1, 1.5, 2 ** 53, 1e12, true, [], [''], ['a', 1], {}, { a: 1 }, '1800000600', [audience], ['x', audience], `${audience}/`, 'ID', 'Refresh', 'id', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'logout+jwt', 'HS256', 'none', 'rsa', 'ec']; // prettier-ignore
const names = ['iss', 'aud', 'sub', 'client_id', 'azp', 'iat', 'exp', 'nbf', 'jti', 'scope', 'auth_time', 'acr', 'amr', 'typ', 'token_use', 'token_type', 'events', 'cnf', 'constructor', 'validate', 'extra', 'kid', 'alg', 'crit']; // prettier-ignore
/** Times around those that decide, in seconds from now. */
const times = [-700, -61, -60.5, -60, -59, -1, 0, 1, 10, 59, 60, 60.5, 61, 600];
const ways = ['kept', 'kept', 'kept', 'kept', 'changed', 'cut', 'unsigned', 'another payload', 'another header', 'another signature']; // prettier-ignore
const laters = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 600, 660, 661];

/** Breaks most tokens in one place, some in none and some in several. */
type Breaks = readonly (readonly [string, unknown])[];
type Places = readonly (readonly [number, number])[];
const atOnce = 100;
const index = fc.nat();
const indices = fc.array(fc.tuple(index, index), { maxLength: 3 });
const at = <T>(list: readonly T[], place: number): T => list[place % list.length]!;

function breaksOf(places: Places): Breaks {
  return places.map(([name, value]) =>
    name % 3 === 0
      ? [at(['exp', 'nbf', 'iat'], Math.floor(name / 3)), tokens.now + at(times, value)]
      : [at(names, Math.floor(name / 3)), at(garbage, value)],
  );
}

function pick(members: Breaks, wanted: readonly string[]): Members {
  return Object.fromEntries(members.filter(([name]) => wanted.includes(name)));
}

function broken(members: Members, by: Breaks): Members {
  return { ...members, ...Object.fromEntries(by) };
}

/** Signed by hand, since no library signs what is broken. */
function sealed(header: Members, claims: Members, secret: KeyObject): string {
  const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const data = `${encode(header)}.${encode(claims)}`;
  return `${data}.${createHmac('sha256', secret).update(data).digest('base64url')}`;
}

/** What becomes of a token on its way. */
function tampered(token: string, how: string, place: number): string {
  const here = place % token.length;
  const [header = '', payload = '', signature = ''] = token.split('.');
  switch (how) {
    case 'changed':
      return `${token.slice(0, here)}${'AQgw_-.'[place % 7]!}${token.slice(here + 1)}`;
    case 'cut':
      return token.slice(0, here);
    case 'unsigned':
      return `${header}.${payload}.`;
    case 'another payload':
      return `${header}.${at(pool, place).split('.')[1]!}.${signature}`;
    case 'another header':
      return `${at(pool, place).split('.')[0]!}.${payload}.${signature}`;
    case 'another signature':
      return `${header}.${payload}.${at(pool, place).split('.')[2]!}`;
    default:
      return token;
  }
}

const imported = new Map<string, Promise<CryptoKey | Uint8Array>>();
function importedFor(jwk: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const name = `${jwk.kid} ${alg}`;
  if (!imported.has(name)) imported.set(name, importJWK({ ...jwk, alg }, alg));
  return imported.get(name)!;
}

/** The claims of a good token, by jose and class-validator; nothing where it is none. */
async function slowly(token: string): Promise<Members | undefined> {
  try {
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
    const header = decodeProtectedHeader(token);
    const issuer = issuers.find(({ name }) => name === decodeJwt(token).iss);
    if (!issuer || 'crit' in header) return undefined;
    const options = {
      issuer: issuer.name,
      audience,
      algorithms: [...issuer.algorithms],
      clockTolerance: 60,
      currentDate: new Date(tokens.clock.now()),
      requiredClaims: ['exp', ...(issuer.lenient ? [] : ['sub', 'iat', 'jti'])],
    };
    const { payload } = await verifiedBy(token, issuer, options);
    return isAccessToken(header, payload, issuer) ? payload : undefined;
  } catch {
    return undefined;
  }
}

async function verifiedBy(token: string, { secret }: Issuer, options: object): Promise<{ payload: Members }> {
  const { alg = '', kid } = decodeProtectedHeader(token);
  if (secret !== undefined) return jwtVerify(token, secret, options);
  const fitting = Object.values(keys).filter(({ jwk }) => kid === undefined || jwk.kid === kid);
  const tried = fitting.map(async ({ jwk }) => {
    if (jwk.alg !== undefined && jwk.alg !== alg) throw new Error('another algorithm');
    return jwtVerify(token, await importedFor(jwk, alg), options);
  });
  return Promise.any(tried);
}

/** What jose does not look at: the kind, the claims' forms, and the future. */
function isAccessToken({ typ }: { typ?: unknown; kid?: unknown }, claims: Members, { lenient }: Issuer): boolean {
  const kind = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (kind !== 'at+jwt' && !(lenient && (kind === undefined || kind === 'jwt'))) return false;
  const { typ: within, token_use: use, token_type: type, events, scope, nbf, iat } = claims;
  if (['id', 'logout', 'refresh', 'offline'].includes(String(within).toLowerCase()) && typeof within === 'string')
    return false;
  if (['id', 'id_token', 'refresh', 'refresh_token'].includes(String(use).toLowerCase()) && typeof use === 'string')
    return false;
  if (['refresh', 'refresh_token'].includes(String(type).toLowerCase()) && typeof type === 'string') return false;
  // Nobody here enforces a binding, so no token that has one is good.
  if (claims.cnf !== undefined) return false;
  if (events !== undefined || (lenient && (scope === undefined || scope === null))) return false;
  const known = Object.entries(claims).filter(([name]) => !(name in JwtAccessToken.prototype));
  const message = Object.assign(new JwtAccessToken(), Object.fromEntries(known));
  if (validateSync(message, { forbidUnknownValues: false }).length > 0) return false;
  if ([nbf, iat].some((time) => typeof time === 'number' && time > tokens.now + 60)) return false;
  const client = claims.client_id ?? claims.azp;
  return lenient === true || [claims.sub, claims.jti, client].every((each) => typeof each === 'string' && each !== '');
}

/** The claims that the verifier gives on; nothing where it refuses, for a reason of its own. */
async function quickly(token: string): Promise<Members | undefined> {
  try {
    return (await verifier.verify(requestWith(token)))?.claims;
  } catch (error) {
    if (!(error instanceof OidcError) || error.status >= 500) throw error;
    return undefined;
  }
}

/** Claims as text, in one order; what the message's class has methods for is dropped there. */
function plain(claims: Members | undefined): string | undefined {
  if (!claims) return undefined;
  const kept = Object.keys(claims).filter((name) => !(name in JwtAccessToken.prototype));
  return JSON.stringify(kept.sort().map((name) => [name, claims[name]]));
}

function requireSame(came: Members | undefined, expected: Members | undefined): void {
  const [quick, slow] = [plain(came), plain(expected)];
  if (quick !== slow) throw new Error(`the verifier: ${quick}; jose and class-validator: ${slow}`);
}

/** How a token is made, and what becomes of it. */
interface Made {
  readonly which: number;
  readonly header: Places;
  readonly claims: Places;
  readonly way: number;
}
const made = fc.record({ which: index, header: indices, claims: indices, way: index });
function tokenOf({ which, header, claims, way }: Made): string {
  const issuer = at(issuers, which);
  const members = { alg: 'HS256', typ: 'at+jwt', ...pick(breaksOf(header), ['typ', 'alg', 'crit']) };
  const said = broken(tokens.claims({ iss: issuer.name }), breaksOf(claims));
  const signed = issuer.secret === undefined ? at(pool, which) : sealed(members, said, issuer.secret);
  return tampered(signed, at(ways, way), which);
}

it(
  '[R74] [R88] the verdict is that of jose and class-validator, the first time and from memory, now and later',
  async () => {
    const counts = { good: 0, bad: 0 };
    // Many at a time, since jose verifies each on another thread.
    const batch = fc.array(made, { minLength: atOnce, maxLength: atOnce });
    const property = fc.asyncProperty(batch, index, async (cases, later) => {
      const brought = cases.map(tokenOf);
      const seconds = at(laters, later);
      const expected = await Promise.all(brought.map(slowly));
      for (const [n, token] of brought.entries()) {
        counts[expected[n] ? 'good' : 'bad']++;
        requireSame(await quickly(token), expected[n]);
        requireSame(await quickly(token), expected[n]);
      }
      if (seconds === 0) return;
      tokens.clock.advance(seconds * 1000);
      try {
        const then = await Promise.all(brought.map(slowly));
        for (const [n, token] of brought.entries()) requireSame(await quickly(token), then[n]);
      } finally {
        tokens.clock.advance(-seconds * 1000);
      }
    });
    await fc.assert(property, runs(100_000 / atOnce, 10_000 / atOnce));
    expect(Math.min(counts.good, counts.bad)).toBeGreaterThan(1000);
  },
  minutes,
);
