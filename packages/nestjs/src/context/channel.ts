import { DeniedError, type OidcClient, type OidcError, type Session, show } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import { HttpChannel } from './http-channel.js';

/** What called a handler, as the guards, the filter and the parameter decorators see it; one class for each kind. */
export interface Channel {
  /** What the state of this call hangs on: the same object for all that ask of one call. */
  readonly key: object;
  /**
   * The session that came with it, read once.
   * @throws DeniedError `login_required` when there is none, `csrf_refused` when it may not be used for this
   */
  session(client: OidcClient): Promise<Session>;
  /** What is thrown on in place of an error of ours, so that the caller gets the answer that is right for its kind. */
  exceptionOf(error: OidcError, client?: OidcClient): Promise<Error>;
}

/**
 * The one place where Nest's context becomes a channel.
 * @throws DeniedError `unknown_context` for every kind that no class stands for: nobody passes by being unknown
 */
export function channelOf(host: ArgumentsHost): Channel {
  const type = host.getType<string>();
  switch (type) {
    case 'http':
      return new HttpChannel(host.switchToHttp());
    default:
      throw new DeniedError('unknown_context', `Expected a call over http, came one over ${show(type)}.`);
  }
}
