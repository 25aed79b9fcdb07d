import { answerDenied, DeniedError, errorAnswer, OidcClient, OidcError, send } from '@latchkey/core';
import passport from 'passport';
import { completeCallback } from './callback.js';
import { guard } from './guard.js';
import { bindLogIn, bindLogOut } from './marks.js';
import { middlewareOf } from './middleware.js';
import { conclude, type Outcome } from './outcome.js';
import { type PassportRequest, type Seen, seenOf } from './requests.js';
import { type OidcStrategyOptions, withVerify } from './scope.js';
import type { ErrorHandler, Middleware, MiddlewareOptions, OidcAuthenticateOptions } from './types.js';
import type { Verify, VerifiedLogin } from './verify.js';

/**
 * Signs people in by OpenID Connect. `passport.authenticate('oidc')` lets signed-in requests pass, sends navigations to
 * sign in, and fails everything else; its middleware serves the routes of a login and of every kind of logout.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example passport.use(new OidcStrategy({ issuer, clientId, clientSecret, baseUrl, session: { secret } }, ({ user }) => user))
 */
export class OidcStrategy extends passport.Strategy {
  /** By which `passport.authenticate()` knows it, unless `passport.use()` is given another. */
  override readonly name: string = 'oidc';
  /** What the routes and the sessions stand on: `client.metadata()` tells what to register at the OP. */
  readonly client: OidcClient;

  /** @param verify maps each login to a user of the program, or refuses it */
  constructor(options: OidcStrategyOptions, verify: Verify<VerifiedLogin>) {
    super();
    this.client = new OidcClient(withVerify(options, verify));
  }

  /**
   * Serves the routes of a login and a logout, and signs out whose session has ended. Mount it after
   * `passport.session()`, where that is used, and before all that asks for users.
   */
  middleware(options: MiddlewareOptions = {}): Middleware {
    return middlewareOf(this.client, options);
  }

  /**
   * Answers what the strategy refused under `failWithError`, and errors of ours: as a page to people, as JSON to
   * everybody else, or as the hook `onError` says.
   */
  errorHandler(): ErrorHandler {
    return (error, req, res, next) => {
      const seen = seenOf(this.client, req);
      if (!seen || res.headersSent) return next(error);
      answerTo(error, seen).then((answer) => (answer ? send(answer, res) : next(error)), next);
    };
  }

  /** Called by passport. @internal */
  override authenticate(req: PassportRequest, options: OidcAuthenticateOptions = {}): void {
    conclude(this, decide(this.client, req, options));
  }
}

async function decide(client: OidcClient, req: PassportRequest, options: OidcAuthenticateOptions): Promise<Outcome> {
  const seen = seenOf(client, req);
  if (!seen) {
    const before = 'Expected app.use(strategy.middleware()) before passport.authenticate()';
    throw new TypeError(`${before}, came a request that it has not seen.`);
  }
  bindLogOut(seen);
  const isCallback = seen.visit.route?.name === 'callback';
  const outcome = await (isCallback ? completeCallback : guard)(seen, options);
  if (outcome.is === 'success') bindLogIn(seen, { ...outcome.info, user: outcome.user });
  return outcome;
}

async function answerTo(error: unknown, { visit, refused }: Seen): Promise<Response | undefined> {
  if (refused && (error === refused.error || isFailure(error))) return refused.answer;
  if (error instanceof DeniedError) return answerDenied(visit, error);
  return error instanceof OidcError ? errorAnswer(visit, error) : undefined;
}

/** What passport makes of a refusal under `failWithError`. */
function isFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'AuthenticationError';
}
