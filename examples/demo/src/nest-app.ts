import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { OidcClient, type Session } from '@latchkey/core';
import { LoginGuard, OidcModule, OidcSession, Public } from '@latchkey/nestjs';
import { Controller, Get, Inject, Module, Query, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
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

/** The app on NestJS: everything that has to do with signing in is `OidcModule`, a guard and a decorator. */
export async function createNestApp(about: AppOptions): Promise<App> {
  const options = optionsOf(about);

  @Module({
    imports: [OidcModule.forRoot(options)],
    controllers: [AppController],
    providers: [
      { provide: AppView, useFactory: (client: OidcClient) => new AppView(about, client), inject: [OidcClient] },
    ],
  })
  class AppModule {}

  const nest = await NestFactory.create<NestExpressApplication>(AppModule, { logger: ['error', 'warn'] });
  nest.disable('x-powered-by');
  await nest.use(policy, assets).init();
  return nest.get(AppView).app(nest.getHttpAdapter().getInstance() as RequestListener, options.clientSecret);
}
