import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpException,
  Logger,
  UseGuards,
} from '@nestjs/common';
import { DeniedError, OidcError, ResponseError, type Session, UnavailableError } from '@latchkey/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { firstValueFrom, type Observable } from 'rxjs';
import { HttpAdapterHost } from '@nestjs/core';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, json, Pages, secret, signIn, surroundings } from '../test/app.js';
import { LoginGuard, OidcException, OidcFilter, OidcSession } from './index.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
});
afterAll(() => op.stop());

@Controller('fail')
class Failing {
  @Get('denied') denied(): never {
    throw new DeniedError('login_refused', 'Expected another user.', { publicMessage: 'Not <you>.' });
  }
  @Get('response') response(): never {
    throw new ResponseError('userinfo_sub', 'Expected the user of before, came another.', { status: 502 });
  }
  @Get('unavailable') unavailable(): never {
    throw new UnavailableError('op_unreachable', 'Expected an answer, came none.', { retryAfter: 7 });
  }
  @Get('login') login(): never {
    throw new DeniedError('login_required', 'Expected a session.', { status: 401 });
  }
  @Get('over') @UseGuards(LoginGuard) async over(@OidcSession() session: Session): Promise<object> {
    return { token: await session.accessToken() };
  }
}

/** A filter of an application that catches everything and knows nothing of us. */
@Catch()
class CatchAll implements ExceptionFilter {
  constructor(private readonly host: HttpAdapterHost) {}
  catch(exception: unknown, host: ArgumentsHost): void {
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    const body = exception instanceof HttpException ? exception.getResponse() : {};
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), { ...(body as object), caught: true }, status);
  }
}

const build = { controllers: [Pages, Failing] };

describe.each(surroundings)('OidcFilter on $name', (around) => {
  it.each<[string, number, object, Record<string, string>]>([
    ['denied', 403, { error: 'login_refused', error_description: 'Not <you>.' }, {}],
    [
      'response',
      502,
      { error: 'userinfo_sub', error_description: 'The answer of the sign-in service could not be accepted.' },
      {},
    ],
    ['unavailable', 503, { error: 'op_unreachable' }, { 'retry-after': '7' }],
  ])('answers an error of a handler: %s', async (page, status, body, headers) => {
    const app = await App.start(op, around, {}, build);
    const answer = await new UserAgent().fetch(`${app.pages}/fail/${page}`, { headers: background });
    expect([answer.status, json(answer)]).toEqual([status, expect.objectContaining(body)]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ ...headers, 'cache-control': 'private, no-store' });
  });

  it('[R98] shows a page to people, escaped, under a policy', async () => {
    const app = await App.start(op, around, {}, build);
    const page = await new UserAgent().fetch(`${app.pages}/fail/denied`);
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Not &#60;you&#62;.');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('sends people to sign in where a handler finds that they must', async () => {
    const app = await App.start(op, around, {}, build);
    const page = await new UserAgent().fetch(`${app.pages}/fail/login`);
    expect([page.status, page.headers.get('location')?.startsWith(op.issuer)]).toEqual([303, true]);
    expect(page.headers.getSetCookie()).toHaveLength(1);
    expect((await new UserAgent().fetch(`${app.pages}/fail/login`, { headers: background })).status).toBe(401);
  });

  it('answers 401 to who has a session without an access token', async () => {
    const app = await App.start(op, around, {}, build);
    const agent = new UserAgent();
    await signIn(agent, op, app);
    app.client.replaceSecrets({ session: [`${secret}, another`] });
    const answer = await agent.fetch(`${app.pages}/fail/over`, { headers: background });
    expect([answer.status, json(answer).error]).toEqual([401, 'login_required']);
  });

  it("[R49] leaves status, headers and a body to a filter of the application's own", async () => {
    const app = await App.start(
      op,
      around,
      {},
      { ...build, surround: (nest) => nest.useGlobalFilters(new CatchAll(nest.get(HttpAdapterHost))) },
    );
    const agent = new UserAgent();
    const sent = await agent.fetch(`${app.pages}/private`);
    expect([sent.status, sent.headers.get('location')?.startsWith(op.issuer), json(sent).caught]).toEqual([
      303,
      true,
      true,
    ]);
    expect((await op.signIn(agent, await agent.open(`${app.pages}/private`))).url).toBe(`${app.pages}/private`);
    const refused = await new UserAgent().fetch(`${app.pages}/private`, { headers: background });
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'private, no-store']);
    expect(json(refused)).toEqual({
      statusCode: 401,
      error: 'login_required',
      message: 'You need to sign in first.',
      caught: true,
    });
  });

  it('answers 500 where a hook fails, and goes on', async () => {
    const hooks = { onError: () => Promise.reject(new Error('no template')) };
    const app = await App.start(op, around, { hooks }, build);
    for (const page of ['private', 'fail/denied']) {
      const answer = await new UserAgent().fetch(`${app.pages}/${page}`, { headers: background });
      expect([answer.status, json(answer)]).toEqual([500, { statusCode: 500, message: 'Internal server error' }]);
    }
  });

  it("answers as the application's hook says", async () => {
    const hooks = { onError: ({ code }: OidcError) => ({ redirect: `/sorry?${code}` }) };
    const app = await App.start(op, around, { hooks }, build);
    const answer = await new UserAgent().fetch(`${app.pages}/private`, { headers: background });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sorry?login_required']);
  });
});

describe('errors of other calls than over HTTP', () => {
  const filter = new OidcFilter({} as HttpAdapterHost);
  const error = new DeniedError('login_required', 'Expected a session.', { status: 401 });
  const both = [error, new OidcException(error, Response.json({}))];
  const hostOf = (type: string): ExecutionContextHost => {
    const host = new ExecutionContextHost([{}, {}, {}, {}]);
    host.setType(type);
    return host;
  };

  it('messages of services end with what their callers are told', async () => {
    for (const each of both) {
      const answer = filter.catch(each, hostOf('rpc')) as Observable<never>;
      await expect(firstValueFrom(answer)).rejects.toMatchObject({ code: 'login_required' });
    }
  });

  it('end no process where nobody can be told', async () => {
    const logged = new Promise<unknown>((resolve) => {
      Logger.overrideLogger({ log: resolve, warn: resolve, error: resolve, debug: () => undefined });
    });
    filter.catch(error, hostOf('ws'));
    expect(await logged).toMatchObject({ code: 'unknown_context' });
    Logger.overrideLogger(false);
  });

  it('are thrown on where it does not know what called', () => {
    for (const each of both) expect(() => filter.catch(each, hostOf('smoke signals'))).toThrow(each);
  });
});
