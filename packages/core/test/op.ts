import { json, TestServer, type Handler } from './server.js';

type Members = Record<string, unknown>;

/** The published half of an OP: metadata and keys, both as a test wants them, on a real server. */
export class TestOp {
  /** What the metadata holds beside the least there must be. */
  metadata: Members = {};
  keys: unknown = [];
  /** Answers instead of the metadata or the key set, at a path. */
  readonly answers = new Map<string, Handler>();
  headers: Record<string, string> = {};

  private constructor(readonly server: TestServer) {}

  /** Starts one; its issuer is its URL with the path that is given. */
  static async start(): Promise<TestOp> {
    const op: TestOp = new TestOp(await TestServer.start((req, res) => op.#answer(req, res)));
    return op;
  }

  get issuer(): string {
    return this.server.url;
  }

  /** How often a document was fetched: `openid-configuration`, `jwks`. */
  fetches(name: string): number {
    return this.server.paths.filter((path) => path.split('?')[0]!.endsWith(`/${name}`)).length;
  }

  #answer: Handler = (req, res) => {
    const [path = ''] = (req.url ?? '').split('?');
    const handler = this.answers.get(path);
    if (handler) return handler(req, res);
    if (path === '/jwks') return json(res, { keys: this.keys }, this.headers);
    if (!path.endsWith('/.well-known/openid-configuration')) return void res.writeHead(404).end();
    return json(res, { ...leastMetadata(this.issuer), ...this.metadata }, this.headers);
  };
}

/** The metadata that every OP must have, for an issuer. */
export function leastMetadata(issuer: string): Members {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
