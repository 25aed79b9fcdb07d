import { systemClock, type Clock } from '../clock.js';
import { warn } from '../client/warnings.js';
import { DeniedError, OidcError } from '../errors.js';
import { publish } from '../events.js';
import { Http } from '../http.js';
import { momentOf, type Moment } from '../messages/token-checks.js';
import { guardStore } from '../session/guard-store.js';
import { MemoryStore } from '../session/memory-store.js';
import type { ClientRef } from '../session/session-store.js';
import { readCredentials, type ApiRequest, type Credentials } from './bearer.js';
import { FoundTokens, type KnownToken } from './find-token.js';
import { compilePolicy, type Demand, type Policy } from './policy.js';
import { checkPolicy } from './policy-options.js';
import { resourceMetadataUrl } from './resource-metadata.js';
import { confirmSender, type SenderSettings } from './sender.js';
import { senderSettingsOf } from './sender-settings.js';
import { Challenges } from './token-challenge.js';
import { tokenErrorOf, tokenRequired } from './token-error.js';
import { TokenIssuer } from './token-issuer.js';
import { checkTokenOptions, type TokenOptions } from './token-options.js';
import type { VerifiedToken } from './verified-token.js';

/** At once where nothing has to be fetched or claimed, promised where something has. */
export type Verdict = VerifiedToken | undefined | Promise<VerifiedToken | undefined>;

/** A token, and the nonce that the answer to its proof has to tell. */
interface Confirmed {
  readonly token: string;
  readonly claimed: Promise<string | undefined>;
}

/**
 * Decides about the access tokens of one API, as its options say. Making one touches no network, so a program starts
 * while its OP is down.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 */
export class TokenVerifier {
  /** The options as they were checked. */
  readonly options: TokenOptions;
  /** The issuers whose tokens are taken. */
  readonly issuers: readonly string[];
  readonly #clock: Clock;
  readonly #client: ClientRef;
  readonly #tolerance: number;
  readonly #tokens: FoundTokens;
  readonly #sender: SenderSettings;
  readonly #challenges: Challenges;
  readonly #demands: readonly Demand[];
  /** Senders that were confirmed by a proof, which is good for one use: of the request, whoever asks about it again. */
  readonly #confirmed = new WeakMap<ApiRequest, Confirmed>();

  constructor(given: TokenOptions) {
    const { options, issuers } = checkTokenOptions(given);
    const { clock = systemClock, clockTolerance = 60, maxRemembered = 10_000, resource, realm } = options;
    this.options = options;
    this.issuers = issuers.map(({ issuer }) => issuer);
    this.#clock = clock;
    this.#tolerance = clockTolerance;
    const [first] = issuers;
    this.#client = { issuer: first!.issuer, clientId: options.clientId ?? [first!.audience ?? ''].flat()[0]! };
    const store = guardStore(options.store ?? new MemoryStore({ clock }));
    const surroundings = {
      http: new Http(options.http, clock),
      clock,
      tolerance: clockTolerance,
      store,
      allowHttp: options.dangerouslyAllowHttp ?? false,
    };
    this.#tokens = new FoundTokens(
      issuers.map((each) => new TokenIssuer(each, surroundings)),
      { maxRemembered },
    );
    this.#sender = senderSettingsOf(options, { clock, store });
    this.#challenges = new Challenges({
      realm,
      resourceMetadata: resource === undefined ? undefined : resourceMetadataUrl(resource),
      dpop: this.#sender.dpop === undefined ? 'never' : this.#sender.dpop.required ? 'required' : 'taken',
    });
    this.#demands = compilePolicy(options);
    this.#warn();
  }

  /**
   * Decides about a request: its token, whether it came from whom it is bound to, and what it was granted. Undefined
   * where no credentials came and none have to. Throws or rejects with the answer: its status, and its challenge. Asked
   * again about the same request, it judges the token anew; a DPoP proof was used up, and stands.
   * @throws TokenError `token_required`, `token_refused` (401), `invalid_request` (400), `insufficient_scope`, `insufficient_claims` (403), `insufficient_user_authentication` (401)
   * @throws UnavailableError (503): the OP or the store cannot be asked, which says nothing of the token
   */
  verify(request: ApiRequest): Verdict {
    let scheme: Credentials['scheme'] = 'Bearer';
    const refuse = (error: unknown): never => this.#refuse(error, scheme);
    try {
      const credentials = readCredentials(request, this.options.bodyToken ?? false);
      if (!credentials) return this.#withoutToken(request);
      scheme = credentials.scheme;
      const moment = this.#now();
      const found = this.#tokens.find(credentials.token, moment);
      const verdict =
        found instanceof Promise
          ? found.then((known) => this.#admit(request, credentials, known))
          : this.#admit(request, credentials, found);
      return verdict instanceof Promise ? verdict.catch(refuse) : verdict;
    } catch (error) {
      return refuse(error);
    }
  }

  /** Compiles what a part of the API demands beyond the options. @throws ConfigurationError `invalid_option` */
  policy(policy: Policy): (token: VerifiedToken | undefined) => void {
    const demands = compilePolicy(checkPolicy(policy));
    return (token) => {
      if (!token) throw tokenRequired(this.#challenges);
      try {
        this.#demand(token, demands);
      } catch (error) {
        this.#refuse(error, token.scheme);
      }
    };
  }

  /** The same refusal with the challenge of this API, for who might have come with a token as well. */
  challenged({ code, message, status, publicMessage, headers }: DeniedError): DeniedError {
    const challenge = { 'WWW-Authenticate': this.#challenges.bare };
    return new DeniedError(code, message, { status, publicMessage, headers: { ...headers, ...challenge } });
  }

  /** The challenge for who brings no credentials. */
  get challenge(): string {
    return this.#challenges.bare;
  }

  /**
   * Whether a request is a CORS preflight, which the options let pass: it never brings credentials, so nothing may
   * demand any of it. [Fetch section 4.8](https://fetch.spec.whatwg.org/#cors-preflight-fetch)
   */
  passesPreflight({ method, header }: Pick<ApiRequest, 'method' | 'header'>): boolean {
    if (this.options.preflight !== 'pass' || method !== 'OPTIONS') return false;
    return Boolean(header('origin') && header('access-control-request-method'));
  }

  #withoutToken(request: ApiRequest): undefined {
    if (this.options.optional || this.passesPreflight(request)) return undefined;
    throw tokenRequired(this.#challenges);
  }

  /** What has to be judged anew for each request: the token is verified, this request of it is not. */
  #admit(request: ApiRequest, { token, scheme }: Credentials, known: KnownToken): Verdict {
    const { auth, issuer } = known;
    const client = { issuer: issuer.name, clientId: issuer.audience[0]! };
    const before = scheme === 'DPoP' ? this.#confirmed.get(request) : undefined;
    const claimed =
      before?.token === token
        ? before.claimed
        : confirmSender(request, { token, scheme, cnf: auth.claims.cnf, client }, this.#sender);
    if (claimed === undefined) return this.#demand(auth, this.#demands);
    this.#confirmed.set(request, { token, claimed });
    return claimed.then((nonce) => {
      if (nonce !== undefined) request.setHeader?.('DPoP-Nonce', nonce);
      return this.#demand(auth, this.#demands);
    });
  }

  #demand(auth: VerifiedToken, demands: readonly Demand[]): VerifiedToken {
    if (demands.length === 0) return auth;
    const { now, tolerance } = this.#now();
    for (const demand of demands) demand(auth, now, tolerance);
    return auth;
  }

  #refuse(cause: unknown, scheme: Credentials['scheme']): never {
    const error = tokenErrorOf(cause, scheme, this.#challenges);
    const code = cause instanceof OidcError ? cause.code : undefined;
    if (code)
      publish('latchkey:token', { type: 'access_token_refused', client: this.#client, at: this.#clock.now(), code });
    throw error;
  }

  #now(): Moment {
    return momentOf({ now: this.#clock.now() / 1000, clockTolerance: this.#tolerance });
  }

  #warn(): void {
    const about = { ref: this.#client, clock: this.#clock };
    const { clientId, audience = [], dangerouslyAllowHttp } = this.options;
    if (clientId !== undefined && [audience].flat().includes(clientId))
      warn(
        about,
        'LATCHKEY_AUDIENCE',
        'The audience of an API is its own client_id: ID tokens have that audience too. Give the API a name of its own.',
      );
    if (dangerouslyAllowHttp)
      warn(about, 'LATCHKEY_DANGEROUS_OPTION', 'Option dangerouslyAllowHttp is on: a protection is off.');
  }
}
