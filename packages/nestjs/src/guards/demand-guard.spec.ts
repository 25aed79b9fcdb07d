import { Controller, Get, Injectable, type INestApplication, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { Test } from '@nestjs/testing';
import { platforms } from '../../test/app.js';
import { DemandGuard, loginAs, LoginGuard, LoginOrTokenGuard, OidcRegistry, OidcTestingModule } from '../index.js';
import { Public, RequireAcr, RequireClaim, RequireMaxAge, RequireScope, TokenGuard, tokenFor } from '../index.js';

@Injectable()
class ForeignGuard {
  canActivate(): boolean {
    return true;
  }
}

@Controller('none')
class Unguarded {
  @Get('scope') @RequireScope('a') scope(): object {
    return { secret: true };
  }
  @Get('claim') @RequireClaim('role', 'admin') claim(): object {
    return { secret: true };
  }
  @Get('acr') @RequireAcr('gold') acr(): object {
    return { secret: true };
  }
  @Get('age') @RequireMaxAge(300) age(): object {
    return { secret: true };
  }
  @Get('foreign') @UseGuards(ForeignGuard) @RequireScope('a') foreign(): object {
    return { secret: true };
  }
  @Get('plain') plain(): object {
    return { open: true };
  }
}
@Controller('class')
@RequireScope('a')
class UnguardedClass {
  @Get() all(): object {
    return { secret: true };
  }
  @Get('public') @Public() everybody(): object {
    return { open: true };
  }
  @Get('token') @UseGuards(TokenGuard) token(): object {
    return { secret: true };
  }
}
@Controller('login')
@UseGuards(LoginGuard)
class ForLogin {
  @Get('claim') @RequireClaim('role', 'admin') claim(): object {
    return { secret: true };
  }
}
@Controller('before')
class DemandFirst {
  @Get('above') @RequireScope('a') @UseGuards(TokenGuard) above(): object {
    return { secret: true };
  }
  @Get('below') @UseGuards(LoginOrTokenGuard) @RequireScope('a') below(): object {
    return { secret: true };
  }
}

const controllers = [Unguarded, UnguardedClass, ForLogin, DemandFirst];
const running = new Set<INestApplication>();
afterEach(() => Promise.all([...running].map((app) => app.close())));

describe.each(platforms)('what is demanded on $name', ({ adapter }) => {
  interface World {
    readonly app: INestApplication;
    readonly logged: string[];
    /** The status of a request, with a token that says all that is demanded, or with other headers. */
    readonly ask: (page: string, headers?: Record<string, string>) => Promise<number>;
  }
  async function start(
    providers: object[] = [],
    surround: (app: INestApplication) => unknown = () => undefined,
  ): Promise<World> {
    const logged: string[] = [];
    const nothing = (): void => undefined;
    const logger = { log: nothing, warn: nothing, error: (message: string) => void logged.push(message) };
    const all = [{ provide: APP_GUARD, useClass: ForeignGuard }, ...providers];
    const module = { imports: [OidcTestingModule.forRoot()], controllers, providers: all as never[] };
    const app = (await Test.createTestingModule(module).compile()).createNestApplication(adapter());
    app.useLogger(logger);
    surround(app);
    running.add(app);
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const authorization = tokenFor(app, { scope: 'a', role: 'admin', acr: 'gold', auth_time: Date.now() / 1000 });
    const ask: World['ask'] = async (page, headers = { authorization }) => {
      const answer = await fetch(url + page, { headers, redirect: 'manual' });
      expect([page, answer.status === 200 || !(await answer.text()).includes('secret')]).toEqual([page, true]);
      return answer.status;
    };
    return { app, logged, ask };
  }

  it.each(['/none/scope', '/none/claim', '/none/acr', '/none/age', '/none/foreign', '/class'])(
    'lets nobody pass where no guard of ours asks for it: %s',
    async (page) => {
      const { ask, logged } = await start();
      expect([await ask(page), await ask(page, {})]).toEqual([500, 500]);
      expect(logged).toHaveLength(2);
      expect(logged[0]).toMatch(/invalid_option: Expected a guard of @latchkey\/nestjs that decides about Unguarded/);
    },
  );

  it('says nothing of handlers where nothing is demanded', async () => {
    const { ask } = await start();
    expect([await ask('/none/plain', {}), await ask('/class/public', {})]).toEqual([200, 200]);
  });

  it('holds users of sessions to claims', async () => {
    const { app, ask } = await start();
    const cookie = await loginAs(app, { role: 'admin' });
    expect(await ask('/login/claim', { cookie })).toBe(200);
    expect(await ask('/login/claim', { cookie: await loginAs(app, { role: 'cook' }) })).toBe(403);
  });

  it.each(['/before/above', '/before/below', '/class/token'])(
    'is asked for by a guard at the same handler, in whatever order: %s',
    async (page) => {
      const { app, ask } = await start();
      const statuses = [await ask(page), await ask(page, { authorization: tokenFor(app) }), await ask(page, {})];
      expect(statuses).toEqual([200, 403, 401]);
    },
  );

  it.each<[string, object[], (app: INestApplication) => unknown]>([
    ['as APP_GUARD', [{ provide: APP_GUARD, useClass: TokenGuard }], () => undefined],
    [
      'by useGlobalGuards()',
      [],
      (app) => app.useGlobalGuards(new TokenGuard(app.get(OidcRegistry, { strict: false }))),
    ],
  ])('is asked for by a guard of the whole application, %s', async (_how, providers, surround) => {
    const { app, ask } = await start(providers, surround);
    for (const page of ['/none/scope', '/none/claim', '/none/acr', '/none/age', '/none/foreign', '/class']) {
      const statuses = [await ask(page), await ask(page, {})];
      expect([page, ...statuses]).toEqual([page, 200, 401]);
    }
    expect(await ask('/none/scope', { authorization: tokenFor(app) })).toBe(403);
  });
});

it('[R87] [D12] lets nobody pass who comes another way than it knows', async () => {
  const context = new ExecutionContextHost(
    [{}, {}],
    Unguarded,
    Object.getOwnPropertyDescriptors(Unguarded.prototype).scope.value,
  );
  context.setType('carrier pigeon');
  await expect(new DemandGuard().canActivate(context)).rejects.toMatchObject({ code: 'unknown_context' });
});
