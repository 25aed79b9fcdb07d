import { hookAnswer, type NodeRequest, OidcError, send, type Visit } from '@latchkey/core';
import type { NextFunction, Response } from 'express';
import { seenVisitOf } from './attach.js';

/** A request on its way through the handlers. */
export interface Way {
  readonly req: NodeRequest;
  readonly res: Response<unknown>;
  readonly next: NextFunction;
}

/**
 * Hands a refusal to the program: to its hook `onError` where `oidc()` has seen the request, else to its error handlers,
 * of which Express's own answers with the status and the headers of the error.
 */
export function refuse(error: unknown, way: Way): void {
  const visit = error instanceof OidcError ? seenVisitOf(way.req) : undefined;
  if (visit) askHook(visit, error as OidcError, way).catch(way.next);
  else handOn(error, way);
}

async function askHook(visit: Visit, error: OidcError, way: Way): Promise<void> {
  const answer = await hookAnswer(visit, error);
  if (answer) await send(answer, way.res);
  else handOn(error, way);
}

/** The challenge goes along whichever handler answers: without it a 401 does not say what it takes. */
function handOn(error: unknown, { res, next }: Way): void {
  if (error instanceof OidcError && !res.headersSent) res.set(error.headers);
  next(error);
}
