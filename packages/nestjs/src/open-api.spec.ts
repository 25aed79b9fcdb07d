import { OidcClient } from '@latchkey/core';
import { Controller, Get, type INestApplication, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { ApiSecurity, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { platforms } from '../test/app.js';
import { describeGuards, LoginGuard, OidcTestingModule, Public, UseClient } from './index.js';

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
        'oidc-staff': { type: 'openIdConnect', openIdConnectUrl: 'https://op.example/staff.json' },
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
