import {
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { CurrentUser, LoginGuard, OidcModule } from '@latchkey/nestjs';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { TestServer } from '../../../packages/core/test/server.js';
import type { Rp } from './rp.js';

@Controller()
class Pages {
  @Get('me')
  @UseGuards(LoginGuard)
  me(@CurrentUser() user: object): object {
    return user;
  }
  @Get(['', 'bye'])
  everybody(): string {
    return 'For everybody.';
  }
}

class Application {}

/** All that an application may set up globally, each of it such that our routes would fail if it reached them. */
function surround(app: INestApplication): void {
  app.setGlobalPrefix('api', { exclude: ['', 'me', 'bye'] });
  app.useGlobalGuards({ canActivate: (context: ExecutionContext) => context.getClass() === Pages });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
}

/** A NestJS application on one of its platforms. */
function rpOf(name: string, adapter: () => AbstractHttpAdapter, setUp = (_app: INestApplication): void => {}): Rp {
  return {
    name,
    async start(options) {
      const server = await TestServer.start(() => undefined);
      const imports = [OidcModule.forRoot({ ...options, baseUrl: server.url })];
      const root = { module: Application, imports, controllers: [Pages] };
      const app = await NestFactory.create<INestApplication<Server>>(root, adapter(), { logger: false });
      setUp(app);
      await app.init();
      await (app.getHttpAdapter().getInstance() as { ready?: () => Promise<void> }).ready?.();
      server.handler = (req, res) => void app.getHttpServer().emit('request', req, res);
      return { baseUrl: server.url, stop: () => app.close().then(() => server.stop()) };
    },
  };
}

const onExpress = (): AbstractHttpAdapter => new ExpressAdapter();
const onFastify = (): AbstractHttpAdapter => new FastifyAdapter();

export const nestjs: readonly Rp[] = [
  rpOf('nestjs on Express', onExpress),
  rpOf('nestjs on Express with a global prefix, guard and pipe', onExpress, surround),
  rpOf('nestjs on Fastify', onFastify),
  rpOf('nestjs on Fastify with a global prefix, guard and pipe', onFastify, surround),
];
