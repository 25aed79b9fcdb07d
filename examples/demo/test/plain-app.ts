import { randomBytes } from 'node:crypto';
import { oidc, requireLogin } from '@latchkey/express';
import type { OidcClient, OidcOptions } from '@latchkey/core';
import express, { type RequestHandler } from 'express';
import type { ClientMetadata } from 'oidc-provider';
import { createOp } from '../src/op.js';
import { Site } from '../src/site.js';

/** The least that an app with a login has, and an OP of its own, for what the demo itself is not made to show. */
export interface PlainApp {
  readonly client: OidcClient;
  readonly origin: string;
  readonly op: Site;
  stop(): Promise<void>;
}

export interface PlainAppOptions {
  /** Express 4 or 5. */
  readonly framework?: typeof express;
  /** What is mounted before `oidc()`. */
  readonly before?: RequestHandler;
  readonly options?: Partial<OidcOptions>;
}

export async function startPlainApp({
  framework = express,
  before = (_req, _res, next) => next(),
  options,
}: PlainAppOptions = {}): Promise<PlainApp> {
  const op = await Site.listen(0);
  const site = await Site.listen(0);
  const clientSecret = randomBytes(32).toString('hex');
  const login = oidc({
    issuer: op.origin,
    clientId: 'plain',
    clientSecret,
    baseUrl: site.origin,
    session: { secret: randomBytes(32).toString('hex') },
    ...options,
  });
  op.serve(await createOp(op.origin, [{ ...login.client.metadata(), client_secret: clientSecret } as ClientMetadata]));
  const app = framework();
  app.use(before, login);
  app.get('/', (req, res) => {
    res.send(plainPage(req.oidc.user?.name));
  });
  app.get('/me', requireLogin(), (req, res) => {
    res.send(plainPage(req.oidc.user.name));
  });
  site.serve(app);
  const stop = async (): Promise<void> => void (await Promise.all([op.stop(), site.stop()]));
  return { client: login.client, origin: site.origin, op, stop };
}

function plainPage(name = 'Nobody'): string {
  return `<!doctype html><title>Plain</title><h1>${name}</h1><a href="/me">Sign in</a>
    <form method="post" action="/auth/logout"><button>Sign out</button></form>`;
}
