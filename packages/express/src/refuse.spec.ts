import { OidcError, TokenError, UnavailableError, type Hooks } from '@latchkey/core';
import type { ErrorRequestHandler, Express } from 'express';
import { TestClock } from '../../core/test/clock.js';
import { TestOp } from '../../core/test/op.js';
import { Api, audience, Mint } from '../test/api.js';
import { majors, secret } from '../test/app.js';
import { oidc, requireScope, requireToken } from './index.js';

let mint: Mint;
let op: TestOp;
const clock = new TestClock();
beforeAll(async () => {
  mint = await Mint.start();
  op = await TestOp.start();
});
afterAll(async () => {
  await mint.stop();
  await op.server.stop();
});

const expired = (): Promise<string> => mint.token(clock, { exp: 1 });
const challenge = 'Bearer error="invalid_token", error_description="The access token has expired."';

describe.each(majors)('a refusal on $name', ({ express }) => {
  /** A guarded program, behind `oidc()` or not, whose own error handler may follow. */
  const start = (hooks: Hooks | undefined, own?: ErrorRequestHandler): Promise<Api> =>
    Api.start(express, (app: Express) => {
      if (hooks)
        app.use(
          oidc({ issuer: op.issuer, clientId: 'app', baseUrl: 'http://localhost', session: { secret }, clock, hooks }),
        );
      app.use('/api', requireToken(mint.options(clock)));
      app.get('/api/admin', requireScope('admin'));
      app.use('/api', (_req, res) => void res.json({}));
      if (own) app.use(own);
    });

  it("reaches the program's error handler typed, which may answer otherwise", async () => {
    const seen: unknown[] = [];
    const api = await start(undefined, (error, _req, res, _next) => {
      if (!(error instanceof TokenError)) throw error;
      const { code, status, error: name, publicMessage, headers } = error;
      seen.push([code, status, name, publicMessage, headers]);
      res.status(418).json({ code });
    });
    const { headers: _headers, ...answer } = await api.ask('/api', await expired());
    // The challenge is there already: a handler that knows nothing of it cannot lose it.
    expect(answer).toEqual({ status: 418, challenge, body: '{"code":"token_refused"}' });
    expect(seen).toEqual([
      ['token_refused', 401, 'invalid_token', 'The access token has expired.', { 'WWW-Authenticate': challenge }],
    ]);
  });

  it('loses its challenge where the error handler wants that', async () => {
    const api = await start(undefined, (_error, _req, res, _next) => {
      res.removeHeader('WWW-Authenticate');
      res.status(404).end();
    });
    expect(await api.ask('/api')).toMatchObject({ status: 404, challenge: null });
  });

  it('reaches the hook onError where oidc() has seen the request, which may answer in its place', async () => {
    const seen: unknown[] = [];
    const api = await start({
      onError: async (error, { request }) => {
        await Promise.resolve();
        seen.push([error.code, error.status, new URL(request.url).pathname]);
        return Response.json({ title: error.publicMessage }, { status: error.status, headers: error.headers });
      },
    });
    const { headers, ...answer } = await api.ask('/api/orders?a=b', await expired());
    expect(answer).toEqual({ status: 401, challenge, body: '{"title":"The access token has expired."}' });
    expect(headers.get('cache-control')).toBe('private, no-store');
    const scope =
      'Bearer error="insufficient_scope", error_description="The access token was not granted what this takes.", scope="admin"';
    expect(await api.ask('/api/admin', await mint.token(clock))).toMatchObject({ status: 403, challenge: scope });
    expect(seen).toEqual([
      ['token_refused', 401, '/api/orders'],
      ['insufficient_scope', 403, '/api/admin'],
    ]);
  });

  it('may become a page, and keeps its challenge', async () => {
    const api = await start({ onError: () => ({ html: '<p>No.' }) });
    expect(await api.ask('/api', await expired())).toMatchObject({ status: 401, challenge, body: '<p>No.' });
  });

  it('is as without a hook where the hook has nothing to say', async () => {
    const plain = await (await start(undefined)).ask('/api', await expired());
    for (const hooks of [{}, { onError: () => undefined }]) {
      const { status, body, challenge: said } = await (await start(hooks)).ask('/api', await expired());
      expect([status, body, said]).toEqual([plain.status, plain.body, challenge]);
    }
  });

  it('by a hook that fails is the failure, for the error handlers', async () => {
    const api = await start(
      { onError: () => Promise.reject(new Error('no template')) },
      (error: Error, _req, res, _next) => {
        res.status(500).send(error.message);
      },
    );
    expect(await api.ask('/api')).toMatchObject({ status: 500, body: 'no template' });
  });

  it('is none where something else failed: a predicate of the program', async () => {
    const failing = {
      claims: {
        tenant: () => {
          throw new RangeError('the database is away');
        },
      },
    };
    const api = await Api.start(express, (app) => {
      app.use(
        oidc({
          issuer: op.issuer,
          clientId: 'app',
          baseUrl: 'http://localhost',
          session: { secret },
          hooks: { onError: () => ({ html: 'no' }) },
        }),
      );
      app.use(requireToken(mint.options(clock, failing)), (_req, res) => void res.json({}));
      app.use(
        ((error: Error, _req, res, _next) => void res.status(500).send(error.name)) satisfies ErrorRequestHandler,
      );
    });
    expect(await api.ask('/', await mint.token(clock, { tenant: 'acme' }))).toMatchObject({
      status: 500,
      body: 'RangeError',
      challenge: null,
    });
  });

  it('[R73] after the response has begun changes nothing of it, and reaches the error handler', async () => {
    const seen: unknown[] = [];
    const api = await Api.start(express, (app) => {
      app.use((_req, res, next) => {
        res.write('begun');
        next();
      });
      app.use(requireToken({ issuer: mint.issuer, audience }));
      app.use(((error: unknown, _req, res, _next) => {
        seen.push(error instanceof OidcError && !(error instanceof UnavailableError) && error.code);
        res.end(', ended');
      }) satisfies ErrorRequestHandler);
    });
    expect(await api.ask('/')).toMatchObject({ status: 200, body: 'begun, ended' });
    expect(seen).toEqual(['token_required']);
  });
});
