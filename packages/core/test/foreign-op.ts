import './quiet.js';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Adapter, type ClientMetadata, type Configuration } from 'oidc-provider';
import type { Page, UserAgent } from './user-agent.js';

/** An OP that is not ours: oidc-provider on loopback, whose users are whoever signs in. */
export class ForeignOp {
  readonly provider: Provider;
  readonly issuer: string;
  readonly #server: Server;

  private constructor(server: Server, issuer: string, provider: Provider) {
    this.#server = server;
    this.issuer = issuer;
    this.provider = provider;
  }

  /** Starts one; `clients` may be registered before their ports are known, by a function of the issuer. */
  static async start(clients: ClientMetadata[], more: Configuration = {}): Promise<ForeignOp> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const key = { ...(await exportJWK(privateKey)), kid: 'op-1', alg: 'RS256', use: 'sig' };
    const provider = new Provider(issuer, {
      clients,
      jwks: { keys: [key] },
      cookies: { keys: ['a key for the cookies of this OP'] },
      claims: { openid: ['sub'], profile: ['name'], email: ['email', 'email_verified'] },
      findAccount: (_ctx, sub) => ({
        accountId: sub,
        claims: () => ({ sub, name: `Name of ${sub}`, email: `${sub}@example.com`, email_verified: true }),
      }),
      features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
      // Its own guard against private addresses would stop every logout token on loopback.
      fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }),
      ...more,
    });
    const answer = provider.callback();
    server.on('request', (req, res) => void answer(req, res));
    return new ForeignOp(server, issuer, provider);
  }

  /** Registers one more client, such as what `client.metadata()` says of a program whose port is known only now. */
  async register(client: ClientMetadata): Promise<void> {
    const { adapter } = this.provider.Client as unknown as { adapter: Adapter };
    await adapter.upsert(client.client_id, client, Infinity);
  }

  /** Goes through its login and consent pages as a user would, and comes back to the application. */
  async signIn(agent: UserAgent, page: Page, user = 'ada'): Promise<Page> {
    let now = page;
    for (let steps = 0; now.url.startsWith(`${this.issuer}/interaction`) && steps < 4; steps++) {
      now = await agent.submit(now, now.text.includes('name="login"') ? { login: user, password: 'any' } : {});
    }
    return now;
  }

  /** Is there again after `stop`, at the same address, and remembers everything. */
  async resume(): Promise<void> {
    this.#server.listen(Number(new URL(this.issuer).port), '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
