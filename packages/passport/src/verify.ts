import type { LoginContext } from '@latchkey/core';
import type { PassportRequest } from './requests.js';

/** A login that was validated, for the program to say who that is to it. */
export interface VerifiedLogin extends LoginContext {
  /** The callback as the framework has it: where a program finds what its own middleware hung on the request. */
  readonly req: PassportRequest;
}

/** Passport's callback: an error, or the user, or false with what to tell about it. */
export type VerifyDone = (error: unknown, user?: Express.User | false | null, info?: object) => void;

/**
 * Maps a validated login to a user of the program (JSON), which the session keeps; `false` refuses. It returns the
 * user, or a promise of it, or calls `done`.
 */
export type Verify = (
  login: VerifiedLogin,
  done: VerifyDone,
) => Express.User | false | null | undefined | void | Promise<Express.User | false | null | undefined | void>;

/** What the program said. */
export interface VerifyAnswer {
  readonly user: Express.User | undefined;
  /** What it wants to be told about it. */
  readonly info?: object | undefined;
}

/** Asks the program, in whichever of passport's styles it answers. Whoever says nothing has not agreed. */
export function ask(verify: Verify, login: VerifiedLogin): Promise<VerifyAnswer> {
  return new Promise((resolve, reject) => {
    const done: VerifyDone = (error, user, info) => {
      if (error) reject(asError(error));
      else resolve({ user: user || undefined, info });
    };
    // What takes `done` may call it after it has returned nothing.
    const waits = verify.length > 1;
    Promise.resolve(verify(login, done)).then((user) => {
      if (user !== undefined || !waits) resolve({ user: user || undefined });
    }, reject);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('verify failed with what is no error.', { cause: error });
}
