import {
  type ApiRequest,
  hasCredentials,
  NodeApiRequest,
  type NodeRequest,
  type OidcClient,
  Visit,
} from '@latchkey/core';

/** What a socket began with; for guards that take tokens, the request that all of its messages are. */
export class Handshake implements ApiRequest {
  readonly method: string;
  readonly target: string;
  readonly socket: ApiRequest['socket'];
  /** What the client sent in place of the header `Authorization`, which no browser lets a page set. */
  authorization: string | undefined;
  readonly #headers: NodeApiRequest;

  constructor(request: NodeRequest, authorization?: string) {
    this.#headers = new NodeApiRequest(request);
    const { method, target, socket } = this.#headers;
    this.method = method;
    this.target = target;
    this.socket = socket;
    this.authorization = authorization;
  }

  readonly header = (name: string): string | undefined =>
    (name === 'authorization' ? this.authorization : undefined) ?? this.#headers.header(name);

  /** Who sends credentials in both places sends several, and is refused for it; those of a proxy's Basic are none of ours. */
  readonly headerCount = (name: string): number => {
    const count = this.#headers.headerCount(name);
    if (name !== 'authorization' || this.authorization === undefined) return count;
    return 1 + (hasCredentials(this.#headers) ? count : 0);
  };

  /** A visit of its own for each call, so that each looks at its session anew. */
  visit(client: OidcClient): Visit {
    return new Visit(client, this.method, this.target, this.header);
  }
}

/** What a client wrote where the header `Authorization` would stand; anything but a text is nothing. */
export function authorizationOf(members: unknown, ...names: readonly string[]): string | undefined {
  if (typeof members !== 'object' || members === null) return undefined;
  const name = names.find((each) => Object.hasOwn(members, each));
  const value: unknown = name === undefined ? undefined : Reflect.get(members, name);
  return typeof value === 'string' ? value : undefined;
}
