import { systemClock, type Clock } from '../clock.js';
import { DeniedError, OidcError } from '../errors.js';
import { publish } from '../events.js';
import { Http } from '../http.js';
import { StepUpError } from '../login/step-up.js';
import type { Moment } from '../messages/token-checks.js';
import { guardStore } from '../session/guard-store.js';
import { MemoryStore } from '../session/memory-store.js';
import type { ClientRef } from '../session/session-store.js';
import { type ApiRequest, type Credentials, readCredentials } from './bearer.js';
import { FoundTokens, type KnownToken } from './find-token.js';
import { compilePolicy, type Demand, type Policy } from './policy.js';
import { checkPolicy } from './policy-options.js';
import { resourceMetadataUrl } from './resource-metadata.js';
import { confirmSender, type SenderSettings } from './sender.js';
import { senderSettingsOf } from './sender-settings.js';
import { Challenges } from './token-challenge.js';
import { TokenError, tokenErrorOf, tokenRequired } from './token-error.js';
import { TokenIssuer } from './token-issuer.js';
import { checkTokenOptions, type TokenOptions } from './token-options.js';
import { warnOfTokenOptions } from './token-warnings.js';
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
  /** The issuers whose tokens are taken. */
  readonly issuers: readonly string[];
  /** As whose its events come: one for each issuer. */
  readonly refs: readonly ClientRef[];
  /** Private, since some are secret: whoever logs a verifier shows none of them. */
  readonly #options: TokenOptions;
  readonly #clock: Clock;
  /** Seconds. */
  readonly #tolerance: number;
  readonly #client: ClientRef;
  readonly #tokens: FoundTokens;
  readonly #sender: SenderSettings;
  readonly #challenges: Challenges;
  readonly #demands: readonly Demand[];
  /** Senders that were confirmed by a proof, which is good for one use: of the request, whoever asks about it again. */
  readonly #confirmed = new WeakMap<ApiRequest, Confirmed>();

  constructor(given: TokenOptions) {
    const { options, issuers } = checkTokenOptions(given);
    const { clock = systemClock, clockTolerance = 60, maxRemembered = 10_000, resource, realm } = options;
    this.#options = options;
    this.#clock = clock;
    this.#tolerance = clockTolerance;
    const store = guardStore(options.store ?? new MemoryStore({ clock }));
    const surroundings = {
      http: new Http(options.http, clock),
      clock,
      tolerance: clockTolerance,
      store,
      allowHttp: options.dangerouslyAllowHttp ?? false,
    };
    const taken = issuers.map((each) => new TokenIssuer(each, surroundings));
    this.issuers = Object.freeze(taken.map(({ name }) => name));
    this.refs = Object.freeze(taken.map(({ ref }) => ref));
    this.#client = taken[0]!.ref;
    this.#tokens = new FoundTokens(taken, { maxRemembered });
    this.#sender = senderSettingsOf(options, { clock, store });
    this.#challenges = new Challenges({
      realm,
      resourceMetadata: resource === undefined ? undefined : resourceMetadataUrl(resource),
      dpop: this.#sender.dpop === undefined ? 'never' : this.#sender.dpop.required ? 'required' : 'taken',
    });
    this.#demands = compilePolicy(options);
    warnOfTokenOptions(options, issuers, { ref: this.#client, clock });
  }

  /** The options as they were checked. */
  get options(): TokenOptions {
    return this.#options;
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
    try {
      const credentials = readCredentials(request, this.#options.bodyToken ?? false);
      if (!credentials) return this.#withoutToken(request);
      scheme = credentials.scheme;
      const moment = this.#now();
      const known = this.#tokens.recall(credentials.token, moment) ?? this.#tokens.find(credentials.token, moment);
      const verdict =
        known instanceof Promise
          ? this.#admitLater(request, credentials, known)
          : this.#admit(request, credentials, { known, moment });
      return verdict instanceof Promise ? this.#orRefuse(verdict, scheme) : verdict;
    } catch (error) {
      return this.#refuse(error, scheme);
    }
  }

  /** Compiles what a part of the API demands beyond the options. @throws ConfigurationError `invalid_option` */
  policy(policy: Policy): (token: VerifiedToken | undefined) => void {
    const demands = compilePolicy(checkPolicy(policy));
    return (token) => {
      if (!token) throw tokenRequired(this.#challenges);
      try {
        this.#demand(token, demands, this.#now());
      } catch (error) {
        this.#refuse(error, token.scheme);
      }
    };
  }

  /** The same refusal, where it is a 401, with the challenge for who brings no credentials: a token would do as well. */
  challenged(denied: DeniedError): DeniedError {
    const { code, message, status, publicMessage } = denied;
    if (status !== 401) return denied;
    const headers = { ...denied.headers, 'WWW-Authenticate': this.challenge };
    if (denied instanceof StepUpError) return new StepUpError(denied.demand, message, headers);
    return new DeniedError(code, message, { status, publicMessage, headers });
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
    if (this.#options.preflight !== 'pass' || method !== 'OPTIONS') return false;
    return Boolean(header('origin') && header('access-control-request-method'));
  }

  #withoutToken(request: ApiRequest): undefined {
    if (this.#options.optional || this.passesPreflight(request)) return undefined;
    throw tokenRequired(this.#challenges);
  }

  async #admitLater(request: ApiRequest, credentials: Credentials, found: Promise<KnownToken>): Promise<VerifiedToken> {
    const known = await found;
    return this.#admit(request, credentials, { known, moment: this.#now() });
  }

  /** What has to be judged anew for each request: the token is verified, this request of it is not. */
  #admit(
    request: ApiRequest,
    { token, scheme }: Credentials,
    { known, moment }: { readonly known: KnownToken; readonly moment: Moment },
  ): VerifiedToken | Promise<VerifiedToken> {
    const { auth, issuer } = known;
    const before = scheme === 'DPoP' ? this.#confirmed.get(request) : undefined;
    const claimed =
      before?.token === token
        ? before.claimed
        : confirmSender(request, { token, scheme, cnf: auth.claims.cnf, client: issuer.ref }, this.#sender);
    if (claimed === undefined) return this.#demand(auth, this.#demands, moment);
    this.#confirmed.set(request, { token, claimed });
    return this.#demandLater(request, auth, claimed);
  }

  async #demandLater(
    request: ApiRequest,
    auth: VerifiedToken,
    claimed: Promise<string | undefined>,
  ): Promise<VerifiedToken> {
    const nonce = await claimed;
    if (nonce !== undefined) request.setHeader?.('DPoP-Nonce', nonce);
    return this.#demand(auth, this.#demands, this.#now());
  }

  #demand(auth: VerifiedToken, demands: readonly Demand[], { now, tolerance }: Moment): VerifiedToken {
    for (const demand of demands) demand(auth, now, tolerance);
    return auth;
  }

  async #orRefuse(verdict: Promise<VerifiedToken>, scheme: Credentials['scheme']): Promise<VerifiedToken> {
    try {
      return await verdict;
    } catch (error) {
      return this.#refuse(error, scheme);
    }
  }

  #refuse(cause: unknown, scheme: Credentials['scheme']): never {
    // Where no token came, none was refused.
    if (cause instanceof OidcError && !(cause instanceof TokenError)) {
      const { code } = cause;
      publish('latchkey:token', { type: 'access_token_refused', client: this.#client, at: this.#clock.now(), code });
    }
    throw tokenErrorOf(cause, scheme, this.#challenges);
  }

  #now(): Moment {
    const now = this.#clock.now() / 1000;
    return { now, tolerance: this.#tolerance, latest: now + Math.max(this.#tolerance, 10) };
  }
}
