import { ConfigurationError, type OidcClient, show, type TokenVerifier } from '@latchkey/core';
import { Injectable } from '@nestjs/common';

/** The clients and the APIs of one application; what guards, filter and parameter decorators find them by. */
@Injectable()
export class OidcRegistry {
  readonly #clients = new Map<string | undefined, OidcClient>();
  readonly #verifiers = new Map<string | undefined, TokenVerifier>();

  /**
   * Adds a client, and what verifies the tokens that its program takes.
   * @throws ConfigurationError `invalid_option` when the name is taken, or a route of another client is at the same place
   */
  add(name: string | undefined, client: OidcClient, verifier?: TokenVerifier): void {
    if (this.#clients.has(name))
      throw invalid(`Option name: expected one client ${nameOf(name)}, came another one. Give each a name of its own.`);
    if (this.#verifiers.has(name)) throw tokenModuleBeside(name);
    for (const other of this.#clients.values()) {
      const { pathname } = new URL(client.redirectUri);
      if (other.routes.match(pathname))
        throw invalid(`Option routes.callback: expected a path of its own, came ${show(pathname)} of another client.`);
    }
    this.#clients.set(name, client);
    if (verifier) this.#verifiers.set(name, verifier);
  }

  /** Adds what verifies the tokens of an API without a login. @throws ConfigurationError `invalid_option` when the name is taken */
  addVerifier(name: string | undefined, verifier: TokenVerifier): void {
    if (this.#clients.has(name)) throw tokenModuleBeside(name);
    if (this.#verifiers.has(name))
      throw invalid(`Option name: expected one API ${nameOf(name)}, came another one. Give each a name of its own.`);
    this.#verifiers.set(name, verifier);
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

  /** What verifies the tokens of the API of that name. @throws ConfigurationError `invalid_option` when nothing does */
  verifier(name: string | undefined): TokenVerifier {
    const found = this.#verifiers.get(name);
    if (found) return found;
    throw invalid(`Expected option token of OidcModule, or TokenModule, for the API ${nameOf(name)}, came neither.`);
  }

  /** All of these by their names. */
  verifiers(): ReadonlyMap<string | undefined, TokenVerifier> {
    return this.#verifiers;
  }
}

function tokenModuleBeside(name: string | undefined): ConfigurationError {
  return invalid(`Expected option token of OidcModule, since it has a client ${nameOf(name)}, came TokenModule.`);
}

function nameOf(name: string | undefined): string {
  return name === undefined ? 'without a name' : `named ${show(name)}`;
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('invalid_option', message);
}
