import { ConfigurationError, OidcClient, TokenVerifier } from '@latchkey/core';
import { Inject, Injectable, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { platforms, secret } from '../test/app.js';
import { InjectOidcClient, OidcModule, oidcClientToken, SessionStore } from './index.js';

const options = {
  issuer: 'https://op.example',
  clientId: 'app',
  clientSecret: 'a secret of this client',
  baseUrl: 'https://app.example',
  session: { secret },
};
const quiet = { logger: false, abortOnError: false } as const;

@Injectable()
class Asking {
  constructor(
    readonly client: OidcClient,
    readonly store: SessionStore,
  ) {}
}

@Injectable()
class Settings {
  readonly issuer = 'https://op.example/tenant';
}
@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

describe('OidcModule', () => {
  it('provides the client and its store by class', async () => {
    class Root {}
    const module = { module: Root, imports: [OidcModule.forRoot(options)], providers: [Asking] };
    const app = await NestFactory.createApplicationContext(module, quiet);
    const { client, store } = app.get(Asking);
    expect(client.ref).toEqual({ issuer: 'https://op.example', clientId: 'app' });
    expect(store).toBe(client.store);
    await app.close();
  });

  it('takes its options from what other modules provide', async () => {
    class Root {}
    const imports = [
      OidcModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: ({ issuer }: Settings) => Promise.resolve({ ...options, issuer }),
      }),
    ];
    const app = await NestFactory.createApplicationContext({ module: Root, imports }, quiet);
    expect(app.get(OidcClient, { strict: false }).ref.issuer).toBe('https://op.example/tenant');
    await app.close();
  });

  it('provides what verifies tokens, where the options say which, with what the client knows', async () => {
    class Root {}
    @Injectable()
    class Verifying {
      constructor(
        readonly client: OidcClient,
        readonly verifier?: TokenVerifier,
      ) {}
    }
    const start = async (more: object): Promise<Verifying> => {
      const module = { module: Root, imports: [OidcModule.forRoot({ ...options, ...more })], providers: [Verifying] };
      const app = await NestFactory.createApplicationContext(module, quiet);
      await app.close();
      return app.get(Verifying);
    };
    const { client, verifier } = await start({ clockTolerance: 7, http: { timeout: 1234 }, token: { scope: 'a' } });
    expect(verifier?.options).toMatchObject({
      issuer: 'https://op.example',
      audience: 'https://app.example',
      baseUrl: 'https://app.example',
      scope: 'a',
      clockTolerance: 7,
      http: { timeout: 1234 },
    });
    expect([verifier?.options.store, verifier?.options.clock]).toEqual([client.store, client.clock]);
    const own = { issuer: 'https://other.example', audience: 'https://api.example', clockTolerance: 0 };
    expect((await start({ token: own })).verifier?.options).toMatchObject(own);
    expect((await start({})).verifier).toBeUndefined();
  });

  it('is global by choice', async () => {
    class Root {}
    class Feature {}
    const start = (isGlobal?: boolean): Promise<Asking> => {
      const imports = [
        OidcModule.forRoot({ ...options, ...(isGlobal !== undefined && { isGlobal }) }),
        { module: Feature, providers: [Asking] },
      ];
      return NestFactory.createApplicationContext({ module: Root, imports }, quiet).then((app) =>
        app.get(Asking, { strict: false }),
      );
    };
    expect((await start(true)).client).toBeInstanceOf(OidcClient);
    await expect(start(false)).rejects.toThrow(/can't resolve dependencies of the Asking/);
    await expect(start()).rejects.toThrow(/can't resolve dependencies of the Asking/);
  });

  it('[R96] refuses wrong options at start, and says which', async () => {
    class Root {}
    const start = (given: object): Promise<unknown> =>
      NestFactory.createApplicationContext({ module: Root, imports: [OidcModule.forRoot(given as never)] }, quiet);
    const { issuer: _issuer, ...none } = options;
    await expect(start(none)).rejects.toThrow(/Option issuer: expected an http\(s\) URL/);
    await expect(start({ ...options, scopes: 'openid' })).rejects.toThrow(/Option scopes is unknown/);
    await expect(start({ ...options, hooks: 5 })).rejects.toThrow(/Option hooks: expected/);
    await expect(start({ ...options, hooks: { onError: 5 } })).rejects.toThrow(/Option hooks: expected/);
    await expect(start({ ...options, name: 'a/b' })).rejects.toThrow(/Option name: expected a name/);
    await expect(start({ ...options, token: { scopes: 'a' } })).rejects.toThrow(/Option token.scopes is unknown/);
    await expect(start({ ...options, token: { maxAge: -1 } })).rejects.toThrow(/Option token.maxAge: expected a whole/);
    await expect(start({ ...options, token: true })).rejects.toThrow(/Option token: expected an object, came true/);
    await expect(start({ ...options, token: null })).rejects.toThrow(/Option token: expected an object, came null/);
  });
});

describe('[RULE 4.6] several clients in one application', () => {
  @Injectable()
  class Both {
    constructor(
      readonly customers: OidcClient,
      @InjectOidcClient('staff') readonly staff: OidcClient,
      @Inject(oidcClientToken('staff')) readonly same: OidcClient,
    ) {}
  }
  const start = async (...imports: object[]): Promise<Both> => {
    class Root {}
    const root = { module: Root as Type, imports: imports as never[], providers: [Both] };
    const app = await NestFactory.createApplicationContext(root, quiet);
    await app.close();
    return app.get(Both);
  };

  it('are injected by their names, and have routes of their own', async () => {
    const { customers, staff, same } = await start(
      OidcModule.forRoot(options),
      OidcModule.forRoot({ ...options, clientId: 'staff', name: 'staff' }),
    );
    expect([customers.ref.clientId, staff.ref.clientId]).toEqual(['app', 'staff']);
    expect(same).toBe(staff);
    expect([customers, staff].map((client) => client.redirectUri)).toEqual([
      'https://app.example/auth/callback',
      'https://app.example/auth/staff/callback',
    ]);
  });

  it('are configured by what other modules provide, each under its name', async () => {
    const { staff } = await start(
      OidcModule.forRoot(options),
      OidcModule.forRootAsync({ name: 'staff', useFactory: () => ({ ...options, clientId: 'staff' }) }),
    );
    expect(staff.ref.clientId).toBe('staff');
  });

  it.each<[string, object[]]>([
    ['two without a name', [OidcModule.forRoot(options), OidcModule.forRoot({ ...options, clientId: 'other' })]],
    [
      'two of one name',
      [OidcModule.forRoot({ ...options, name: 'staff' }), OidcModule.forRoot({ ...options, name: 'staff' })],
    ],
    [
      'two with one callback',
      [
        OidcModule.forRoot(options),
        OidcModule.forRoot({ ...options, name: 'staff', routes: { callback: '/auth/callback' } }),
      ],
    ],
  ])('are refused at start where there are %s', async (_what, modules) => {
    class Root {}
    const starting = NestFactory.createApplicationContext({ module: Root, imports: modules as never[] }, quiet);
    const error = await starting.then(String, (refused: unknown) => refused);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).message).toMatch(/^Option (?:name: expected one client|routes.callback)/);
  });
});

it.each(platforms)('starts on $name with no OP to be reached', async ({ adapter }) => {
  class Root {}
  const app = await NestFactory.create({ module: Root, imports: [OidcModule.forRoot(options)] }, adapter(), quiet);
  await expect(app.init()).resolves.toBe(app);
  await app.close();
});
