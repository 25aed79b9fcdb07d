import { ConfigurationError, type LoginContext, show, type VerifiedToken } from '@latchkey/core';
import { asError, type PassportRequest } from './requests.js';

/** A login that was validated, for the program to say who that is to it. */
export interface VerifiedLogin extends LoginContext {
  /** The callback as the framework has it: where a program finds what its own middleware hung on the request. */
  readonly req: PassportRequest;
}

/** An access token that was verified, for the program to say who that is to it. */
export interface PresentedToken {
  /** The token, and what it says. */
  readonly auth: VerifiedToken;
  /** The request as the framework has it. */
  readonly req: PassportRequest;
}

/** Passport's callback: an error, or the user, or false with what to tell about it. */
export type VerifyDone = (error: unknown, user?: Express.User | false | null, info?: object) => void;

/** What a program answers: its user, or that there is none. */
export type Verified = Express.User | false | null | undefined | void;

/**
 * Maps what was validated to a user of the program; `false` refuses. It returns the user, or a promise of it, or calls
 * `done`. Whoever says nothing has not agreed.
 */
export type Verify<Subject> = (subject: Subject, done: VerifyDone) => Verified | Promise<Verified>;

/** @throws ConfigurationError `invalid_option`: without it, nobody could say who that is */
export function requireVerify(verify: unknown): void {
  if (typeof verify === 'function') return;
  throw new ConfigurationError('invalid_option', `Expected a function for verify, came ${show(verify)}.`);
}

/** What the program said. */
export interface VerifyAnswer {
  readonly user: Express.User | undefined;
  /** What it wants to be told about it. */
  readonly info?: object | undefined;
}

/** Asks the program, in whichever of passport's styles it answers. */
export function ask<Subject>(verify: Verify<Subject>, subject: Subject): Promise<VerifyAnswer> {
  return new Promise((resolve, reject) => {
    const done: VerifyDone = (error, user, info) => {
      if (error) reject(asError(error));
      else resolve({ user: user || undefined, info });
    };
    // What takes `done` may call it after it has returned nothing.
    const waits = verify.length > 1;
    Promise.resolve(verify(subject, done)).then((user) => {
      if (user !== undefined || !waits) resolve({ user: user || undefined });
    }, reject);
  });
}
