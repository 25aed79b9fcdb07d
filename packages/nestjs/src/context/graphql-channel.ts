import { type ApiRequest, DeniedError, type LoginDemand, requireHandshake } from '@latchkey/core';
import type { NodeRequest, OidcClient, OidcError, Session } from '@latchkey/core';
import type { ArgumentsHost } from '@nestjs/common';
import { callOf, type Pass } from '../calls.js';
import { logError } from '../logging.js';
import { graphqlConnection, type GraphqlWsContext } from '../sockets/connections.js';
import type { Connection } from '../sockets/connection.js';
import { type Channel } from './channel.js';
import { GraphqlException } from './graphql-exception.js';
import { HttpChannel, type HttpResponse, type Wrapped } from './http-channel.js';
import { placeOf } from './place.js';

/** A field of a query or a mutation over HTTP, or of a subscription over graphql-ws. */
export class GraphqlChannel implements Channel {
  readonly key: object;
  readonly #transport: HttpChannel | Connection;
  readonly #place: string;

  /** @throws DeniedError `unknown_context` where the context of the query holds no request */
  constructor(host: ArgumentsHost) {
    const req = requestOf(host.getArgs());
    if (isOfGraphqlWs(req)) {
      this.key = req.extra.request;
      this.#transport = graphqlConnection(req);
    } else {
      this.#transport = httpChannelOf(req);
      this.key = this.#transport.key;
    }
    this.#place = placeOf('GraphQL', host);
  }

  session(client: OidcClient, demand?: LoginDemand): Promise<Session> {
    if (this.#transport instanceof HttpChannel) return this.#transport.session(client, demand);
    return requireHandshake(this.#transport.handshake.visit(client), demand);
  }

  get apiRequest(): ApiRequest {
    return this.#transport instanceof HttpChannel ? this.#transport.apiRequest : this.#transport.handshake;
  }

  hold(pass: Pass): Promise<void> {
    return this.#transport.hold(pass);
  }

  exceptionOf(error: OidcError): Promise<Error> {
    logError(error, this.#place);
    return Promise.resolve(new GraphqlException(error));
  }
}

/** Resolvers get (parent, arguments, context, info), those of references no arguments; Nest puts `req` into the context. */
function requestOf(args: readonly unknown[]): unknown {
  const context = args.length === 3 ? args[1] : args[2];
  return isObject(context) ? context.req : undefined;
}

function isOfGraphqlWs(req: unknown): req is GraphqlWsContext {
  return isObject(req) && isObject(req.extra) && isObject(req.extra.request) && isObject(req.extra.socket);
}

/** Of a request that our middleware has seen; it knows the answer, which the context of a query need not hold. */
function httpChannelOf(req: unknown): HttpChannel {
  const call = isObject(req) ? callOf(isObject(req.raw) ? req.raw : req) : undefined;
  const response = call && (call.response ?? (req as { readonly res?: HttpResponse }).res);
  if (response) return new HttpChannel(req as Wrapped<NodeRequest>, response);
  throw new DeniedError('unknown_context', "Expected Nest's `req` in the context of a query, came something else.");
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
