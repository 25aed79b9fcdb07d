import { checkOptions } from '../check-options.js';
import { systemClock, type Clock } from '../clock.js';
import { hashOf } from '../crypto.js';
import { Provider } from '../discovery/provider.js';
import { publishFetch } from '../discovery/publish-fetch.js';
import { Http } from '../http.js';
import { pinAlgorithm } from '../keys/algorithms.js';
import { publicKeysOf } from '../keys/client-keys.js';
import type { JwtKeys } from '../keys/verify-jwt.js';
import { NewSecrets, OidcOptions } from '../options.js';
import { Routes } from '../routes.js';
import type { SessionCarrier } from '../session/carrier.js';
import { CookieCarrier } from '../session/cookie-carrier.js';
import { StoreCarrier } from '../session/store-carrier.js';
import { CookieNames } from '../session/cookies.js';
import { guardStore } from '../session/guard-store.js';
import { LoginCookies } from '../session/login-cookies.js';
import { MemoryStore } from '../session/memory-store.js';
import { Sealer } from '../session/sealer.js';
import type { ClientRef, SessionStore } from '../session/session-store.js';
import { renewed } from './credentials.js';
import { registeredClient, type RegisteredClient } from './registered-client.js';
import { settingsOf, type Settings } from './settings.js';
import { warnAtStart } from './warnings.js';

/**
 * The relying party at one OP: checked options and what they stand on. Building one makes no network call,
 * so a program starts while its OP is down.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 */
export class OidcClient {
  /** Who this client is: the issuer and the client_id. */
  readonly ref: ClientRef;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Scheme, host and port of the base URL. */
  readonly origin: string;
  /** Where our routes are. */
  readonly routes: Routes;
  /** Where the time of this process comes from. */
  readonly clock: Clock;
  /** Every call to the OP goes through it. @internal */
  readonly http: Http;
  /** The OP's metadata and keys, fetched when first asked for. @internal */
  readonly provider: Provider;
  /** Where sessions live, or where their logouts are remembered. */
  readonly store: SessionStore;
  /** Seals and opens what goes into cookies and records. @internal */
  readonly sealer: Sealer;
  /** What our cookies are called. @internal */
  readonly cookies: CookieNames;
  /** The logins in flight. @internal */
  readonly logins: LoginCookies;
  /** How a session gets from one request to the next. @internal */
  readonly carrier: SessionCarrier;
  #settings: Settings;

  constructor(given: OidcOptions) {
    const options = checkOptions(OidcOptions, given);
    this.#settings = settingsOf(options);
    this.ref = Object.freeze({ issuer: options.issuer, clientId: options.clientId });
    this.baseUrl = options.baseUrl.replace(/\/$/, '');
    this.origin = new URL(this.baseUrl).origin;
    const noKeys = publicKeysOf(this.settings).keys.length === 0 && { jwks: false as const };
    this.routes = new Routes(this.baseUrl, { ...options.routes, ...noKeys }, options.name);
    this.clock = options.clock ?? systemClock;
    this.http = new Http(options.http, this.clock);
    const { issuer, discoveryUrl } = options;
    this.provider = new Provider({
      issuer,
      ...(discoveryUrl && { discoveryUrl }),
      http: this.http,
      clock: this.clock,
      allowHttp: this.settings.allowHttp,
      report: (what, error) => publishFetch(this, what, error),
    });
    this.store = guardStore(options.session.store ?? new MemoryStore({ clock: this.clock }));
    const binding = { ...this.ref, baseUrl: this.baseUrl };
    this.sealer = new Sealer(options.session.secret, binding);
    this.cookies = new CookieNames(binding);
    this.logins = new LoginCookies(this.sealer, this.cookies, this.settings.maxLogins, this.settings.home);
    this.carrier = this.settings.sealedCookie ? new CookieCarrier(this) : new StoreCarrier(this);
    warnAtStart(this, options);
  }

  /** The checked options, with their defaults. @internal */
  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Exchanges the client secret, the client's keys, the secrets of the session, or several of them, for all that comes
   * after, without a restart. Sessions and logins in flight go on while the secret that sealed them stays in the list.
   * Where a program runs on several machines, each is given the new secret in second place first, so that all open what
   * any of them seals; a new client key too, so that the OP knows it before it signs.
   * @throws ConfigurationError `invalid_option`; the old ones then stay
   * @example client.replaceSecrets({ clientSecret: newOne, session: [newSecret, oldSecret] })
   */
  replaceSecrets(given: NewSecrets): void {
    const secrets = checkOptions(NewSecrets, given, 'replaceSecrets.');
    const settings = Object.freeze({ ...this.#settings, ...renewed(this.#settings, secrets) });
    if (secrets.session !== undefined) this.sealer.replaceSecrets(secrets.session);
    this.#settings = settings;
  }

  /** Where the OP's metadata is. */
  get discoveryUrl(): string {
    return this.provider.url;
  }

  /** The exact value that stands in the authentication request and in the token request. */
  get redirectUri(): string {
    return this.routes.url('callback') ?? this.baseUrl;
  }

  /** The time by the OP's kind of clock, in seconds. */
  now(): number {
    return this.clock.now() / 1000;
  }

  /** Under which name the store knows a session id of this program: 16 bytes, so that a login's cookie can hold it. @internal */
  recordId(sessionId: string): string {
    const hash = hashOf('session', this.ref.issuer, this.ref.clientId, this.baseUrl, sessionId);
    return Buffer.from(hash, 'base64url').subarray(0, 16).toString('base64url');
  }

  /**
   * The one algorithm that this OP may sign ID tokens and logout tokens with.
   * @throws ConfigurationError `unsupported_algorithm` when the metadata leaves none
   */
  async idTokenAlgorithm(): Promise<string> {
    const configured = this.settings.idTokenAlgorithm;
    if (configured !== undefined) return configured;
    const metadata = await this.provider.metadata();
    return pinAlgorithm({
      supported: metadata.id_token_signing_alg_values_supported,
      option: 'idTokenSignedResponseAlg',
    });
  }

  /** What a token of this algorithm is verified with: the OP's keys, or the client secret for HS*. @internal */
  keysFor(algorithm: string, bucket: 'requests' | 'tokens'): JwtKeys {
    const { clientSecret } = this.settings;
    if (!algorithm.startsWith('HS')) return this.provider.keys(bucket);
    return clientSecret === undefined ? { keys: [] } : new TextEncoder().encode(clientSecret);
  }

  /** What to register at the OP; most broken logouts are a missing flag there. */
  metadata(): RegisteredClient {
    return registeredClient(this);
  }
}
