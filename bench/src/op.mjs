// A minimal OP for everybody who is timed: real RSA keys, S256, one user, no consent. Runs as a process of its own.
import { Buffer } from 'node:buffer';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { URLSearchParams } from 'node:url';
import { client, textOf, user } from './fixtures.mjs';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
jwk.kid = sha256(JSON.stringify({ e: jwk.e, kty: jwk.kty, n: jwk.n }));
/** What each code was given for; a code is good once. */
const grants = new Map();

const server = createServer(async (req, res) => {
  const { pathname, searchParams } = new URL(req.url, issuer);
  if (pathname === '/authorize') return authorize(searchParams, res);
  if (pathname === '/token') return token(new URLSearchParams(await bodyOf(req)), res);
  if (pathname === '/jwks') return json(res, 200, { keys: [jwk] });
  if (pathname === '/.well-known/openid-configuration') return json(res, 200, metadata());
  return json(res, 404, {});
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
process.on('disconnect', () => process.exit());
process.send({ url: issuer });

function metadata() {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  };
}

function authorize(parameters, res) {
  const code = randomBytes(24).toString('base64url');
  grants.set(code, Object.fromEntries(parameters));
  const back = new URL(parameters.get('redirect_uri'));
  back.searchParams.set('code', code);
  back.searchParams.set('state', parameters.get('state'));
  res.writeHead(303, { location: back.href }).end();
}

function token(form, res) {
  const grant = grants.get(form.get('code'));
  grants.delete(form.get('code'));
  if (!grant || !isVerified(grant, form.get('code_verifier'))) return json(res, 400, { error: 'invalid_grant' });
  const accessToken = textOf(900);
  json(res, 200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 3600,
    scope: grant.scope,
    id_token: idToken(grant, accessToken),
  });
}

/** Not every peer knows PKCE; who began with a challenge ends with its verifier. */
function isVerified({ code_challenge: challenge }, verifier) {
  return challenge === (verifier === null ? undefined : sha256(verifier));
}

function idToken({ nonce }, accessToken) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: client.id,
    exp: now + 3600,
    iat: now,
    nonce,
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    ...user,
  };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: jwk.kid })}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', signed, privateKey).toString('base64url')}`;
}

async function bodyOf(req) {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
}

function json(res, status, body) {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function sha256(text) {
  return createHash('sha256').update(text).digest('base64url');
}
