import { OidcClient, type TokenOptions } from '@latchkey/core';
import { Controller, Get, type INestApplication, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ApiSecurity, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { platforms, secret } from '../test/app.js';
import { describeGuards, LoginGuard, LoginOrTokenGuard, OidcModule, OidcTestingModule, Public } from './index.js';
import { RequireAcr, RequireScope, TokenGuard, TokenModule, UseClient } from './index.js';

@Controller('shop')
class Shop {
  @Get('guarded') @UseGuards(LoginGuard) guarded(): void {}
  @Get('open') open(): void {}
  @Get('public') @Public() everybody(): void {}
  @Get('own') @UseGuards(LoginGuard) @ApiSecurity('own') own(): void {}
}
@Controller('staff')
@UseGuards(LoginGuard)
@UseClient('staff')
class Staff {
  @Get('guarded') guarded(): void {}
  @Get('public') @Public() everybody(): void {}
}
@Controller('own')
@UseGuards(LoginGuard)
@ApiSecurity('own')
class Own {
  @Get() guarded(): void {}
}

interface Root {
  readonly imports: object[];
  readonly providers?: object[];
}

describe.each(platforms)('an OpenAPI document on $name', ({ adapter }) => {
  /** Which security each handler has in the document, and the schemes. */
  async function describeIt({ imports, providers = [] }: Root): Promise<{ security: object; schemes: unknown }> {
    @Module({ imports: imports as never[], providers: providers as never[], controllers: [Shop, Staff, Own] })
    class Application {}
    const app: INestApplication = await NestFactory.create(Application, adapter(), { logger: false });
    const built = new DocumentBuilder().addSecurity('own', { type: 'http', scheme: 'basic' }).build();
    const document = SwaggerModule.createDocument(app, describeGuards(app, built));
    expect(app.get(OidcClient, { strict: false }).discoveryUrl).toBe(
      'https://op.example/.well-known/openid-configuration',
    );
    await app.close();
    const security = Object.entries(document.paths).map(([path, item]) => [path, item.get?.security ?? null]);
    return { security: Object.fromEntries(security) as object, schemes: document.components?.securitySchemes };
  }
  const clients = [
    OidcTestingModule.forRoot(),
    OidcTestingModule.forRoot({ name: 'staff', clientId: 'staff', discoveryUrl: 'https://op.example/staff.json' }),
  ];

  it('has the OPs as schemes, and names them where guards of ours decide', async () => {
    expect(await describeIt({ imports: clients })).toEqual({
      security: {
        '/shop/guarded': [{ oidc: [] }],
        '/shop/open': null,
        '/shop/public': null,
        '/shop/own': [{ own: [] }],
        '/staff/guarded': [{ 'oidc-staff': [] }],
        '/staff/public': null,
        '/own': [{ own: [] }],
      },
      schemes: {
        oidc: { type: 'openIdConnect', openIdConnectUrl: 'https://op.example/.well-known/openid-configuration' },
        bearer: { type: 'http', scheme: 'bearer' },
        'oidc-staff': { type: 'openIdConnect', openIdConnectUrl: 'https://op.example/staff.json' },
        'bearer-staff': { type: 'http', scheme: 'bearer' },
        own: { type: 'http', scheme: 'basic' },
      },
    });
  });
});

it('says of the same handlers what each application asks', async () => {
  @Controller('all')
  class All {
    @Get() all(): void {}
  }
  const describeIn = async (...providers: object[]): Promise<unknown> => {
    @Module({ imports: [OidcTestingModule.forRoot()], providers: providers as never[], controllers: [All] })
    class Application {}
    const app = await NestFactory.create(Application, { logger: false });
    const { paths } = SwaggerModule.createDocument(app, describeGuards(app, new DocumentBuilder().build()));
    await app.close();
    return paths['/all']?.get?.security;
  };
  expect(await describeIn({ provide: APP_GUARD, useClass: LoginGuard })).toEqual([{ oidc: [] }]);
  expect(await describeIn()).toBeUndefined();
});

it.each([
  ['useClass', { provide: APP_GUARD, useClass: LoginGuard }],
  ['useExisting', { provide: APP_GUARD, useExisting: LoginGuard }],
])('a global guard is there for every handler that says nothing else, by %s', async (_how, guard) => {
  @Controller('all')
  class All {
    @Get() all(): void {}
    @Get('public') @Public() everybody(): void {}
  }
  @Module({ imports: [OidcTestingModule.forRoot()], providers: [LoginGuard, guard], controllers: [All] })
  class Application {}
  const app = await NestFactory.create(Application, { logger: false });
  const { paths } = SwaggerModule.createDocument(app, describeGuards(app, new DocumentBuilder().build()));
  expect([paths['/all']?.get?.security, paths['/all/public']?.get?.security]).toEqual([[{ oidc: [] }], undefined]);
  await app.close();
});

@Controller('stock')
@UseGuards(TokenGuard)
class Stock {
  @Get('any') any(): void {}
  @Get('read') @RequireScope('orders:read', 'orders:write') read(): void {}
  @Get('gold') @RequireAcr('gold') gold(): void {}
  @Get('either') @UseGuards(LoginOrTokenGuard) @RequireScope('orders:read') either(): void {}
  @Get('both') @UseGuards(TokenGuard, LoginGuard) both(): void {}
  @Get('open') @Public() open(): void {}
}

/** What is said of the handlers of `Stock`, and the schemes. */
async function describeStock(...imports: object[]): Promise<{ security: Record<string, unknown>; schemes: unknown }> {
  @Module({ imports: imports as never[], controllers: [Stock] })
  class Application {}
  const app = await NestFactory.create(Application, { logger: false });
  const document = SwaggerModule.createDocument(app, describeGuards(app, new DocumentBuilder().build()));
  await app.close();
  const security = Object.entries(document.paths).map(([path, item]) => [path.slice(7), item.get?.security ?? null]);
  return { security: Object.fromEntries(security) as never, schemes: document.components?.securitySchemes };
}

const oidc = { type: 'openIdConnect', openIdConnectUrl: 'https://op.example/.well-known/openid-configuration' };
const bearer = { type: 'http', scheme: 'bearer' };
const api: TokenOptions = { issuer: 'https://op.example', audience: 'https://api.example' };

it('names where tokens come from with the scopes that are demanded, and how they are sent', async () => {
  const client = { issuer: 'https://op.example', clientId: 'app', baseUrl: 'https://app.example', session: { secret } };
  expect(await describeStock(OidcModule.forRoot({ ...client, token: { scope: 'openid' } }))).toEqual({
    security: {
      any: [{ oidc: ['openid'] }, { bearer: [] }],
      read: [{ oidc: ['openid', 'orders:read', 'orders:write'] }, { bearer: [] }],
      gold: [{ oidc: ['openid'] }, { bearer: [] }],
      either: [{ oidc: [] }, { oidc: ['openid', 'orders:read'] }, { bearer: [] }],
      both: [{ oidc: ['openid'] }, { bearer: [], oidc: [] }],
      open: null,
    },
    schemes: { oidc, bearer },
  });
});

it.each<[what: string, options: TokenOptions, read: object[], schemes: object]>([
  ['one issuer', api, [{ oidc: ['orders:read', 'orders:write'] }, { bearer: [] }], { oidc, bearer }],
  [
    'several issuers',
    {
      ...api,
      issuer: ['https://op.example', { issuer: 'https://b.example', discoveryUrl: 'https://b.example/a.json' }],
    },
    [{ oidc: ['orders:read', 'orders:write'] }, { 'oidc-2': ['orders:read', 'orders:write'] }, { bearer: [] }],
    { oidc, 'oidc-2': { type: 'openIdConnect', openIdConnectUrl: 'https://b.example/a.json' }, bearer },
  ],
  [
    'one of several scopes',
    { ...api, anyScope: ['a', 'b'] },
    [{ oidc: ['orders:read', 'orders:write', 'a'] }, { oidc: ['orders:read', 'orders:write', 'b'] }, { bearer: [] }],
    { oidc, bearer },
  ],
  [
    'tokens that may be bound to keys',
    { ...api, baseUrl: 'https://api.example', dpop: true },
    [{ oidc: ['orders:read', 'orders:write'] }, { bearer: [] }, { dpop: [] }],
    { oidc, bearer, dpop: { type: 'http', scheme: 'dpop' } },
  ],
  [
    'tokens that must be',
    { ...api, baseUrl: 'https://api.example', dpop: { required: true } },
    [{ oidc: ['orders:read', 'orders:write'] }, { dpop: [] }],
    { oidc, dpop: { type: 'http', scheme: 'dpop' } },
  ],
  ['an issuer without metadata', { ...api, jwksUri: 'https://op.example/jwks' }, [{ bearer: [] }], { bearer }],
])('describes an API without a login that takes %s', async (_what, options, read, schemes) => {
  const described = await describeStock(TokenModule.forRoot(options));
  expect([described.security.read, described.schemes]).toEqual([read, schemes]);
});
