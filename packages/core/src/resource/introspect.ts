import type { Clock } from '../clock.js';
import { hashOf } from '../crypto.js';
import { ResponseError, show, UnavailableError } from '../errors.js';
import { frozenCopy } from '../frozen.js';
import type { Members } from '../messages/message.js';
import type { TokenIntrospectionSuccessResponse } from '../messages/token-introspection-success-response.js';
import { audienceOf, momentOf } from '../messages/token-checks.js';
import { ExpiringMap } from '../session/expiring-map.js';
import type { LogoutStore } from '../session/logout-store.js';
import { askAboutToken, type IntrospectionEndpoint } from './ask-about-token.js';
import { otherTokenIn } from './other-token.js';
import { endedNames, IntrospectionCache, isEnded } from './introspection-cache.js';

/** How the answers of one issuer are asked for, checked and kept. */
export interface IntrospectorOptions extends IntrospectionEndpoint {
  /** Seconds that a good answer is kept, at most until the token's `exp`; 0 keeps none. Default 60. */
  readonly ttl?: number | undefined;
  /** Seconds that a refusal is kept, at most 5. Default 5. */
  readonly negativeTtl?: number | undefined;
  /** How many tokens may be asked about at once. Default 100. */
  readonly maxInFlight?: number | undefined;
  /** How many answers are kept, good ones and refusals each. Default 10000. */
  readonly maxEntries?: number | undefined;
  /** Seconds by which clocks may differ. Default 60. */
  readonly clockTolerance?: number | undefined;
  readonly clock: Clock;
  /** Tells of logouts, here and elsewhere: answers about ended sessions are kept no longer. */
  readonly store?: Pick<LogoutStore, 'subscribe'> | undefined;
}

/** The claims of a token that is good now, by the OP's word; frozen. */
export type Introspection = Readonly<Members<TokenIntrospectionSuccessResponse>> & {
  readonly [claim: string]: unknown;
};

/** A question that is on its way, and whom logouts ended meanwhile. */
interface Flight {
  readonly answer: Promise<Introspection>;
  readonly ended: Set<string>;
}

const tokenShape = /^[\w.~+/-]+=*$/;
const maxLength = 16_384;
const mostNegative = 5;

/**
 * Asks one issuer what opaque tokens are worth, and remembers its answers for a short while (RULES 6.4).
 * [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)
 */
export class Introspector {
  readonly #options: IntrospectorOptions;
  readonly #good: IntrospectionCache<Introspection>;
  readonly #bad: ExpiringMap<ResponseError>;
  readonly #flights = new Map<string, Flight>();
  #subscription: Promise<() => Promise<void>> | undefined;
  /** Whether logouts are heard of: while they are not, no good answer is kept. */
  #hears = false;

  constructor(options: IntrospectorOptions) {
    const { maxEntries = 10_000 } = options;
    this.#options = options;
    this.#good = new IntrospectionCache(maxEntries);
    this.#bad = new ExpiringMap(maxEntries);
    this.#listen();
  }

  /**
   * The claims of a token that is good now: from memory, or from the OP with one call for all who wait for it.
   * @throws ResponseError `message_too_large`, `invalid_message`: nothing that could be a token; nobody is asked
   * @throws ResponseError `access_token_inactive`, `access_token_kind`, `access_token_iss`, `access_token_aud`, `access_token_exp`, `access_token_nbf`, `access_token_iat`
   * @throws UnavailableError `introspection_busy`, `introspection_refused`, `op_unreachable`
   */
  async introspect(token: string): Promise<Introspection> {
    requireToken(token);
    const { provider, client, clock } = this.#options;
    const key = hashOf('introspection', provider.issuer, client.ref.clientId, token);
    const now = clock.now();
    const good = this.#good.get(key, now);
    if (good) return this.#check(good);
    const bad = this.#bad.get(key, now);
    if (bad) throw bad;
    return (this.#flights.get(key) ?? this.#begin(key, token)).answer;
  }

  /** Hears of logouts no more. */
  async close(): Promise<void> {
    const unsubscribe = await this.#subscription?.catch(() => undefined);
    this.#hears = false;
    await unsubscribe?.();
  }

  #begin(key: string, token: string): Flight {
    const { maxInFlight = 100 } = this.#options;
    if (this.#flights.size >= maxInFlight) {
      const message = `Expected at most ${maxInFlight} tokens to be asked about at once.`;
      throw new UnavailableError('introspection_busy', message, { retryAfter: 1 });
    }
    const ended = new Set<string>();
    const answer = this.#ask(key, token, ended).finally(() => this.#flights.delete(key));
    const flight = { answer, ended };
    this.#flights.set(key, flight);
    return flight;
  }

  async #ask(key: string, token: string, ended: ReadonlySet<string>): Promise<Introspection> {
    this.#listen();
    const hears = this.#hears;
    try {
      const answer = frozenCopy((await askAboutToken(this.#options, token)).toJSON()) as Introspection;
      this.#check(answer);
      if (hears && !isEnded(answer, ended)) this.#keep(key, answer);
      return answer;
    } catch (error) {
      if (error instanceof ResponseError) this.#keepRefusal(key, error);
      throw error;
    }
  }

  #keep(key: string, answer: Introspection): void {
    const { ttl = 60, clock } = this.#options;
    const now = clock.now();
    // The last millisecond counts as kept.
    const until = Math.min(now + ttl * 1000, (answer.exp ?? Infinity) * 1000) - 1;
    if (until >= now) this.#good.put(key, answer, until, now);
  }

  #keepRefusal(key: string, error: ResponseError): void {
    const { negativeTtl = mostNegative, clock } = this.#options;
    const now = clock.now();
    if (this.#bad.isFull(now)) this.#bad.removeOldest();
    this.#bad.put(key, error, now + Math.min(negativeTtl, mostNegative) * 1000 - 1, now);
  }

  /** Begins to hear of logouts; a store that did not let us is asked again at the next question. */
  #listen(): void {
    const { store } = this.#options;
    if (!store) this.#hears = true;
    else if (!this.#subscription) {
      this.#subscription = store.subscribe((notice) => {
        this.#good.drop(notice);
        for (const { ended } of this.#flights.values()) endedNames(notice).forEach((name) => ended.add(name));
      });
      this.#subscription.then(
        () => (this.#hears = true),
        () => (this.#subscription = undefined),
      );
    }
  }

  #check(answer: Introspection): Introspection {
    const { provider, audience, clock, clockTolerance = 60 } = this.#options;
    const { now, tolerance, latest } = momentOf({ clockTolerance, now: clock.now() / 1000 });
    const { active, iss, aud, exp, nbf, iat } = answer;
    // active is true: nothing else means that the token is good
    if (active !== true) throw refusal('access_token_inactive', 'a token that is active, came one that is not');
    // The endpoint knows refresh tokens too, and at some OPs every token that they sign
    const other = otherTokenIn(answer);
    if (other !== undefined) throw refusal('access_token_kind', `an access token, came another, by its ${other}`);
    // iss, where it is said, is the issuer
    if (iss !== undefined && iss !== provider.issuer)
      throw refusal('access_token_iss', `iss ${show(provider.issuer)}, came ${show(iss)}`);
    // aud contains this API
    if (!audienceOf(aud).some((name) => audience.includes(name as string)))
      throw refusal('access_token_aud', `aud to contain ${audience.map(show).join(' or ')}, came ${show(aud)}`);
    // exp is in the future; nbf and iat are not
    if (exp !== undefined && !(now < exp + tolerance))
      throw refusal('access_token_exp', `exp after ${now}, came ${exp}`);
    if (nbf !== undefined && !(nbf <= latest)) throw refusal('access_token_nbf', `nbf up to ${latest}, came ${nbf}`);
    if (iat !== undefined && !(iat <= latest)) throw refusal('access_token_iat', `iat up to ${latest}, came ${iat}`);
    return answer;
  }
}

function requireToken(token: string): void {
  if (token.length > maxLength)
    throw refusal('message_too_large', `a token of at most ${maxLength} characters, came ${token.length}`);
  if (!tokenShape.test(token)) throw refusal('invalid_message', 'a token of the characters that RFC 6750 has');
}

function refusal(code: ResponseError['code'], expected: string): ResponseError {
  return new ResponseError(code, `Expected ${expected}.`, { status: 401 });
}
