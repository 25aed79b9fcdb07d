import type { OidcClient } from '../client/client.js';
import { decryptionOf } from '../client/credentials.js';
import { hashOf } from '../crypto.js';
import { OidcError, ResponseError, show, UnavailableError } from '../errors.js';
import { publish } from '../events.js';
import { readObject } from '../keys/jwt-header.js';
import { signedPart, verifyJwt } from '../keys/verify-jwt.js';
import { BackChannelLogoutNotification, BackChannelLogoutToken } from '../messages/index.js';
import { jsonAnswer } from '../pages/answers.js';
import { readForm } from '../read-form.js';
import type { Use } from '../session/logout-store.js';
import { endSessions, type LogoutTarget } from './end-sessions.js';

/**
 * Receives a logout token: exactly 200 when it was carried out, also where nothing was left to end, exactly 400 otherwise.
 * [Back-Channel Logout sections 2.5 to 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)
 */
export async function receiveBackChannelLogout(client: OidcClient, request: Request): Promise<Response> {
  let token: BackChannelLogoutToken | undefined;
  try {
    const { logout_token: jwt } = BackChannelLogoutNotification.fromForm(await readForm(request));
    token = await readLogoutToken(client, jwt);
    await validateLogoutToken(client, token);
    await carryOut(client, token);
    return jsonAnswer({}, noStore);
  } catch (error) {
    return refuse(client, error, token);
  }
}

const noStore = { headers: { 'Cache-Control': 'no-store' } };

/** Looks first at what needs no key of the OP, so that nothing is fetched for a token of somebody else; then the signature decides. */
async function readLogoutToken(client: OidcClient, jwt: string): Promise<BackChannelLogoutToken> {
  const jws = await signedPart(jwt, decryptionOf(client.settings));
  refuseForeign(client, jws);
  const algorithm = await client.idTokenAlgorithm();
  const types = client.settings.backchannel.strictTyp ? ['logout+jwt'] : BackChannelLogoutToken.jwtTypes;
  const { claims } = await verifyJwt(jws, client.keysFor(algorithm, 'requests'), { algorithms: [algorithm], types });
  return BackChannelLogoutToken.fromJson(claims);
}

/** Turns away what names another issuer or client. Nothing that is done later rests on these unverified claims. */
function refuseForeign({ ref }: OidcClient, jws: string): void {
  const { iss, aud } = readObject(Buffer.from(jws.split('.', 2)[1] ?? '', 'base64url'), 'the logout token');
  if (iss !== ref.issuer)
    throw new ResponseError('logout_token_iss', `Expected iss ${show(ref.issuer)}, came ${show(iss)}.`);
  if (aud !== ref.clientId && !(Array.isArray(aud) && aud.includes(ref.clientId))) {
    throw new ResponseError('logout_token_aud', `Expected aud ${show(ref.clientId)}, came ${show(aud)}.`);
  }
}

/** [Back-Channel Logout section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation), with the check for a replay. */
function validateLogoutToken(
  { settings, ref, store, clock }: OidcClient,
  token: BackChannelLogoutToken,
): Promise<void> {
  return token.validate({
    issuer: ref.issuer,
    clientId: ref.clientId,
    extraTrustedAudiences: settings.extraTrustedAudiences,
    maxAge: settings.backchannel.maxAge,
    requireExp: settings.backchannel.requireExp,
    clockTolerance: settings.clockTolerance,
    now: clock.now() / 1000,
    validateUniqueJti: async (jti) => !(await store.used(ref, useOf(jti))),
  });
}

/** Ends the sessions, and only then notes that the token was carried out: what failed can be sent again. */
async function carryOut(client: OidcClient, token: BackChannelLogoutToken): Promise<void> {
  const { ref, settings, store } = client;
  await endSessions(client, targetOf(client, token), 'back_channel');
  const end = Math.max(token.exp ?? 0, token.iat + settings.backchannel.maxAge) + settings.clockTolerance;
  const at = client.clock.now();
  try {
    await store.firstUse(ref, useOf(token.jti), Math.ceil(end * 1000 - at));
  } catch (error) {
    const code = error instanceof OidcError ? error.code : 'store_unavailable';
    publish('latchkey:logout', { type: 'record_failed', client: ref, at, code });
  }
  const { sub, sid } = token;
  publish('latchkey:logout', {
    type: 'token_received',
    client: ref,
    at,
    ...(sub !== undefined && { sub }),
    ...(sid !== undefined && { sid: hashOf(sid) }),
  });
}

function useOf(jti: string): Use {
  return { kind: 'logout-token', key: hashOf(jti) };
}

/** A sid ends the sessions with that sid, of that user when the token names one; without a sid, all of the user's end. */
function targetOf({ ref }: OidcClient, { sid, sub = '', iat }: BackChannelLogoutToken): LogoutTarget {
  if (sid === undefined) return { client: ref, sub, iat };
  return { client: ref, sid, iat, ...(sub !== '' && { sub }) };
}

/** A logout that could not be carried out, as opposed to a bad one, is worth sending again: the answer says so. */
function refuse(client: OidcClient, error: unknown, token: BackChannelLogoutToken | undefined): Response {
  const known =
    error instanceof OidcError
      ? error
      : new UnavailableError('store_unavailable', 'The logout could not be carried out.', { cause: error });
  const at = client.clock.now();
  const late = token && (known.code === 'logout_token_iat' || known.code === 'logout_token_exp');
  publish('latchkey:logout', {
    type: 'token_refused',
    client: client.ref,
    at,
    code: known.code,
    ...(late && { clockBehind: Math.round(at / 1000 - token.iat) }),
  });
  // A Retry-After tells what could not be decided now from what is wrong.
  if (known instanceof ResponseError && known.headers['Retry-After'] === undefined) {
    return jsonAnswer({ error: 'invalid_request', error_description: known.message }, { status: 400, ...noStore });
  }
  return jsonAnswer(
    { error: 'temporarily_unavailable' },
    { status: 400, headers: { 'Cache-Control': 'no-store', 'Retry-After': known.headers['Retry-After'] ?? '5' } },
  );
}
