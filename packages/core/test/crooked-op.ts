import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock, type Clock } from '../src/clock.js';
import {
  answer,
  changed,
  credentialsOf,
  textOf,
  type CrookedAnswer,
  type CrookedToken,
  type Members,
  type SignOptions,
} from './crooked-answer.js';
import { encryptFor, makeKey, sign, unsigned, type TestKey } from './keys.js';
import { leastMetadata } from './op.js';
import { TestServer } from './server.js';

/** A request that came to the OP, as a test asserts on it. */
export interface OpRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  /** The parameters of the query, or of the form. */
  readonly parameters: URLSearchParams;
  /** The body as it came. */
  readonly body: string;
}

/** What a code, or a refresh token, was given for. */
interface Grant {
  readonly request: URLSearchParams;
  readonly sub: string;
  /** The claims of the login's ID token. */
  readonly claims?: Members;
}

/** Keys are slow to make and hold no state, so all OPs of a test file share them. */
const keys = {
  rsa: makeKey('RSA', { kid: 'rsa', use: 'sig', alg: 'RS256' }),
  ec: makeKey('P-256', { kid: 'ec', use: 'sig', alg: 'ES256' }),
  ed: makeKey('Ed25519', { kid: 'ed', use: 'sig', alg: 'EdDSA' }),
};

/**
 * A whole small OP on a real server: metadata, keys, authorization, tokens, userinfo, end of session. It does all of
 * that right, without asking anybody anything, until a test tells it what to do wrong; `straighten` makes it right again.
 */
export class CrookedOp {
  readonly keys = keys;
  /** Whom it signs in, with what the userinfo says of them. */
  user: { sub: string; [claim: string]: unknown } = { sub: 'ada', name: 'Ada Lovelace' };
  /** The session at the OP that the ID tokens name; undefined for none. */
  sid: string | undefined = 'op-session-1';
  /** Verifies client_secret_* when it is set; also the key of HS*. */
  clientSecret: string | undefined;
  /** Milliseconds that its clock is ahead. */
  clockOffset = 0;
  /** Members of the metadata in place of the right ones; undefined takes one away. */
  metadata: Members = {};
  /** The keys that it publishes; undefined: all of its own. */
  published: unknown[] | undefined;
  idToken: CrookedToken = {};
  token: CrookedAnswer = {};
  /** With `jwt`, the userinfo comes signed. */
  userinfo: CrookedAnswer & { jwt?: SignOptions } = {};
  /** Parameters of the authorization response in place of the right ones; undefined takes one away, a list repeats it. */
  authorization: Record<string, string | string[] | undefined> = {};
  /** Whether a refresh token is good once, and a new one comes with the tokens that it was used for. */
  rotates = true;
  revocation: CrookedAnswer = {};
  /** Everything that came, in its order. */
  readonly requests: OpRequest[] = [];
  readonly #grants = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();

  private constructor(
    readonly server: TestServer,
    readonly clock: Clock,
  ) {}

  /** Starts one; its clock is the given one plus `clockOffset`. */
  static async start(clock: Clock = systemClock): Promise<CrookedOp> {
    const op: CrookedOp = new CrookedOp(
      await TestServer.start((req, res) => {
        op.#answer(req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
      }),
      clock,
    );
    return op;
  }

  get issuer(): string {
    return this.server.url;
  }

  /** Seconds since the epoch by its clock. */
  get now(): number {
    return Math.floor((this.clock.now() + this.clockOffset) / 1000);
  }

  /** Does everything right from now on, and forgets what was asked of it. */
  straighten(): void {
    this.user = { sub: 'ada', name: 'Ada Lovelace' };
    this.sid = 'op-session-1';
    this.clientSecret = undefined;
    this.clockOffset = 0;
    this.metadata = {};
    this.published = undefined;
    this.idToken = {};
    this.token = {};
    this.userinfo = {};
    this.authorization = {};
    this.rotates = true;
    this.revocation = {};
    this.requests.length = 0;
  }

  /** Goes down; `listen` brings it back on the same port. */
  stop(): Promise<void> {
    return this.server.stop();
  }

  listen(): Promise<void> {
    return this.server.listen();
  }

  /** The requests that came to a path. */
  at(path: string): OpRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** Signs claims: ID tokens, logout tokens, whatever a test needs. */
  async sign(
    claims: unknown,
    { alg = 'RS256', kid, key, typ, header = {}, encrypt }: SignOptions = {},
  ): Promise<string> {
    const own = key ?? this.#keyFor(alg);
    const known = own && 'jwk' in own ? own.jwk.kid : undefined;
    const name = kid === null ? undefined : (kid ?? known);
    const all = { alg, ...(name !== undefined && { kid: name }), ...(typ !== undefined && { typ }), ...header };
    const jws = own ? await sign(own, all, claims) : unsigned(all, claims);
    if (!encrypt) return jws;
    return encryptFor(encrypt.for, { alg: encrypt.alg ?? 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' }, jws);
  }

  /** The claims of a right ID token. */
  idTokenClaims(clientId: string, nonce: string | null, sub = this.user.sub): Members {
    const { now, sid, issuer: iss } = this;
    return { iss, sub, aud: clientId, exp: now + 300, iat: now, auth_time: now, nonce: nonce ?? undefined, sid };
  }

  #keyFor(alg: string): TestKey | Uint8Array | undefined {
    if (alg.startsWith('HS')) return new TextEncoder().encode(this.clientSecret);
    return { RS: keys.rsa, PS: keys.rsa, ES: keys.ec, Ed: keys.ed }[alg.slice(0, 2)];
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.issuer);
    const body = await textOf(req);
    const parameters = req.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const { method = 'GET', headers } = req;
    const request = { path: url.pathname, method, headers, parameters, body };
    this.requests.push(request);
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return answer(res, changed(this.#metadata(), this.metadata));
      case '/jwks':
        return answer(res, { keys: this.published ?? Object.values(keys).map(({ jwk }) => jwk) });
      case '/authorize':
        return this.#authorize(parameters, res);
      case '/token':
        return this.#tokens(request, res);
      case '/userinfo':
        return this.#userinfo(request, res);
      case '/revoke':
        return this.#revoke(request, res);
      case '/end-session':
        return this.#endSession(parameters, res);
      default:
        res.writeHead(404).end();
    }
  }

  #metadata(): Members {
    return {
      ...leastMetadata(this.issuer),
      userinfo_endpoint: `${this.issuer}/userinfo`,
      end_session_endpoint: `${this.issuer}/end-session`,
      revocation_endpoint: `${this.issuer}/revoke`,
      authorization_response_iss_parameter_supported: true,
      code_challenge_methods_supported: ['S256'],
    };
  }

  #authorize(request: URLSearchParams, res: ServerResponse): void {
    const code = randomBytes(16).toString('base64url');
    this.#grants.set(code, { request, sub: this.user.sub });
    const right = { code, state: request.get('state') ?? undefined, iss: this.issuer };
    const back = new URL(request.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries({ ...right, ...this.authorization }))
      for (const each of [value ?? []].flat()) back.searchParams.append(name, each);
    res.writeHead(303, { location: back.href }).end();
  }

  async #tokens(request: OpRequest, res: ServerResponse): Promise<void> {
    const { members, ...crooked } = this.token;
    const grant = this.#redeem(request);
    if (!grant) return answer(res, changed({ error: 'invalid_grant' }, members), { status: 400, ...crooked });
    const right = this.#claimsFor(grant);
    const { raw, claims, sign: how } = this.idToken;
    const tokens = {
      access_token: `access-token-of-${grant.sub}-${randomBytes(8).toString('hex')}`,
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: this.#refreshTokenFor(grant, right, request.parameters.get('refresh_token')),
      scope: grant.request.get('scope'),
      id_token: raw ?? (await this.sign(changed(right, claims), how)),
    };
    answer(res, changed(tokens, members), crooked);
  }

  /** A refreshed ID token says what the login's said, at a later time, and has no nonce. */
  #claimsFor({ request, sub, claims }: Grant): Members {
    if (claims) return { ...claims, iat: this.now, exp: this.now + 300, nonce: undefined };
    return this.idTokenClaims(request.get('client_id') ?? '', request.get('nonce'), sub);
  }

  /** A new one, or the one that was used where they do not rotate. */
  #refreshTokenFor(grant: Grant, claims: Members, used: string | null): string {
    const token = this.rotates || used === null ? `refresh-token-${randomBytes(8).toString('hex')}` : used;
    this.#refreshTokens.set(token, { claims, ...grant });
    return token;
  }

  #redeem({ parameters, headers }: OpRequest): Grant | undefined {
    const grant =
      parameters.get('grant_type') === 'refresh_token' ? this.#refreshGrant(parameters) : this.#codeGrant(parameters);
    const [id, secret] = credentialsOf(headers.authorization) ?? [
      parameters.get('client_id'),
      parameters.get('client_secret'),
    ];
    const right =
      grant?.request.get('client_id') === id && (this.clientSecret === undefined || this.clientSecret === secret);
    return right ? grant : undefined;
  }

  /** A code is good once, for the client that it was given to, with its redirect_uri and its verifier. */
  #codeGrant(parameters: URLSearchParams): Grant | undefined {
    const code = parameters.get('code') ?? '';
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const challenge = createHash('sha256')
      .update(parameters.get('code_verifier') ?? '')
      .digest('base64url');
    const right =
      grant?.request.get('code_challenge') === challenge &&
      grant.request.get('redirect_uri') === parameters.get('redirect_uri');
    return right ? grant : undefined;
  }

  #refreshGrant(parameters: URLSearchParams): Grant | undefined {
    const token = parameters.get('refresh_token') ?? '';
    const grant = this.#refreshTokens.get(token);
    if (this.rotates) this.#refreshTokens.delete(token);
    return grant;
  }

  /** What was given back is refused from then on; what nobody knows is answered like the rest. */
  #revoke({ parameters }: OpRequest, res: ServerResponse): void {
    const { members, ...crooked } = this.revocation;
    this.#refreshTokens.delete(parameters.get('token') ?? '');
    answer(res, changed({}, members), crooked);
  }

  async #userinfo({ headers }: OpRequest, res: ServerResponse): Promise<void> {
    const { members, jwt, ...crooked } = this.userinfo;
    const sub = /^Bearer access-token-of-(.*?)(?:-[0-9a-f]{16})?$/.exec(headers.authorization ?? '')?.[1];
    if (sub === undefined) return answer(res, { error: 'invalid_token' }, { status: 401, ...crooked });
    const claims = changed({ ...this.user, sub }, members);
    if (!jwt) return answer(res, claims, crooked);
    const body = await this.sign(claims, jwt);
    answer(res, claims, { body, headers: { 'content-type': 'application/jwt' }, ...crooked });
  }

  #endSession(parameters: URLSearchParams, res: ServerResponse): void {
    const back = parameters.get('post_logout_redirect_uri');
    if (back === null) return void res.writeHead(200, { 'content-type': 'text/html' }).end('Signed out.');
    const state = parameters.get('state');
    const location = new URL(back);
    if (state !== null) location.searchParams.set('state', state);
    res.writeHead(303, { location: location.href }).end();
  }
}
