import type { TLSSocket } from 'node:tls';
import type { Configuration } from 'oidc-provider';
import { fetch, type Dispatcher } from 'undici';
import type { TestCertificate } from './certificates.js';
import { prove } from './dpop.js';
import { ForeignOp } from './foreign-op.js';
import type { TestKey } from './keys.js';
import { TlsServer } from './tls.js';

/** What a token is issued for, and what it is bound to. */
export interface TokenFor {
  /** The API; by default the one of `audience`. */
  readonly resource?: string;
  /** The key that it is bound to by DPoP. */
  readonly key?: TestKey;
  /** The certificate that it is bound to. */
  readonly certificate?: TestCertificate;
}

const secret = 'a secret of this client alone';
const registered = {
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
  client_secret: secret,
};

/** A foreign OP that issues access tokens to a machine, and tells an API what they are worth. */
export class TokenOp {
  /** What the API is called in `aud`. */
  readonly audience = 'https://api.example';
  /** As whom the API asks. */
  readonly api = { clientId: 'orders-api', clientSecret: secret };

  private constructor(
    readonly op: ForeignOp,
    /** The same OP over TLS, where clients show their certificates. */
    readonly tls: TlsServer,
    /** What the tokens say from now on beside what all of them do. */
    readonly claims: Map<string, unknown>,
  ) {}

  get issuer(): string {
    return this.op.issuer;
  }

  /** Starts one that issues opaque tokens or JWTs, and answers about them in JSON or in JWTs. */
  static async start({
    jwtTokens = false,
    jwtAnswers = false,
  }: { jwtTokens?: boolean; jwtAnswers?: boolean } = {}): Promise<TokenOp> {
    const clients = [
      { ...registered, client_id: 'machine' },
      { ...registered, client_id: 'bound', tls_client_certificate_bound_access_tokens: true },
      { ...registered, client_id: 'orders-api' },
    ];
    const features = featuresOf(jwtTokens, jwtAnswers);
    const claims = new Map<string, unknown>();
    const op = await ForeignOp.start(clients, { features, extraTokenClaims: () => Object.fromEntries(claims) });
    return new TokenOp(op, await TlsServer.start((req, res) => void op.provider.callback()(req, res)), claims);
  }

  async issue({ resource = this.audience, key, certificate }: TokenFor = {}): Promise<string> {
    const url = `${certificate ? this.tls.url : this.issuer}/token`;
    const proof = key && (await prove(key, { method: 'POST', url, now: Date.now() / 1000 }));
    const { access_token: token, token_type: type } = await this.#post(url, {
      parameters: {
        grant_type: 'client_credentials',
        scope: 'orders:read',
        resource,
        client_id: certificate ? 'bound' : 'machine',
      },
      ...(proof !== undefined && { headers: { dpop: proof } }),
      ...(certificate && { dispatcher: this.tls.by(certificate) }),
    });
    if (type !== (key ? 'DPoP' : 'Bearer')) throw new Error('The OP issued a token of another type.');
    return String(token);
  }

  /** Takes back a token that is bound to nothing. */
  async revoke(token: string): Promise<void> {
    await this.#post(`${this.issuer}/token/revocation`, { parameters: { token, client_id: 'machine' } });
  }

  async stop(): Promise<void> {
    await this.tls.stop();
    await this.op.stop();
  }

  async #post(
    url: string,
    {
      parameters,
      ...more
    }: { parameters: Record<string, string>; headers?: Record<string, string>; dispatcher?: Dispatcher },
  ): Promise<Record<string, unknown>> {
    const body = new URLSearchParams({ ...parameters, client_secret: secret });
    const response = await fetch(url, { method: 'POST', body, ...more });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`The OP answered ${response.status}: ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  }
}

function featuresOf(jwtTokens: boolean, jwtAnswers: boolean): Configuration['features'] {
  return {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    jwtIntrospection: { enabled: jwtAnswers },
    revocation: { enabled: true },
    dPoP: { enabled: true },
    mTLS: {
      enabled: true,
      certificateBoundAccessTokens: true,
      getCertificate: (ctx) => (ctx.req.socket as TLSSocket).getPeerX509Certificate(),
    },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: 'orders:read',
        audience: resource,
        accessTokenFormat: jwtTokens ? 'jwt' : 'opaque',
        accessTokenTTL: 600,
      }),
    },
  };
}
