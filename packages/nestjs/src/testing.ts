import { createHmac } from 'node:crypto';
import { ConfigurationError, IdToken, type OidcClient, randomToken, startSession, systemClock } from '@latchkey/core';
import { type TokenOptions, TokenSuccessResponse, TokenVerifier, type UserClaims, Visit } from '@latchkey/core';
import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { OidcModule, type OidcModuleExtras, type OidcModuleOptions } from './oidc-module.js';
import { oidcClientToken, tokenVerifierToken } from './tokens.js';

/** Seconds. */
const tokenLife = 3600;
const issuer = 'https://op.example';

/**
 * `OidcModule` with options made up, for tests of what stands behind our guards: nothing asks an OP before somebody signs
 * in. Its access tokens are those of `tokenFor`, by a secret that nobody else knows.
 */
@Module({})
export class OidcTestingModule {
  /**
   * Takes what a test wants to be otherwise.
   * @example Test.createTestingModule({ imports: [OidcTestingModule.forRoot()], controllers: [Orders] })
   */
  static forRoot({ token, ...options }: Partial<OidcModuleOptions> & OidcModuleExtras = {}): DynamicModule {
    const madeUp = {
      issuer,
      clientId: 'test',
      baseUrl: 'https://app.example',
      session: { secret: randomToken() },
      token: { secret: randomToken(), ...token },
      isGlobal: true,
    };
    return { module: OidcTestingModule, imports: [OidcModule.forRoot({ ...madeUp, ...options })] };
  }
}

/**
 * Stands in for the `TokenVerifier` of an application's own module, so that it takes the tokens of `tokenFor`.
 * @param options what a test wants to be otherwise, or what the application's own says of scopes and claims
 * @example builder.overrideProvider(TokenVerifier).useValue(testVerifier())
 */
export function testVerifier(options: Partial<TokenOptions> = {}): TokenVerifier {
  return new TokenVerifier({ issuer, audience: 'https://app.example', secret: randomToken(), ...options });
}

/**
 * Issues an access token, without an OP, that an application of `OidcTestingModule` or with a `testVerifier` takes.
 * @param claims what the token shall say; its `sub` is `test-user` and its `scope` what the options demand unless they say otherwise
 * @param name of the client or the API, where it is not the one without a name
 * @returns the `Authorization` header of this caller's requests
 * @throws ConfigurationError `invalid_option` for an application that takes the tokens of an OP
 * @example request(app.getHttpServer()).get('/orders').set('Authorization', tokenFor(app, { scope: 'orders:read' }))
 */
export function tokenFor(
  app: INestApplicationContext,
  claims: Readonly<Record<string, unknown>> = {},
  name?: string,
): string {
  const verifier = app.get<TokenVerifier | undefined>(tokenVerifierToken(name), { strict: false });
  const { secret, audience, scope = '', clock = systemClock } = verifier?.options ?? {};
  if (verifier === undefined || secret === undefined)
    throw new ConfigurationError(
      'invalid_option',
      'Expected an application of OidcTestingModule, or one whose TokenVerifier is a testVerifier(), came another.',
    );
  const iat = Math.floor(clock.now() / 1000);
  const said = {
    iss: verifier.issuers[0],
    aud: audience,
    sub: 'test-user',
    client_id: 'test-client',
    scope: [scope].flat().join(' '),
    jti: randomToken(),
    iat,
    exp: iat + tokenLife,
    ...claims,
  };
  const signed = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode(said)}`;
  return `Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
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
  const createdAt = await client.carrier.beginning();
  const login = { state: '', nonce: '', codeVerifier: '', returnTo: '/', createdAt };
  const { cookies } = new Visit(client, 'GET', '/', () => undefined);
  const session = await startSession(client, login, { tokens, idToken, jws, user, cookies });
  return session.cookies.map((line) => line.split(';', 1)[0]).join('; ');
}

function encode(members: object): string {
  return Buffer.from(JSON.stringify(members)).toString('base64url');
}
