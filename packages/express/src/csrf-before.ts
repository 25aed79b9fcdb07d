import { warn, type OidcClient } from '@latchkey/core';
import type { Application, RequestHandler } from 'express';

interface Layer {
  readonly name?: string;
  readonly handle?: unknown;
}

/** Express 5 calls it `router`, which throws in Express 4, where it is `_router`. */
function layersOf(app: Application): readonly Layer[] {
  const { _router: router = app.router } = app as { readonly _router?: { readonly stack?: unknown } };
  const { stack } = router ?? {};
  return Array.isArray(stack) ? (stack as readonly Layer[]) : [];
}

/**
 * Tells the program's author of a CSRF middleware that stands before ours, where it can be seen: the OP's logout
 * tokens come without the value that it looks for, so none would get through to us.
 */
export function warnOfCsrfBefore(client: OidcClient, app: Application, ours: RequestHandler): void {
  if (client.routes.url('backchannelLogout') === undefined) return;
  const layers = layersOf(app);
  const before = layers.slice(
    0,
    Math.max(
      layers.findIndex(({ handle }) => handle === ours),
      0,
    ),
  );
  if (!before.some(({ name = '' }) => /csrf|xsrf/i.test(name))) return;
  warn(
    client,
    'LATCHKEY_CSRF_BEFORE',
    'A CSRF middleware is mounted before oidc(): it would refuse the logout tokens of the OP, which cannot know its token. Mount oidc() before it.',
  );
}
