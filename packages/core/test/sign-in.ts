import type { OidcClient } from '../src/client/client.js';
import { IdToken, TokenSuccessResponse } from '../src/messages/index.js';
import type { CarriedSession } from '../src/session/carrier.js';
import { readCookies } from '../src/session/cookies.js';
import { startSession } from '../src/session/start-session.js';
import { instantIssuer, tokensOf } from './instant-op.js';

/** A login that comes to its end. */
export interface SignIn {
  /** When it began. */
  readonly createdAt: number;
  /** The user, who has one session at the OP; default: whom the tokens are named after. */
  readonly of?: string;
  /** The session that it began under. */
  readonly sessionHash?: string;
}

/** The end of a login: what the OP said is at hand, and becomes a session. */
export function signIn(
  client: OidcClient,
  line: string,
  { createdAt, of = line, sessionHash }: SignIn,
): Promise<CarriedSession> {
  const iat = Math.floor(createdAt / 1000);
  const login = {
    state: 'state',
    nonce: 'nonce',
    codeVerifier: 'verifier',
    returnTo: '/',
    createdAt,
    ...(sessionHash !== undefined && { sessionHash }),
  };
  return startSession(client, login, {
    tokens: TokenSuccessResponse.fromJson(tokensOf(line, 0)),
    idToken: IdToken.fromJson({ iss: instantIssuer, aud: 'app', sub: of, sid: `sid ${of}`, iat, exp: iat + 300 }),
    jws: 'a.b.c',
    user: 'as signed in',
    cookies: readCookies(''),
  });
}

/** Whether an outcome is a session. */
export function isCarried(came: unknown): came is CarriedSession {
  return typeof came === 'object' && came !== null && 'record' in came;
}
