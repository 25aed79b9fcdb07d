import { All, Controller, Get, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ForeignOp } from '../../../core/test/foreign-op.js';
import { UserAgent } from '../../../core/test/user-agent.js';
import { App, background, json, Pages, platforms, signIn } from '../../test/app.js';
import { askAsIs, lenient, spellings } from '../../test/paths.js';
import { LoginGuard } from '../index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

@Controller('admin')
class Admin {
  @All() all(): object {
    return { secret: true };
  }
  @Get('list/:id') one(): object {
    return { secret: true };
  }
}

@Controller('open')
class Open {
  @Get() everybody(): object {
    return { open: true };
  }
  @Get('mine') @UseGuards(LoginGuard) mine(): object {
    return { secret: true };
  }
}

describe.each([...platforms, lenient])('LoginGuard on $name', ({ name, adapter }) => {
  const around = { name, adapter, prefix: '', surround: (): void => undefined };
  const everywhere = { controllers: [Pages, Admin], providers: [{ provide: APP_GUARD, useClass: LoginGuard }] };

  it.each(spellings)('[D12] [D13] lets nobody in by another spelling of the path: %s', async (path) => {
    const app = await App.start(op, around, {}, everywhere);
    const { port } = new URL(app.url);
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const [status, body] = await askAsIs(Number(port), method, path);
      expect([path, method, body.includes('secret')]).toEqual([path, method, false]);
      expect([400, 401, 404]).toContain(status);
    }
    // It is the guard that stops them, not the lack of a route.
    const agent = new UserAgent();
    await signIn(agent, op, app);
    expect((await agent.fetch(`${app.url}/admin`)).text).toBe('{"secret":true}');
  });

  it('guards one handler where it stands at one', async () => {
    const app = await App.start(op, around, {}, { controllers: [Pages, Open] });
    const agent = new UserAgent();
    const askFor = (page: string) => agent.fetch(app.url + page, { headers: background });
    expect([(await askFor('/open')).status, (await askFor('/open/mine')).status]).toEqual([200, 401]);
    await signIn(agent, op, app);
    expect(json(await askFor('/open/mine'))).toEqual({ secret: true });
  });
});
