import { ConfigurationError } from '@latchkey/core';
import { Injectable, type OnApplicationBootstrap, type Type, type WebSocketAdapter } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { OidcRegistry } from '../registry.js';
import { Gateway } from './gateway.js';
import { IoServer, isSocketIoServer } from './io-server.js';
import type { OnClient, SocketServer } from './socket-server.js';
import { isWsServer, WsServer } from './ws-server.js';

/** What `@WebSocketGateway()` marks a class with; its package is not loaded for that. */
const IS_GATEWAY = 'websockets:is_gateway';

/** What we use of a gateway. */
interface Instance {
  afterInit?: (server: object) => void;
}

/**
 * Guards the handshakes of gateways, about which Nest itself asks no guard. Nest's adapters do not know to which gateway a
 * client comes; but each gateway is told of its server, by `afterInit`, before the first client is let in.
 */
@Injectable()
export class Gateways implements OnApplicationBootstrap {
  private readonly config: ApplicationConfig;
  private readonly modules: ModulesContainer;
  private readonly registry: OidcRegistry;
  private readonly servers = new WeakMap<object, SocketServer>();
  private readonly adapters = new WeakSet<object>();
  private readonly gateways = new Map<Instance, Gateway>();
  private readonly places = new WeakMap<Gateway, SocketServer>();

  constructor(config: ApplicationConfig, modules: ModulesContainer, registry: OidcRegistry) {
    this.config = config;
    this.modules = modules;
    this.registry = registry;
    // The application calls it, or else Nest before the first gateway gets its server: all instances are there by then.
    const set = config.setIoAdapter.bind(config);
    config.setIoAdapter = (adapter: WebSocketAdapter) => {
      set(adapter);
      this.adapt(adapter);
      this.findGateways();
    };
  }

  /**
   * What is thrown earlier, by `afterInit`, would keep no application from its start.
   * @throws ConfigurationError `invalid_option` for a gateway whose guards cannot be asked about its handshakes
   */
  onApplicationBootstrap(): void {
    if (!this.config.getIoAdapter()) return;
    this.findGateways();
    for (const gateway of this.gateways.values()) {
      if (gateway.guards.length === 0) continue;
      const place = this.places.get(gateway);
      if (!place) throw unguarded(gateway);
      place.guard();
    }
  }

  private adapt(adapter: WebSocketAdapter): void {
    if (this.adapters.has(adapter)) return;
    this.adapters.add(adapter);
    const bind = adapter.bindClientConnect.bind(adapter);
    adapter.bindClientConnect = (server: object, onClient: OnClient) => {
      bind(server, this.servers.get(server)?.admitting(onClient) ?? onClient);
    };
  }

  private findGateways(): void {
    for (const module of this.modules.values()) {
      for (const wrapper of module.providers.values()) {
        const { metatype, instance } = wrapper as { metatype: Type | null; instance: Instance | undefined };
        if (!metatype || !instance || !Reflect.hasMetadata(IS_GATEWAY, metatype)) continue;
        if (this.gateways.has(instance)) continue;
        const gateway = new Gateway(metatype, module, this.config);
        this.gateways.set(instance, gateway);
        this.onServer(instance, gateway);
      }
    }
  }

  private onServer(instance: Instance, gateway: Gateway): void {
    const own = instance.afterInit;
    instance.afterInit = (server) => {
      const known = this.servers.get(server) ?? this.begin(server);
      if (known) {
        this.servers.set(server, known);
        known.add(gateway);
        this.places.set(gateway, known);
      }
      own?.call(instance, server);
    };
  }

  private begin(server: object): SocketServer | undefined {
    if (isSocketIoServer(server)) return new IoServer(server, this.registry);
    return isWsServer(server) ? new WsServer(server, this.registry) : undefined;
  }
}

function unguarded({ name }: Gateway): ConfigurationError {
  return new ConfigurationError(
    'invalid_option',
    `Expected a gateway on socket.io or ws, whose handshakes can be guarded, came ${name} on another platform.`,
  );
}
