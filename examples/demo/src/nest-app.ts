import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { OidcClient, type Session } from '@latchkey/core';
import { LoginGuard, OidcModule, OidcSession, Public } from '@latchkey/nestjs';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Inject,
  Module,
  NotFoundException,
  Query,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Response } from 'express';
import { type App, type AppOptions, AppView, assets, type NewsQuery, optionsOf, policy } from './app.js';

@Controller()
@UseGuards(LoginGuard)
class AppController {
  constructor(@Inject(AppView) private readonly view: AppView) {}

  @Public()
  @Get()
  home(@OidcSession() session: Session | undefined): string {
    return this.view.page(session);
  }

  @Get('me')
  me(@OidcSession() session: Session): string {
    return this.view.page(session);
  }

  @Public()
  @Get('news')
  news(@OidcSession() session: Session | undefined, @Query() query: NewsQuery): object {
    return this.view.news(session, query);
  }
}

/** A page in place of Nest's JSON for an address where nothing is. */
@Catch(NotFoundException)
class LostFilter implements ExceptionFilter<NotFoundException> {
  constructor(@Inject(AppView) private readonly view: AppView) {}

  catch(_exception: NotFoundException, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Response>().status(404).send(this.view.lost());
  }
}

/** The app on NestJS: everything that has to do with signing in is `OidcModule`, a guard and a decorator. */
export async function createNestApp(about: AppOptions): Promise<App> {
  const options = optionsOf(about);

  @Module({
    imports: [OidcModule.forRoot(options)],
    controllers: [AppController],
    providers: [
      { provide: APP_FILTER, useClass: LostFilter },
      { provide: AppView, useFactory: (client: OidcClient) => new AppView(about, client), inject: [OidcClient] },
    ],
  })
  class AppModule {}

  const nest = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'] });
  nest.disable('x-powered-by');
  await nest.use(policy, assets).init();
  return nest.get(AppView).app(nest.getHttpAdapter().getInstance() as RequestListener, options.clientSecret);
}
