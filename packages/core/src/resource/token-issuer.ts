import type { KeyObject } from 'node:crypto';
import { authMethodOf } from '../client/credentials.js';
import type { Clock } from '../clock.js';
import { Cached } from '../discovery/cached.js';
import { discoverServer } from '../discovery/discover-server.js';
import { requireTrustedUrl } from '../discovery/issuer-url.js';
import { publishFetch } from '../discovery/publish-fetch.js';
import { ConfigurationError } from '../errors.js';
import type { Http } from '../http.js';
import { asymmetricAlgorithms } from '../keys/algorithms.js';
import { chooseKeys } from '../keys/choose-keys.js';
import { type ClientKeys, importClientKeys } from '../keys/client-keys.js';
import { Jwks } from '../keys/jwks.js';
import type { JwtHeader } from '../keys/jwt-header.js';
import type { VerificationKey } from '../keys/verify-signature.js';
import type { AuthorizationServerMetadata } from '../messages/authorization-server-metadata.js';
import type { LogoutStore } from '../session/logout-store.js';
import type { ClientRef } from '../session/session-store.js';
import { Introspector } from './introspect.js';
import type { AccessTokenMark, TokenIssuerOptions, TokenMode } from './token-options.js';

/** What all issuers of one API share. */
export interface TokenSurroundings {
  readonly http: Http;
  readonly clock: Clock;
  /** Seconds by which clocks may differ. */
  readonly tolerance: number;
  readonly store: Pick<LogoutStore, 'subscribe'> | undefined;
  readonly allowHttp: boolean;
}

/** The keys of an issuer: the same list until another is fetched. */
export type KeyList = readonly { readonly key: VerificationKey }[];

/** One issuer whose tokens are taken: what it is held to, and its keys as RULES 7.1 says. Making one touches no network. */
export class TokenIssuer {
  readonly name: string;
  readonly audience: readonly string[];
  /** As whom this API deals with it: by its client_id there, or else by its audience. */
  readonly ref: ClientRef;
  readonly mode: TokenMode;
  /** The signature algorithms that are taken. */
  readonly algorithms: ReadonlySet<string>;
  /** What shows that a JWT is an access token, where it need not be one by RFC 9068. */
  readonly mark: AccessTokenMark | undefined;
  /** Our private keys, where its tokens come encrypted. */
  readonly decryptionKeys: readonly KeyObject[];
  /** Answers for tokens that are not verified here. */
  readonly introspector: Introspector | undefined;
  /** Where a secret verifies, in place of keys. */
  readonly #secret: KeyList | undefined;
  readonly #keys: ClientKeys;
  readonly #jwks: Jwks;

  /** @throws ConfigurationError `invalid_option` */
  constructor(options: TokenIssuerOptions, surroundings: TokenSurroundings) {
    const { http, clock, allowHttp } = surroundings;
    const { issuer, audience = [], secret, algorithms, jwksUri, discoveryUrl, mode = 'jwt' } = options;
    requireTrustedUrl('issuer', issuer, allowHttp);
    if (jwksUri !== undefined) requireTrustedUrl('jwksUri', jwksUri, allowHttp);
    if (discoveryUrl !== undefined) requireTrustedUrl('discoveryUrl', discoveryUrl, allowHttp);
    this.name = issuer;
    this.audience = [audience].flat();
    this.ref = Object.freeze({ issuer, clientId: options.clientId ?? this.audience[0] ?? '' });
    this.mode = mode;
    this.algorithms = new Set(algorithms ?? (secret === undefined ? asymmetricAlgorithms : ['HS256']));
    this.mark = options.lenient?.recognise;
    this.#keys = importClientKeys(options);
    this.decryptionKeys = this.#keys.decryptionKeys.map(({ key }) => key);
    this.#secret = secret === undefined ? undefined : [{ key: new TextEncoder().encode(secret) }];
    const about = { ref: this.ref, clock };
    const metadata = new Cached(
      () => discoverServer({ issuer, discoveryUrl, http }),
      clock,
      (error) => publishFetch(about, 'metadata_fetched', error),
    );
    const read = async (): Promise<AuthorizationServerMetadata> => (await metadata.get()).value;
    this.#jwks = new Jwks({
      uri: async () => jwksUri ?? jwksUriOf(await read(), issuer),
      http,
      clock,
      report: (error) => publishFetch(about, 'keys_fetched', error),
    });
    this.introspector = mode === 'jwt' ? undefined : this.#introspector(options, read, surroundings);
  }

  /** The keys that are there now, without waiting for any; nothing where the last are too old to be believed. */
  get keyList(): KeyList | undefined {
    return this.#secret ?? this.#jwks.held();
  }

  /** The keys that may have signed a token with this header, as far as they are there without waiting. */
  keysHeld(header: JwtHeader): readonly VerificationKey[] {
    return this.#secret?.map(({ key }) => key) ?? chooseKeys(this.#jwks.held() ?? [], header);
  }

  /**
   * The same, fetched where that may help.
   * @throws ResponseError `jwt_key`; UnavailableError `op_unreachable`, `no_usable_key`
   */
  keysFor(header: JwtHeader): Promise<readonly VerificationKey[]> {
    return this.#jwks.keysFor(header, 'requests');
  }

  #introspector(
    options: TokenIssuerOptions,
    metadata: () => Promise<AuthorizationServerMetadata>,
    { http, clock, tolerance, store }: TokenSurroundings,
  ): Introspector {
    const { issuer, secret, algorithms, clientId = '', clientSecret, clientAssertionAudience = 'issuer' } = options;
    const { clientKeys } = this.#keys;
    const clientAuthMethod = authMethodOf(options);
    return new Introspector({
      provider: { issuer, metadata, keys: (bucket) => (header) => this.#jwks.keysFor(header, bucket) },
      client: {
        ref: { clientId },
        settings: { clientAuthMethod, clientSecret, clientKeys, clientAssertionAudience },
        clock,
      },
      http,
      audience: this.audience,
      // A secret is for access tokens: an answer that is a JWT is signed with the issuer's keys.
      algorithms: secret === undefined ? algorithms : undefined,
      decryptionKeys: this.decryptionKeys,
      ...options.introspection,
      clockTolerance: tolerance,
      clock,
      store,
    });
  }
}

function jwksUriOf({ jwks_uri: uri }: AuthorizationServerMetadata, issuer: string): string {
  if (uri !== undefined) return uri;
  throw new ConfigurationError('invalid_metadata', `the metadata of ${issuer}: expected jwks_uri, came none`);
}
