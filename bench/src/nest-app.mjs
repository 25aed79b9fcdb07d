// A program in Nest with one route. Nest comes from the root, where ours finds it too: two of it would not fit together.
import 'reflect-metadata';
import { Controller, Get, Module, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { user } from './fixtures.mjs';

/** What decorators would do is done by calls, since this is plain JavaScript. */
export async function nestApp({ guards = [], imports = [], providers = [], parameter = Req(), subOf }) {
  class Me {
    me(given) {
      return { ...user, sub: subOf(given) };
    }
  }
  Controller()(Me);
  const route = Object.getOwnPropertyDescriptor(Me.prototype, 'me');
  for (const decorate of [Get('me'), ...guards]) decorate(Me.prototype, 'me', route);
  parameter(Me.prototype, 'me', 0);
  class App {}
  Module({ imports, providers, controllers: [Me] })(App);
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  await app.init();
  return app.getHttpAdapter().getInstance();
}
