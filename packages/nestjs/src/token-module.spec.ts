import {
  ConfigurationError,
  type TokenOptions,
  TokenVerifier,
  type UserClaims,
  type VerifiedToken,
} from '@latchkey/core';
import { Controller, Get, Injectable, type INestApplication, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { TokenOp } from '../../core/test/token-op.js';
import { platforms, secret } from '../test/app.js';
import { userToken } from '../test/user-token.js';
import {
  AccessToken,
  CurrentUser,
  InjectTokenVerifier,
  OidcModule,
  Public,
  RequireScope,
  TokenGuard,
} from './index.js';
import { TokenModule, UseClient } from './index.js';

let op: TokenOp;
let other: TokenOp;
beforeAll(async () => {
  [op, other] = [await TokenOp.start({ jwtTokens: true }), await TokenOp.start({ jwtTokens: true })];
});
afterAll(() => Promise.all([op.stop(), other.stop()]));

const options: TokenOptions = { issuer: 'https://op.example', audience: 'https://api.example' };
const quiet = { logger: false, abortOnError: false } as const;

@Injectable()
class Asking {
  constructor(
    readonly verifier: TokenVerifier,
    @InjectTokenVerifier('partners') readonly partners: TokenVerifier,
  ) {}
}
@Injectable()
class Settings {
  readonly audience = 'https://api.example/v2';
}
@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}
class Root {}

@Controller('orders')
class Orders {
  @Get() list(@AccessToken() token: VerifiedToken<{ tenant?: string }>, @CurrentUser() user?: UserClaims): object {
    return { sub: token.sub, tenant: token.claims.tenant ?? null, user: user?.sub ?? null };
  }
  @Get('write') @RequireScope('orders:write') write(): object {
    return {};
  }
  @Get('partners') @UseGuards(TokenGuard) @UseClient('partners') partners(@AccessToken() token: VerifiedToken): object {
    return { issuer: token.issuer };
  }
  @Get('open') @Public() open(@AccessToken() token?: VerifiedToken): object {
    return { sub: token?.sub ?? null };
  }
}

const running = new Set<INestApplication>();
afterEach(() => Promise.all([...running].map((app) => app.close())));

describe.each(platforms)('TokenModule on $name', ({ adapter }) => {
  type Ask = (
    page: string,
    token?: string,
  ) => Promise<[status: number, body: Record<string, unknown>, headers: Headers]>;
  async function start(...imports: object[]): Promise<Ask> {
    const root = {
      module: Root,
      imports: imports as never[],
      controllers: [Orders],
      providers: [{ provide: APP_GUARD, useClass: TokenGuard }],
    };
    const app = await NestFactory.create(root, adapter(), quiet);
    running.add(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    return async (page, token) => {
      const headers = { ...(token !== undefined && { authorization: `Bearer ${token}` }), accept: 'text/html' };
      const answer = await fetch(url + page, { headers });
      return [answer.status, (await answer.json()) as Record<string, unknown>, answer.headers];
    };
  }
  const orders = (more: Partial<TokenOptions> = {}): object =>
    TokenModule.forRoot({ issuer: op.issuer, audience: op.audience, ...more });

  it('lets tokens of an API pass where nobody signs in', async () => {
    const ask = await start(orders());
    const token = await userToken(op, { claims: { tenant: 'one' } });
    expect((await ask('/orders', token)).slice(0, 2)).toEqual([200, { sub: 'ada', tenant: 'one', user: 'ada' }]);
    const [status, body, headers] = await ask('/orders');
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([401, 'token_required', 'Bearer']);
    const [less, , challenged] = await ask('/orders/write', token);
    expect([less, challenged.get('www-authenticate')]).toEqual([403, expect.stringContaining('scope="orders:write"')]);
    expect((await ask('/auth/login'))[0]).toBe(404);
  });

  it('[R86] tells of a token in a handler for everybody, and refuses bad ones there', async () => {
    const ask = await start(orders());
    expect((await ask('/orders/open', await userToken(op)))[1]).toEqual({ sub: 'ada' });
    expect((await ask('/orders/open')).slice(0, 2)).toEqual([200, { sub: null }]);
    const [status, body, headers] = await ask('/orders/open', 'abc');
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([
      401,
      'token_refused',
      expect.stringMatching(/^Bearer error="invalid_token"/),
    ]);
  });

  it('takes no client for a user, and no user of one issuer for the same of another', async () => {
    const ask = await start(orders());
    expect((await ask('/orders', await op.issue()))[1]).toMatchObject({ sub: 'machine', user: null });
    const both = await start(orders({ issuer: [op.issuer, other.issuer] }));
    for (const each of [op, other])
      expect((await both('/orders', await userToken(each)))[1]).toMatchObject({ sub: 'ada', user: null });
  });

  it('tells several APIs of one application apart, each with its own issuer', async () => {
    const partners = TokenModule.forRoot({ issuer: other.issuer, audience: other.audience, name: 'partners' });
    const ask = await start(orders(), partners);
    expect((await ask('/orders/partners', await userToken(other)))[1]).toEqual({ issuer: other.issuer });
    expect((await ask('/orders/partners', await userToken(op)))[0]).toBe(401);
    expect((await ask('/orders', await userToken(other)))[0]).toBe(401);
  });

  it('stands beside the clients of an application', async () => {
    const client = { issuer: other.issuer, clientId: 'app', baseUrl: 'https://app.example', session: { secret } };
    const ask = await start(OidcModule.forRoot({ ...client, name: 'staff' }), orders());
    expect((await ask('/orders', await userToken(op)))[0]).toBe(200);
  });

  it('[D12] lets nobody pass where there is nothing to verify with', async () => {
    const client = { issuer: op.issuer, clientId: 'app', baseUrl: 'https://app.example', session: { secret } };
    const ask = await start(OidcModule.forRoot(client));
    const [status, body] = await ask('/orders', await userToken(op));
    expect([status, body.error]).toEqual([500, 'invalid_option']);
    expect((await ask('/orders/open', await userToken(op)))[1]).toEqual({ sub: null });
  });
});

describe('TokenModule', () => {
  const start = (...imports: object[]): ReturnType<typeof NestFactory.createApplicationContext> =>
    NestFactory.createApplicationContext({ module: Root, imports: imports as never[] }, quiet);

  it('provides the verifier by class, or by its name, to all modules by choice', async () => {
    class Feature {}
    const partners = TokenModule.forRoot({
      ...options,
      issuer: 'https://partners.example',
      name: 'partners',
      isGlobal: true,
    });
    const feature = { module: Feature, providers: [Asking] };
    const app = await start(TokenModule.forRoot({ ...options, isGlobal: true }), partners, feature);
    const { verifier, partners: second } = app.get(Asking, { strict: false });
    expect([verifier.issuers, second.issuers]).toEqual([['https://op.example'], ['https://partners.example']]);
    await expect(start(TokenModule.forRoot(options), partners, feature)).rejects.toThrow(/can't resolve dependencies/);
    await app.close();
  });

  it('takes its options from what other modules provide', async () => {
    const app = await start(
      TokenModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: ({ audience }: Settings) => Promise.resolve({ ...options, audience }),
      }),
    );
    expect(app.get(TokenVerifier, { strict: false }).options.audience).toBe('https://api.example/v2');
    await app.close();
  });

  const client = { issuer: 'https://op.example', clientId: 'app', baseUrl: 'https://app.example', session: { secret } };
  it.each<[what: string, modules: () => object[], message: RegExp]>([
    [
      'no audience',
      () => [TokenModule.forRoot({ issuer: 'https://op.example' })],
      /^Option audience: expected what this API/,
    ],
    [
      'an unknown option',
      () => [TokenModule.forRoot({ ...options, scopes: 'a' } as never)],
      /^Option scopes is unknown/,
    ],
    [
      'two APIs without a name',
      () => [TokenModule.forRoot(options), TokenModule.forRoot({ ...options, realm: 'b' })],
      /^Option name: expected one API without a name, came another one/,
    ],
    [
      'two APIs of one name',
      () => [
        TokenModule.forRoot({ ...options, name: 'a' }),
        TokenModule.forRoot({ ...options, name: 'a', realm: 'b' }),
      ],
      /^Option name: expected one API named "a", came another one/,
    ],
    [
      'a client of the same name, with no tokens',
      () => [OidcModule.forRoot(client), TokenModule.forRoot(options)],
      /^Expected option token of OidcModule, since it has a client without a name, came TokenModule/,
    ],
    [
      'a client of the same name after it',
      () => [TokenModule.forRoot(options), OidcModule.forRoot(client)],
      /^Expected option token of OidcModule, since it has a client without a name, came TokenModule/,
    ],
  ])('[R96] refuses %s at start', async (_what, modules, message) => {
    const error = await start(...modules()).then(String, (refused: unknown) => refused);
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).message).toMatch(message);
  });
});
