import { MemoryStore, type Session } from '@latchkey/core';
import { Controller, Get, type INestApplication, Post, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { TestClock } from '../../core/test/clock.js';
import { platforms } from '../test/app.js';
import { CurrentUser, loginAs, LoginGuard, OidcSession, OidcTestingModule, Public, UseClient } from './index.js';

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
});
