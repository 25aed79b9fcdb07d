import { ConfigurationError, type OidcClient, show } from '@latchkey/core';
import { Injectable } from '@nestjs/common';

/** The clients of one application; what guards, filter and parameter decorators find them by. */
@Injectable()
export class OidcRegistry {
  readonly #clients = new Map<string | undefined, OidcClient>();

  /** @throws ConfigurationError `invalid_option` when the name is taken, or a route of another client is at the same place */
  add(name: string | undefined, client: OidcClient): void {
    if (this.#clients.has(name))
      throw invalid(`Option name: expected one client ${nameOf(name)}, came another one. Give each a name of its own.`);
    for (const other of this.#clients.values()) {
      const { pathname } = new URL(client.redirectUri);
      if (other.routes.match(pathname))
        throw invalid(`Option routes.callback: expected a path of its own, came ${show(pathname)} of another client.`);
    }
    this.#clients.set(name, client);
  }

  /** @throws ConfigurationError `invalid_option` when there is none of that name */
  get(name: string | undefined): OidcClient {
    const found = this.find(name);
    if (found) return found;
    throw invalid(`Expected OidcModule with a client ${nameOf(name)}, came none.`);
  }

  /** The client of that name, if there is one. */
  find(name?: string): OidcClient | undefined {
    return this.#clients.get(name);
  }

  /** All of them by their names, in the order of their modules. */
  clients(): ReadonlyMap<string | undefined, OidcClient> {
    return this.#clients;
  }
}

function nameOf(name: string | undefined): string {
  return name === undefined ? 'without a name' : `named ${show(name)}`;
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('invalid_option', message);
}
