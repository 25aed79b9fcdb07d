import { noteCall } from '../calls.js';
import type { OidcRegistry } from '../registry.js';
import type { Gateway } from './gateway.js';

/** Hears of a client that may connect; what Nest gives its adapters. */
export type OnClient = (client: object, ...more: readonly unknown[]) => void;

/**
 * What the gateways at one place have in common: their sockets. A client gets in where all of them let it; one that is
 * for everybody needs a place of its own.
 */
export abstract class SocketServer {
  readonly #gateways = new Set<Gateway>();
  readonly #registry: OidcRegistry;
  /** Clients that are in, and those about which that shows later. */
  readonly #clients = new WeakMap<object, true | Promise<boolean>>();

  constructor(registry: OidcRegistry) {
    this.#registry = registry;
  }

  add(gateway: Gateway): void {
    this.#gateways.add(gateway);
  }

  /** Lets the adapter hear of the clients that are in, and of no others. */
  admitting(onClient: OnClient): OnClient {
    return (client, ...more) => {
      const isIn = this.#clients.get(client);
      if (isIn === true) onClient(client, ...more);
      else void isIn?.then((later) => later && onClient(client, ...more));
    };
  }

  /** Called at start when there is something to guard. */
  guard(): void {}

  /** Whether a token may come in a message yet. */
  protected get takesTokens(): boolean {
    return [...this.#gateways].some(({ takesTokens }) => takesTokens);
  }

  /** @throws what a guard throws for a client, or the request of its handshake, that may not connect */
  protected async admit(client: object): Promise<void> {
    for (const gateway of this.#gateways) await gateway.admit(client);
  }

  protected letIn(client: object, isIn: true | Promise<boolean> = true): void {
    noteCall(client, { registry: this.#registry });
    this.#clients.set(client, isIn);
  }
}
