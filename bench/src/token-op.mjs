// An OP that only issues access tokens: metadata, one key, and whatever token is asked for. Runs in the process of the load.
import { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { audience } from './fixtures.mjs';

const keyTypes = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }] };
const life = 3 * 3600;

/** A key as an OP has it. */
export class SigningKey {
  constructor(alg) {
    const { publicKey, privateKey } = generateKeyPairSync(...keyTypes[alg]);
    this.alg = alg;
    this.publicKey = publicKey;
    this.privateKey = privateKey;
    const jwk = publicKey.export({ format: 'jwk' });
    this.kid = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
    this.jwk = { ...jwk, kid: this.kid, use: 'sig', alg };
  }

  sign(text) {
    return sign('sha256', text, { key: this.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  }
}

export class TokenOp {
  #server;
  issuer = '';
  /** How often its keys were asked for. */
  fetches = 0;

  static async start(alg) {
    const op = new TokenOp();
    op.alg = alg;
    op.keys = [new SigningKey(alg)];
    await op.listen();
    return op;
  }

  /** Where it was before, if it was anywhere. */
  async listen() {
    this.#server = createServer((req, res) => this.#answer(req, res));
    this.#server.listen(this.issuer ? Number(new URL(this.issuer).port) : 0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.issuer = `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** A JWT by RFC 9068, about 900 characters of it with RS256. Every one is another, and all of one OP are as long. */
  mint(sub, claims = {}, header = {}, key = this.keys[0]) {
    const signed = this.unsigned(sub, claims, { alg: key.alg, kid: key.kid, ...header });
    return `${signed}.${key.sign(signed)}`;
  }

  /** What is signed. */
  unsigned(sub, claims, header) {
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      iss: this.issuer,
      aud: audience,
      sub,
      client_id: 'storefront-web',
      iat: now,
      exp: now + life,
      auth_time: now,
      acr: 'urn:mace:incommon:iap:silver',
      jti: randomBytes(16).toString('base64url'),
      scope: 'openid profile orders:read orders:write',
      roles: ['customer', 'reviewer'],
      ...claims,
    };
    return `${encode({ typ: 'at+jwt', ...header })}.${encode(payload)}`;
  }

  async stop() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #answer({ url }, res) {
    if (url === '/.well-known/openid-configuration') return json(res, 200, this.#metadata());
    if (url !== '/jwks') return json(res, 404, {});
    this.fetches++;
    return json(res, 200, { keys: this.keys.map(({ jwk }) => jwk) });
  }

  #metadata() {
    const { issuer, alg } = this;
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [alg],
    };
  }
}

function json(res, status, body) {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
