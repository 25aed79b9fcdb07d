import { DeniedError, type ApiRequest, type LoginDemand, type OidcClient, show } from '@latchkey/core';
import type { OidcError, Session } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import type { Pass } from '../calls.js';
import { HttpChannel } from './http-channel.js';

/** What called a handler, as the guards, the filter and the parameter decorators see it; one class for each kind. */
export interface Channel {
  /** What the state of this call hangs on: the same object for all that ask of one call. */
  readonly key: object;
  /**
   * The session that came with it, read once for each call; over a socket by the cookies of its handshake.
   * @throws DeniedError `login_required` when there is none, `csrf_refused` when it may not be used for this, `insufficient_user_authentication`
   */
  session(client: OidcClient, demand?: LoginDemand): Promise<Session>;
  /**
   * The call as an API sees it, for guards that take tokens; the same object for all calls over one socket, so that what
   * was verified of it once, such as a DPoP proof, need not be verified again.
   */
  readonly apiRequest: ApiRequest;
  /** Sees to it that the connection closes when what the call passed for ends; a call that ends by itself needs nothing. */
  hold(pass: Pass): Promise<void>;
  /** What is thrown on in place of an error of ours, so that the caller gets the answer that is right for its kind. */
  exceptionOf(error: OidcError, client?: OidcClient): Promise<Error>;
}

/** The one place where Nest's context becomes a channel; undefined for every kind that no class stands for. */
export function findChannel(host: ArgumentsHost): Channel | undefined {
  switch (host.getType<string>()) {
    case 'http':
      return new HttpChannel(host.switchToHttp());
    default:
      return undefined;
  }
}

/** @throws DeniedError `unknown_context` for a kind that is not known: nobody passes by being unknown */
export function channelOf(host: ArgumentsHost): Channel {
  const channel = findChannel(host);
  if (channel) return channel;
  throw new DeniedError('unknown_context', `Expected a call over http, came one over ${show(host.getType<string>())}.`);
}
