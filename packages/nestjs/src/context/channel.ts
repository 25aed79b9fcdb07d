import { DeniedError, type ApiRequest, type LoginDemand, type OidcClient, show } from '@latchkey/core';
import type { OidcError, Session } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import type { Pass } from '../calls.js';
import { GraphqlChannel } from './graphql-channel.js';
import { HttpChannel } from './http-channel.js';
import { RpcChannel } from './rpc-channel.js';
import { WsChannel } from './ws-channel.js';

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

/**
 * The one place where Nest's context becomes a channel.
 * @throws DeniedError `unknown_context` for every kind that no class stands for: nobody passes by being unknown
 */
export function channelOf(host: ArgumentsHost): Channel {
  const type = host.getType<string>();
  switch (type) {
    case 'http': {
      const http = host.switchToHttp();
      return new HttpChannel(http.getRequest(), http.getResponse());
    }
    case 'graphql':
      return new GraphqlChannel(host);
    case 'ws':
      return new WsChannel(host);
    case 'rpc':
      return new RpcChannel(host);
    default:
      throw new DeniedError(
        'unknown_context',
        `Expected a call over HTTP, GraphQL, WebSocket or RPC, came one over ${show(type)}.`,
      );
  }
}

/** The channel of a call, if it is of a kind that is known. */
export function findChannel(host: ArgumentsHost): Channel | undefined {
  try {
    return channelOf(host);
  } catch (error) {
    if (error instanceof DeniedError) return undefined;
    throw error;
  }
}
