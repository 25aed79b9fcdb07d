import type { INestApplication, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { ForeignOp } from '../../core/test/foreign-op.js';
import type { UserAgent } from '../../core/test/user-agent.js';
import { loginAs } from '../src/index.js';
import { App, type AppOptions, type Build, Pages, secret } from './app.js';
import type { SocketPlatform } from './socket-clients.js';

/** What the program of a test is like. */
export interface GatewayProgram extends Build {
  readonly platform: SocketPlatform;
  readonly adapter?: () => AbstractHttpAdapter;
  readonly gateways: Type[];
  readonly options?: AppOptions;
}

/** A program that has gateways, and takes sessions and tokens. */
export function startGateways(op: ForeignOp, program: GatewayProgram): Promise<App> {
  const { platform, adapter = () => new ExpressAdapter(), gateways, options, providers = [], ...build } = program;
  const surround = (app: INestApplication): void => {
    platform.use(app);
    build.surround?.(app);
  };
  const around = { name: platform.name, adapter, prefix: '', surround: () => undefined };
  const token = { secret, audience: 'https://api.example', ...options?.token };
  const all = { controllers: [Pages], ...build, providers: [...gateways, ...providers], surround };
  return App.start(op, around, { ...options, token }, all);
}

/** The headers of a handshake of a page of the program: of a browser, or of somebody called ada. */
export async function handshakeOf(app: App, agent?: UserAgent): Promise<{ cookie: string; origin: string }> {
  const cookie = agent ? agent.cookies(new URL(app.url).hostname) : await loginAs(app.nest, { sub: 'ada' });
  return { cookie, origin: app.url };
}
