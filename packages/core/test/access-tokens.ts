import type { ApiRequest } from '../src/resource/bearer.js';
import { TokenIssuer, type TokenSurroundings } from '../src/resource/token-issuer.js';
import { type TokenOptions, TokenIssuerOptions } from '../src/resource/token-options.js';
import { TokenVerifier } from '../src/resource/token-verifier.js';
import { Http } from '../src/http.js';
import type { TestCertificate } from './certificates.js';
import { TestClock } from './clock.js';
import { makeKey, sign, type TestKey } from './keys.js';
import { TestOp } from './op.js';
import { refusal } from './refusal.js';

/** How a token is made; what is given stands in place of what is right, undefined leaves it out. */
export interface Made {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: TestKey | Uint8Array;
}

/** Every OP in a test signs with these: to make an RSA key takes long. */
const rsa = makeKey('RSA', { kid: 'rsa', use: 'sig' });

/** An OP that signs access tokens as a test wants them, and the API that takes them. */
export class AccessTokens {
  readonly audience = 'https://api.example';
  /** What it publishes. */
  readonly jwks: readonly object[] = [rsa.jwk];
  readonly clock: TestClock;

  private constructor(
    readonly op: TestOp,
    start: number,
  ) {
    this.clock = new TestClock(start);
    op.keys = this.jwks;
  }

  /** Starts one; the time is a whole second. */
  static async start(start = 1_800_000_000_000): Promise<AccessTokens> {
    return new AccessTokens(await TestOp.start(), start);
  }

  get issuer(): string {
    return this.op.issuer;
  }

  /** Seconds. */
  get now(): number {
    return this.clock.now() / 1000;
  }

  /** The claims of a good token by RFC 9068. */
  claims(more: Record<string, unknown> = {}): Record<string, unknown> {
    const { issuer: iss, audience: aud, now } = this;
    return { iss, aud, sub: 'ada', client_id: 'web', iat: now, exp: now + 600, jti: 'j', scope: 'read write', ...more };
  }

  /** A good token, but for what is given. */
  token({ claims, header, key = rsa }: Made = {}): Promise<string> {
    const made = { alg: 'RS256', kid: 'rsa', typ: 'at+jwt', ...header };
    return sign(key, JSON.parse(JSON.stringify(made)) as typeof made, this.claims(claims));
  }

  /** What the OP signs, as it stands here. */
  signed(header: { alg: string; [member: string]: unknown }, payload: string): Promise<string> {
    return sign(rsa, header, payload);
  }

  verifier(more: Partial<TokenOptions> = {}): TokenVerifier {
    return new TokenVerifier({ issuer: this.issuer, audience: this.audience, clock: this.clock, ...more });
  }

  /** One issuer alone, as a verifier makes it. */
  tokenIssuer(more: Partial<TokenIssuerOptions> = {}, around: Partial<TokenSurroundings> = {}): TokenIssuer {
    const { issuer, audience, clock } = this;
    const http = new Http({ timeout: 2000 }, clock);
    const surroundings = { http, clock, tolerance: 60, store: undefined, allowHttp: false, ...around };
    return new TokenIssuer(Object.assign(new TokenIssuerOptions(), { issuer, audience, ...more }), surroundings);
  }

  stop(): Promise<void> {
    return this.op.server.stop();
  }
}

/** What a request to an API brings. */
export interface Brought {
  readonly scheme?: string;
  readonly method?: string;
  /** By lower-case name; a list is a header that came several times. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly target?: string;
  readonly body?: unknown;
  readonly certificate?: TestCertificate;
  readonly setHeader?: (name: string, value: string) => void;
}

/** A request with a token, and whatever else; of a header that came several times Node keeps the first, or joins them. */
export function requestWith(token: string | undefined, brought: Brought = {}): ApiRequest {
  const { scheme = 'Bearer', method = 'GET', headers = {}, target = '/orders', body, certificate, setHeader } = brought;
  const all = { ...(token !== undefined && { authorization: `${scheme} ${token}` }), ...headers };
  const valuesOf = (name: string): readonly string[] => [all[name as keyof typeof all] ?? []].flat();
  return {
    method,
    target,
    header: (name) => (name === 'authorization' ? valuesOf(name)[0] : valuesOf(name).join(', ') || undefined),
    headerCount: (name) => valuesOf(name).length,
    body,
    ...(setHeader && { setHeader }),
    ...(certificate && { socket: { getPeerCertificate: () => ({ raw: certificate.der }) } }),
  };
}

/** What an API answers to a request that it refuses. */
export interface Refused {
  readonly status: number;
  readonly code: string;
  /** Why, where the code does not say it. */
  readonly cause?: string;
  readonly challenge: string | undefined;
}

/** The answer to a request that must be refused. */
export async function refused(step: () => unknown): Promise<Refused> {
  const { status, code, cause, headers } = await refusal(step);
  const reason = (cause as { code?: string } | undefined)?.code;
  return { status, code, ...(reason !== undefined && { cause: reason }), challenge: headers['WWW-Authenticate'] };
}

/** The challenge to a token that is not accepted. */
export function invalidToken(description: string): string {
  return `Bearer error="invalid_token", error_description="${description}"`;
}
