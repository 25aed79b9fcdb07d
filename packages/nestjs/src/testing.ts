import { IdToken, type OidcClient, type OidcOptions, randomToken, startSession } from '@latchkey/core';
import { TokenSuccessResponse, type UserClaims, Visit } from '@latchkey/core';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { OidcModule, type OidcModuleExtras } from './oidc-module.js';
import { oidcClientToken } from './tokens.js';

/** Seconds. */
const tokenLife = 3600;

/** `OidcModule` with options made up, for tests of what stands behind our guards: nothing asks an OP before somebody signs in. */
@Module({})
export class OidcTestingModule {
  /**
   * Takes what a test wants to be otherwise.
   * @example Test.createTestingModule({ imports: [OidcTestingModule.forRoot()], controllers: [Orders] })
   */
  static forRoot(options: Partial<OidcOptions> & OidcModuleExtras = {}): DynamicModule {
    const madeUp = {
      issuer: 'https://op.example',
      clientId: 'test',
      baseUrl: 'https://app.example',
      session: { secret: randomToken() },
      isGlobal: true,
    };
    return { module: OidcTestingModule, imports: [OidcModule.forRoot({ ...madeUp, ...options })] };
  }
}

/**
 * Signs a test user in, without an OP: an application's own module will do, whatever guards it has.
 * @param claims what `@CurrentUser()` shall be; `sub` is `test-user` unless they say otherwise
 * @param clientName of the client, where it is not the one without a name
 * @returns the `Cookie` header of this user's requests
 * @example request(app.getHttpServer()).get('/me').set('Cookie', await loginAs(app, { sub: 'ada', roles: ['admin'] }))
 */
export async function loginAs<Claims extends object = UserClaims>(
  app: INestApplicationContext,
  claims: Partial<Claims> = {},
  clientName?: string,
): Promise<string> {
  const client = app.get<OidcClient>(oidcClientToken(clientName), { strict: false });
  const { issuer: iss, clientId: aud } = client.ref;
  const now = Math.floor(client.now());
  const user = { sub: 'test-user', ...claims };
  const idToken = IdToken.of({ iat: now, exp: now + tokenLife, ...user, iss, aud });
  const jws = `${encode({ alg: 'none' })}.${encode(idToken)}.`;
  const tokens = TokenSuccessResponse.of({
    access_token: randomToken(),
    token_type: 'Bearer',
    expires_in: tokenLife,
    id_token: jws,
  });
  const createdAt = await client.store.now();
  const login = { state: '', nonce: '', codeVerifier: '', returnTo: '/', createdAt };
  const { cookies } = new Visit(client, 'GET', '/', () => undefined);
  const session = await startSession(client, login, { tokens, idToken, jws, user, cookies });
  return session.cookies.map((line) => line.split(';', 1)[0]).join('; ');
}

function encode(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}
