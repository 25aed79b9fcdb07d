import type { Clock } from '../clock.js';
import type { Http } from '../http.js';
import { Jwks, type KeyBucket } from '../keys/jwks.js';
import type { JwtHeader, VerificationKey } from '../keys/verify-jwt.js';
import type { ProviderMetadata } from '../messages/provider-metadata.js';
import { Cached } from './cached.js';
import { discover } from './discover.js';
import { requireTrustedUrl, wellKnownUrl } from './issuer-url.js';

/** Which OP, and how it is reached. */
export interface ProviderOptions {
  /** The issuer identifier, code point for code point as the OP writes it. */
  readonly issuer: string;
  /** Where the metadata stands if not at the issuer's `/.well-known/openid-configuration`. */
  readonly discoveryUrl?: string | undefined;
  readonly http: Http;
  readonly clock: Clock;
  /** Takes an issuer of http beyond loopback. */
  readonly allowHttp?: boolean | undefined;
  /** Hears of every fetch: with the error of one that failed, and of an OP that did not answer when it was asked. */
  readonly report?: ((what: 'metadata_fetched' | 'keys_fetched', error?: unknown) => void) | undefined;
}

/** Milliseconds after an answer in which an OP is taken to be up. */
const trustedFor = 5000;

/**
 * An OP as we know it: its metadata and its keys, fetched when first needed and kept through its outages (RULES 7.1).
 * Making one touches no network, so a program starts while its OP is down.
 */
export class Provider {
  readonly issuer: string;
  readonly #metadata: Cached<ProviderMetadata>;
  readonly #jwks: Jwks;
  readonly #http: Http;
  /** Where its metadata is. */
  readonly url: string;
  readonly #report: ProviderOptions['report'];
  #asking: Promise<void> | undefined;

  /** @throws {ConfigurationError} `invalid_option`: a URL that is not https, save http on loopback */
  constructor({ issuer, discoveryUrl, http, clock, allowHttp = false, report }: ProviderOptions) {
    requireTrustedUrl('issuer', issuer, allowHttp);
    if (discoveryUrl !== undefined) requireTrustedUrl('discoveryUrl', discoveryUrl, allowHttp);
    this.issuer = issuer;
    this.#http = http;
    this.#report = report;
    this.url = discoveryUrl ?? wellKnownUrl(issuer);
    this.#metadata = new Cached(
      () => discover({ issuer, discoveryUrl, http }),
      clock,
      (error) => report?.('metadata_fetched', error),
    );
    this.#jwks = new Jwks({
      uri: async () => (await this.metadata()).jwks_uri,
      http,
      clock,
      report: (error) => report?.('keys_fetched', error),
    });
  }

  /**
   * The metadata, from the network only where there is none of the last 24 hours.
   *
   * @throws {ConfigurationError} `issuer_mismatch`, `invalid_metadata`
   * @throws {UnavailableError} `op_unreachable`
   */
  async metadata(): Promise<ProviderMetadata> {
    return (await this.#metadata.get()).value;
  }

  /** The metadata that was last fetched, without touching the network. */
  knownMetadata(): ProviderMetadata | undefined {
    return this.#metadata.known()?.value;
  }

  /**
   * Asks whether the OP answers at all, whatever it answers: once for all who ask at the same time, and not again
   * within 5 seconds of an answer to anything, while it holds the connection that it answered on. So logins under load
   * do without a request each.
   *
   * @throws {UnavailableError} `op_unreachable`
   */
  async reach(): Promise<void> {
    if (this.#http.answeredWithin(this.url, trustedFor)) return;
    await (this.#asking ??= this.#ask().finally(() => (this.#asking = undefined)));
  }

  async #ask(): Promise<void> {
    try {
      await this.#http.reach(this.url);
    } catch (error) {
      this.#report?.('metadata_fetched', error);
      throw error;
    }
  }

  /** What finds the keys for a token's header; tokens that came from the OP's own endpoints have a budget of their own. */
  keys(bucket: KeyBucket): (header: JwtHeader) => Promise<readonly VerificationKey[]> {
    return (header) => this.#jwks.keysFor(header, bucket);
  }
}
