import type { OidcClient } from '../client/client.js';
import { decryptionOf } from '../client/credentials.js';
import { equalInConstantTime } from '../crypto.js';
import { ResponseError, show } from '../errors.js';
import type { HttpAnswer } from '../http.js';
import { verifyJwt } from '../keys/verify-jwt.js';
import {
  readUserinfoResponse,
  UserinfoSuccessResponse,
  type IdToken,
  type TokenSuccessResponse,
} from '../messages/index.js';

/**
 * Asks the userinfo endpoint about the user of this ID token; undefined when the OP has none, or the option `userinfo` is off.
 * [OIDC Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)
 * @throws ResponseError `userinfo_sub` when it speaks of somebody else, `userinfo_error`, `unexpected_status`, `jwt_*`, `invalid_message`
 * @throws UnavailableError `op_unreachable`
 */
export async function fetchUserinfo(
  client: OidcClient,
  tokens: TokenSuccessResponse,
  idToken: IdToken,
): Promise<UserinfoSuccessResponse | undefined> {
  const { userinfo_endpoint: url } = await client.provider.metadata();
  if (!client.settings.userinfo || url === undefined) return undefined;
  const answer = await client.http.send({
    url,
    headers: { Authorization: `Bearer ${tokens.access_token}` },
    accept: 'json-or-jwt',
  });
  const isJwt = answer.status === 200 && answer.contentType === 'application/jwt';
  const userinfo = isJwt ? await readJwt(client, answer.text) : readJson(answer);
  if (!equalInConstantTime(userinfo.sub, idToken.sub)) {
    throw new ResponseError('userinfo_sub', 'Expected the sub of the ID token in the userinfo, came another.');
  }
  return userinfo;
}

/** A signed userinfo is for us, from our OP, by the algorithm of the ID token; it may come encrypted. */
async function readJwt(client: OidcClient, jwt: string): Promise<UserinfoSuccessResponse> {
  const { issuer, clientId } = client.ref;
  const algorithm = await client.idTokenAlgorithm();
  const { claims } = await verifyJwt(jwt, client.keysFor(algorithm, 'tokens'), {
    algorithms: [algorithm],
    types: [undefined, 'JWT'],
    maxLength: 64 * 1024,
    decryptionKeys: decryptionOf(client.settings).decryptionKeys,
  });
  const { iss, aud, exp } = claims;
  if (iss !== issuer) throw unexpected(`iss ${show(issuer)}`, iss);
  if (aud !== clientId && !(Array.isArray(aud) && aud.includes(clientId)))
    throw unexpected(`aud ${show(clientId)}`, aud);
  // Seldom there, but where it is, it counts. RFC 7519 section 4.1.4
  const inTime = typeof exp === 'number' && client.now() < exp + client.settings.clockTolerance;
  if (exp !== undefined && !inTime) throw unexpected('exp in the future', exp);
  return UserinfoSuccessResponse.fromJson(claims);
}

function unexpected(expected: string, came: unknown): ResponseError {
  return new ResponseError('userinfo_error', `Expected ${expected} in the signed userinfo, came ${show(came)}.`);
}

function readJson({ status, text, headers }: HttpAnswer): UserinfoSuccessResponse {
  const answer = readUserinfoResponse({ status, body: text, challenge: headers.get('www-authenticate') });
  if (answer.ok) return answer.response;
  const { error } = answer.error;
  throw new ResponseError('userinfo_error', `The userinfo endpoint answered ${status} with ${show(error)}.`);
}
