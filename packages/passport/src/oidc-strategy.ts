import { demandLogin, OidcClient, OidcError, type OidcOptions, errorAnswer, send } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
import passport from 'passport';
import { dependOnSession } from './answers.js';
import { completeCallback } from './complete-callback.js';
import { bindLogIn, bindLogOut, userFor } from './marks.js';
import { middlewareOf, type Middleware, type MiddlewareOptions } from './middleware.js';
import { type Outcome, outcomeOf } from './outcome.js';
import { type PassportRequest, type Seen, seenOf } from './requests.js';
import { type Scope, within, withVerify } from './scope.js';
import type { Verify } from './verify.js';

/** What `passport.authenticate('oidc', options)` takes beside passport's own. */
export interface OidcAuthenticateOptions {
  /** Lets requests pass to whom nobody is signed in, without a user; default false. */
  readonly optional?: boolean;
}

/** Answers errors, as Express calls such a middleware. */
export type ErrorHandler = (
  error: unknown,
  req: PassportRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

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
  constructor(options: OidcOptions, verify: Verify) {
    super();
    this.client = new OidcClient(withVerify(options, verify));
  }

  /**
   * The middleware that serves the routes of a login and a logout, and signs out whose session has ended. Mount it after
   * `passport.session()`, where that is used, and before what asks for users.
   */
  middleware(options: MiddlewareOptions = {}): Middleware {
    return middlewareOf(this.client, options);
  }

  /** Answers what the strategy refused, under `failWithError`, and what failed: as a page to people, as JSON to everybody else. */
  errorHandler(): ErrorHandler {
    return (error, req, res, next) => {
      const seen = seenOf(this.client, req);
      if (!seen || res.headersSent) return next(error);
      answerTo(error, seen).then((answer) => (answer ? send(answer, res) : next(error)), next);
    };
  }

  /** Called by passport. @internal */
  override authenticate(req: PassportRequest, options: OidcAuthenticateOptions = {}): void {
    decide(this.client, req, options)
      .catch((error: unknown): Outcome => ({ is: 'error', error }))
      .then((outcome) => this.conclude(outcome))
      .catch((error: unknown) => this.error(error));
  }

  private conclude(outcome: Outcome): void {
    switch (outcome.is) {
      case 'success':
        return this.success(outcome.user, outcome.info);
      case 'fail':
        return this.fail({ ...outcome.info }, outcome.status);
      case 'redirect':
        return this.redirect(outcome.url, outcome.status);
      case 'pass':
        return this.pass();
      case 'error':
        return this.error(outcome.error);
    }
  }
}

async function decide(client: OidcClient, req: PassportRequest, options: OidcAuthenticateOptions): Promise<Outcome> {
  const seen = seenOf(client, req);
  if (!seen)
    throw new TypeError(
      'Expected app.use(strategy.middleware()) before passport.authenticate(), came a request that it has not seen.',
    );
  bindLogOut(seen);
  const outcome = seen.visit.route?.name === 'callback' ? await completeCallback(seen) : await guard(seen, options);
  if (outcome.is === 'success') bindLogIn(seen, { ...outcome.info, user: outcome.user });
  return outcome;
}

async function guard(seen: Seen, { optional = false }: OidcAuthenticateOptions): Promise<Outcome> {
  const { req, res, visit } = seen;
  try {
    if (optional && !(await visit.session())) return { is: 'pass' };
    const scope: Scope = { req };
    const answer = await within(scope, () => demandLogin(visit));
    if (answer) return outcomeOf(answer, seen, scope);
    const session = await visit.session();
    if (!session) throw new TypeError('Expected a session after it was demanded, came none.');
    return { is: 'success', user: userFor(seen, session), info: { session } };
  } finally {
    dependOnSession(visit, res);
  }
}

async function answerTo(error: unknown, { visit, refused }: Seen): Promise<Response | undefined> {
  if (refused && (error === refused.error || isFailure(error))) return refused.answer;
  return error instanceof OidcError ? errorAnswer(visit, error) : undefined;
}

/** What passport makes of `fail` under `failWithError`. */
function isFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'AuthenticationError';
}
