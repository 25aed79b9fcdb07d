import { MemoryStore, type Session, TokenVerifier, type VerifiedToken } from '@latchkey/core';
import { Controller, Get, type INestApplication, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { TestClock } from '../../core/test/clock.js';
import { refusal } from '../../core/test/refusal.js';
import { platforms, secret } from '../test/app.js';
import { AccessToken, CurrentUser, DemandGuard, loginAs, LoginGuard, OidcModule, OidcSession } from './index.js';
import { OidcTestingModule, Public, RequireClaim, RequireScope, testVerifier, tokenFor, TokenGuard } from './index.js';
import { TokenModule, tokenVerifierToken, UseClient } from './index.js';

interface Member {
  readonly sub: string;
  readonly roles?: readonly string[];
}

@Controller()
class Orders {
  @Get('me') me(@CurrentUser() user: Member, @OidcSession() session: Session): object {
    return {
      user,
      claims: session.claims?.sub,
      roles: session.claims?.toJSON().roles ?? null,
      iat: session.claims?.iat,
    };
  }
  @Post('orders') order(@CurrentUser() user: Member): object {
    return { by: user.sub };
  }
  @Get('staff') @UseGuards(LoginGuard) @UseClient('staff') staff(@CurrentUser('sub') sub: string): object {
    return { sub };
  }
  @Get() @Public() all(): object {
    return { open: true };
  }
}

@Controller('stock')
@UseGuards(TokenGuard)
class Stock {
  @Get() list(@AccessToken() { sub, clientId, expiresAt }: VerifiedToken): object {
    return { sub, clientId, expiresAt };
  }
  @Get('write') @RequireScope('orders:write') @RequireClaim('role', 'admin') write(): object {
    return { wrote: true };
  }
  @Get('staff') @UseClient('staff') staff(@AccessToken() { sub }: VerifiedToken): object {
    return { sub };
  }
}

const running = new Set<INestApplication>();
afterEach(() => Promise.all([...running].map((app) => app.close())));

describe.each(platforms)('a test of an application on $name', ({ adapter }) => {
  async function start(builder: TestingModuleBuilder): Promise<{ app: INestApplication; url: string }> {
    const app = (await builder.compile()).createNestApplication(adapter(), { logger: false });
    running.add(app);
    await app.listen(0, '127.0.0.1');
    return { app, url: await app.getUrl() };
  }
  const orders = (...imports: object[]): TestingModuleBuilder =>
    Test.createTestingModule({
      imports: imports as never[],
      controllers: [Orders],
      providers: [{ provide: APP_GUARD, useClass: LoginGuard }],
    });
  const ask = async (url: string, cookie?: string, method = 'GET'): Promise<[number, unknown]> => {
    const answer = await fetch(url, { method, redirect: 'manual', headers: { ...(cookie && { cookie }) } });
    return [answer.status, await answer.json()];
  };

  it('signs a user in in one line, without an OP', async () => {
    const { app, url } = await start(orders(OidcTestingModule.forRoot()));
    const cookie = await loginAs<Member>(app, { sub: 'ada', roles: ['admin'] });
    const user = { sub: 'ada', roles: ['admin'] };
    expect(await ask(`${url}/me`, cookie)).toMatchObject([200, { user, claims: 'ada', roles: ['admin'] }]);
    expect(await ask(`${url}/orders`, cookie, 'POST')).toEqual([201, { by: 'ada' }]);
    expect((await ask(`${url}/me`))[0]).toBe(401);
    expect((await ask(`${url}/`))[0]).toBe(200);
  });

  it('has a user of some name where none is given, at the time of the clock that is given', async () => {
    const clock = new TestClock(1e12);
    const { app, url } = await start(orders(OidcTestingModule.forRoot({ clock })));
    const cookie = await loginAs(app);
    expect((await ask(`${url}/me`, cookie))[1]).toMatchObject({ user: { sub: 'test-user' }, iat: 1e9 });
    clock.advance(2 * 86_400_000);
    expect((await ask(`${url}/me`, cookie))[0]).toBe(401);
  });

  it('signs in at a client by its name, and where sessions are in cookies', async () => {
    const sealed = { secret: 'a secret of forty bytes, for tests alone', cookie: { sealed: true } };
    const { app, url } = await start(
      orders(
        OidcTestingModule.forRoot(),
        OidcTestingModule.forRoot({ name: 'staff', clientId: 'staff', session: sealed }),
      ),
    );
    expect(await ask(`${url}/staff`, await loginAs(app, { sub: 'eve' }, 'staff'))).toEqual([200, { sub: 'eve' }]);
    expect((await ask(`${url}/staff`, await loginAs(app, { sub: 'eve' })))[0]).toBe(401);
  });

  it("overrides a guard in one line of Nest's own", async () => {
    const { url } = await start(
      Test.createTestingModule({ imports: [OidcTestingModule.forRoot()], controllers: [Orders] })
        .overrideGuard(LoginGuard)
        .useValue({ canActivate: () => true }),
    );
    expect((await ask(`${url}/staff`))[0]).toBe(200);
  });

  it('keeps its sessions where the test says', async () => {
    const store = new MemoryStore();
    const { app } = await start(
      orders(OidcTestingModule.forRoot({ session: { secret: 'a secret of forty bytes, for tests alone', store } })),
    );
    await loginAs(app, { sub: 'ada' });
    expect(await store.list({ issuer: 'https://op.example', clientId: 'test' }, 'ada')).toHaveLength(1);
  });

  describe('that takes access tokens', () => {
    const stock = (...imports: object[]): TestingModuleBuilder =>
      Test.createTestingModule({ imports: imports as never[], controllers: [Stock] });
    const send = async (url: string, authorization?: string): Promise<[number, unknown]> => {
      const answer = await fetch(url, { headers: { ...(authorization !== undefined && { authorization }) } });
      return [answer.status, await answer.json()];
    };
    const client = {
      issuer: 'https://op.example',
      clientId: 'test',
      baseUrl: 'https://app.example',
      session: { secret },
    };
    const api = { issuer: 'https://op.example', audience: 'https://app.example' };

    it('gets one in one line, without an OP', async () => {
      const clock = new TestClock(1e12);
      const { app, url } = await start(stock(OidcTestingModule.forRoot({ clock })));
      const known = { sub: 'test-user', clientId: 'test-client', expiresAt: 1e9 + 3600 };
      expect(await send(`${url}/stock`, tokenFor(app))).toEqual([200, known]);
      const admin = tokenFor(app, { sub: 'ada', scope: 'orders:write', role: 'admin' });
      expect(await send(`${url}/stock/write`, admin)).toEqual([200, { wrote: true }]);
      expect((await send(`${url}/stock/write`, tokenFor(app, { role: 'admin' })))[0]).toBe(403);
      expect((await send(`${url}/stock`, tokenFor(app, { exp: 1e9 - 3600 })))[0]).toBe(401);
      expect((await send(`${url}/stock`))[0]).toBe(401);
    });

    it('has what the options demand, and what they say otherwise', async () => {
      const token = { scope: ['orders:write', 'a'], audience: ['https://one.example', 'https://two.example'] };
      const { app, url } = await start(stock(OidcTestingModule.forRoot({ token })));
      expect((await send(`${url}/stock/write`, tokenFor(app, { role: 'admin' })))[0]).toBe(200);
      expect((await send(`${url}/stock`, tokenFor(app, { scope: 'a' })))[0]).toBe(403);
    });

    it('takes one at a client by its name', async () => {
      const staff = OidcTestingModule.forRoot({ name: 'staff', clientId: 'staff' });
      const { app, url } = await start(stock(OidcTestingModule.forRoot(), staff));
      expect(await send(`${url}/stock/staff`, tokenFor(app, { sub: 'eve' }, 'staff'))).toEqual([200, { sub: 'eve' }]);
      expect((await send(`${url}/stock/staff`, tokenFor(app, { sub: 'eve' })))[0]).toBe(401);
    });

    it.each<[string, object]>([
      ['OidcModule', OidcModule.forRoot({ ...client, token: {} })],
      ['TokenModule', TokenModule.forRoot(api)],
    ])("takes one in place of its OP's where it has %s of its own", async (_what, module) => {
      const { app, url } = await start(stock(module).overrideProvider(TokenVerifier).useValue(testVerifier()));
      expect(await send(`${url}/stock`, tokenFor(app, { sub: 'ada' }))).toMatchObject([200, { sub: 'ada' }]);
    });

    it('takes one in place of its own by a name', async () => {
      const module = TokenModule.forRoot({ ...api, name: 'staff' });
      const builder = stock(module).overrideProvider(tokenVerifierToken('staff'));
      const { app, url } = await start(builder.useValue(testVerifier({ scope: 'a' })));
      expect(await send(`${url}/stock/staff`, tokenFor(app, {}, 'staff'))).toEqual([200, { sub: 'test-user' }]);
      expect((await send(`${url}/stock/staff`, tokenFor(app, { scope: 'b' }, 'staff')))[0]).toBe(403);
    });

    it.each<[string, object, number]>([
      ['OidcModule', OidcModule.forRoot({ ...client, token: {} }), 401],
      ['TokenModule', TokenModule.forRoot(api), 401],
      ['OidcModule that takes no tokens', OidcModule.forRoot(client), 500],
    ])(
      '[D14] is nothing that an application has by itself, with %s: it gets none, and takes none',
      async (_what, module, status) => {
        const { app, url } = await start(stock(module));
        expect(await refusal(() => tokenFor(app))).toMatchObject({
          code: 'invalid_option',
          message:
            'Expected an application of OidcTestingModule, or one whose TokenVerifier is a testVerifier(), came another.',
        });
        const { app: test } = await start(stock(OidcTestingModule.forRoot()));
        expect((await send(`${url}/stock`, tokenFor(test)))[0]).toBe(status);
      },
    );

    it("lets tests override its guards by Nest's own means, at handlers and for the whole application", async () => {
      const open = { canActivate: () => true };
      const { url } = await start(stock(OidcTestingModule.forRoot()).overrideGuard(TokenGuard).useValue(open));
      expect(await send(`${url}/stock/write`)).toEqual([200, { wrote: true }]);

      @Controller('demanding')
      class Demanding {
        @Get() @RequireScope('a') demanding(): object {
          return { demanding: true };
        }
      }
      const everywhere = Test.createTestingModule({
        imports: [OidcTestingModule.forRoot()],
        controllers: [Demanding],
        providers: [TokenGuard, { provide: APP_GUARD, useExisting: TokenGuard }],
      });
      everywhere.overrideProvider(TokenGuard).useValue(open);
      const { url: refusing } = await start(everywhere);
      expect((await send(`${refusing}/demanding`))[0]).toBe(500);
      const { url: other } = await start(everywhere.overrideGuard(DemandGuard).useValue(open));
      expect(await send(`${other}/demanding`)).toEqual([200, { demanding: true }]);
    });

    it('[D14] takes none of another test', async () => {
      const { url } = await start(stock(OidcTestingModule.forRoot()));
      const { app } = await start(stock(OidcTestingModule.forRoot()));
      expect((await send(`${url}/stock`, tokenFor(app)))[0]).toBe(401);
    });
  });
});
