import {
  answerDenied,
  type ApiRequest,
  DeniedError,
  errorAnswer,
  NodeApiRequest,
  requireSession,
  TokenError,
} from '@latchkey/core';
import type { LoginDemand, NodeRequest, OidcClient, OidcError, Session } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
import { stateOf } from '../calls.js';
import { logError } from '../logging.js';
import { OidcException } from '../oidc-exception.js';
import { visitOf } from '../visits.js';
import type { Channel } from './channel.js';

/** Fastify wraps Node's request and response, Express extends them. */
export type Wrapped<T> = T | { readonly raw: T };
/** What both frameworks say headers with; Fastify's own beside it, or it would send others in their place. */
interface Answering {
  header(name: string, value: string): unknown;
  append?(name: string, value: string): unknown;
}
export type HttpResponse = Wrapped<ServerResponse> & Answering;

/** A request over HTTP, on Express or on Fastify. */
export class HttpChannel implements Channel {
  readonly key: NodeRequest;
  readonly #request: Wrapped<NodeRequest> & { readonly body?: unknown };
  readonly #response: HttpResponse;

  constructor(request: Wrapped<NodeRequest>, response: HttpResponse) {
    this.#request = request;
    this.key = unwrap(request);
    this.#response = response;
  }

  async session(client: OidcClient, demand?: LoginDemand): Promise<Session> {
    const visit = visitOf(this.key, client);
    try {
      return await requireSession(visit, demand);
    } finally {
      this.#say('Cache-Control', 'private, no-store');
      for (const cookie of visit.takeCookies()) this.#say('Set-Cookie', cookie);
    }
  }

  get apiRequest(): ApiRequest {
    const state = stateOf(this.key);
    const request = state.apiRequest ?? this.#toApiRequest();
    if (request.header('dpop') !== undefined) state.apiRequest = request;
    return request;
  }

  hold(): Promise<void> {
    return Promise.resolve();
  }

  /** The headers are set here already, so that they are there whichever filter gives the answer. */
  async exceptionOf(error: OidcError, client?: OidcClient): Promise<Error> {
    const answer = await this.#answer(error, client);
    for (const [name, value] of answer.headers) if (!/^content-(?:type|length)$/.test(name)) this.#say(name, value);
    return new OidcException(error, answer);
  }

  #toApiRequest(): ApiRequest {
    const { method, target, header, headerCount, socket } = new NodeApiRequest(this.key);
    // Fastify keeps the parsed body beside Node's request, and sends its own headers in place of Node's.
    const { body } = this.#request;
    const setHeader = (name: string, value: string): void => this.#say(name, value);
    return { method, target, header, headerCount, socket, body, setHeader };
  }

  async #answer(error: OidcError, client: OidcClient | undefined): Promise<Response> {
    if (!client || error instanceof TokenError) {
      const { method, target } = this.apiRequest;
      logError(error, `${method} ${target.split('?', 1)[0]}`);
      const body = { error: error.code, error_description: error.publicMessage };
      return Response.json(body, { status: error.status, headers: { 'Cache-Control': 'no-store', ...error.headers } });
    }
    const visit = visitOf(this.key, client);
    return error instanceof DeniedError ? answerDenied(visit, error) : errorAnswer(visit, error);
  }

  #say(name: string, value: string): void {
    const raw = unwrap<ServerResponse>(this.#response);
    if (raw.headersSent) return;
    if (!/^set-cookie$/i.test(name)) this.#response.header(name, value);
    else if (this.#response.append) this.#response.append(name, value);
    else this.#addCookie(raw, value);
  }

  /** Fastify keeps all cookies that it is told of, and loses those that middleware has set on Node's response. */
  #addCookie(raw: ServerResponse, line: string): void {
    const before = raw.getHeader('set-cookie') ?? [];
    raw.removeHeader('set-cookie');
    for (const each of Array.isArray(before) ? before : [String(before)]) this.#response.header('set-cookie', each);
    this.#response.header('set-cookie', line);
  }
}

function unwrap<T extends object>(wrapped: Wrapped<T>): T {
  return 'raw' in wrapped ? wrapped.raw : wrapped;
}
