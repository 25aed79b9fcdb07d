import { ConfigurationError, handle, type NodeRequest, type OidcClient, send } from '@latchkey/core';
import { show, toRequest } from '@latchkey/core';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { ServerResponse } from 'node:http';
import { noteCall } from './calls.js';
import type { HttpResponse } from './context/http-channel.js';
import type { OidcRegistry } from './registry.js';
import { visitOf } from './visits.js';

/** What we use of Fastify, which an application on Express does not have. */
interface Fastify {
  addHook(name: 'onRequest', hook: (request: FastifyRequest, reply: FastifyReply) => Promise<void>): unknown;
}
interface FastifyRequest {
  readonly raw: NodeRequest;
}
interface FastifyReply {
  readonly raw: ServerResponse;
  getHeaders(): Record<string, number | string | string[] | undefined>;
  hijack(): unknown;
  header(name: string, value: string): unknown;
}
type Next = (error?: unknown) => void;

/**
 * Serves the clients' routes before Nest's own router: no prefix, version, guard, pipe or interceptor of the application
 * reaches them. Also notes every request, for the parameter decorators.
 * @throws ConfigurationError `invalid_option` on another platform than Express or Fastify
 */
export function mountRoutes(adapter: AbstractHttpAdapter, registry: OidcRegistry): void {
  const platform = adapter.getType();
  if (platform === 'express') onExpress(adapter, registry);
  else if (platform === 'fastify') adapter.getInstance<Fastify>().addHook('onRequest', hookOf(registry));
  else
    throw new ConfigurationError('invalid_option', `Expected the platform express or fastify, came ${show(platform)}.`);
}

function onExpress(adapter: AbstractHttpAdapter, registry: OidcRegistry): void {
  adapter.use((req: NodeRequest, res: ServerResponse, next: Next) => {
    const answer = answerOf(registry, req);
    if (!answer) return next();
    answer.then((response) => response && send(response, res)).catch(next);
  });
}

/** What other plugins have said of the answer, such as CORS, holds for ours too. */
function hookOf(registry: OidcRegistry): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async ({ raw }, reply) => {
    const response = await answerOf(registry, raw, reply);
    if (!response) return;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    reply.hijack();
    await send(response, reply.raw);
  };
}

function answerOf(
  registry: OidcRegistry,
  req: NodeRequest,
  response?: HttpResponse,
): Promise<Response | undefined> | undefined {
  noteCall(req, { registry, ...(response && { response }) });
  for (const client of registry.clients().values()) {
    if (visitOf(req, client).route) return serve(client, req);
  }
  return undefined;
}

async function serve(client: OidcClient, req: NodeRequest): Promise<Response | undefined> {
  return handle(client, await toRequest(req, new URL(client.baseUrl).origin));
}
