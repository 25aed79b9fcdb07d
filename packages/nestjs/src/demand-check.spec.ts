import { ConfigurationError } from '@latchkey/core';
import { Controller, Get, Injectable, type Type, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Test } from '@nestjs/testing';
import { LoginGuard, LoginOrTokenGuard, OidcRegistry, OidcTestingModule, Public, RequireAcr } from './index.js';
import { RequireClaim, RequireScope, TokenGuard } from './index.js';

@Injectable()
class ForeignGuard {
  canActivate(): boolean {
    return true;
  }
}
class Mine extends LoginGuard {}
const instance = new LoginGuard(new OidcRegistry());

@Controller('a')
class Plain {
  @Get() @RequireScope('a') handler(): void {}
}
@Controller('b')
class Claims {
  @Get() @RequireClaim('role', 'admin') handler(): void {}
}
@Controller('c')
class Contradicting {
  @Get() @Public() @RequireAcr('gold') handler(): void {}
}
@Controller('d')
class ForLogin {
  @Get() @UseGuards(LoginGuard) @RequireScope('a') handler(): void {}
}
@Controller('e')
class ByInstance {
  @Get() @UseGuards(instance) @RequireScope('a') handler(): void {}
}
@Controller('f')
@UseGuards(Mine)
@RequireScope('a')
class ByClass {
  @Get() handler(): void {}
}
@WebSocketGateway()
class Gateway {
  @SubscribeMessage('a') @UseGuards(LoginGuard) @RequireScope('a') handler(): void {}
}
@Controller('g')
@RequireScope('a')
class Good {
  @Get('token') @UseGuards(TokenGuard) token(): void {}
  @Get('either') @UseGuards(LoginOrTokenGuard) either(): void {}
  @Get('both') @UseGuards(LoginGuard, TokenGuard) both(): void {}
  @Get('public') @Public() everybody(): void {}
  helper(): void {}
}
@Controller('h')
@UseGuards(LoginGuard)
class Users {
  @Get() @RequireClaim('role', 'admin') @RequireAcr('gold') handler(): void {}
}

const start = async (type: Type, guards: readonly object[] = []): Promise<void> => {
  const providers = guards.map((useClass) => ({ provide: APP_GUARD, useClass: useClass as Type }));
  const [controllers, gateways] = type === Gateway ? [[], [type]] : [[type], []];
  const module = { imports: [OidcTestingModule.forRoot()], controllers, providers: [...gateways, ...providers] };
  const app = (await Test.createTestingModule(module).compile()).createNestApplication({ logger: false });
  await app.init();
  await app.close();
};

const none = 'expected a guard of @latchkey/nestjs where something is demanded, came none.';
const login =
  'expected a TokenGuard or a LoginOrTokenGuard where @RequireScope() stands, came a LoginGuard: a session has no scopes.';

it.each<[what: string, type: Type, guards: readonly object[], message: string]>([
  ['scopes without a guard', Plain, [], `Plain.handler: ${none}`],
  ['claims without a guard', Claims, [], `Claims.handler: ${none}`],
  ['something where everybody may call', Contradicting, [TokenGuard], `Contradicting.handler: ${none}`],
  ['scopes of sessions', ForLogin, [TokenGuard], `ForLogin.handler: ${login}`],
  ['scopes of sessions, of an instance', ByInstance, [], `ByInstance.handler: ${login}`],
  ["scopes of sessions, of a program's own guard", ByClass, [], `ByClass.handler: ${login}`],
  ['scopes of sessions, of the whole application', Plain, [LoginGuard], `Plain.handler: ${login}`],
  ['scopes of sessions, beside a guard that is not ours', Plain, [ForeignGuard, Mine], `Plain.handler: ${login}`],
  ['scopes of sessions in a gateway', Gateway, [], `Gateway.handler: ${login}`],
])('[R96] refuses to start where a handler demands %s', async (_what, type, guards, message) => {
  const error = await start(type, guards).then(String, (refused: unknown) => refused);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error).toMatchObject({ code: 'invalid_option', message });
});

it.each<[what: string, type: Type, guards: readonly object[]]>([
  ['guards of ours at the handlers', Good, []],
  ['a guard of the whole application', Plain, [TokenGuard]],
  ['several of them', Plain, [LoginGuard, TokenGuard]],
  ['a guard that may be anything', Plain, [ForeignGuard]],
  ['sessions', Users, []],
])('starts where what is demanded may be asked for by %s', async (_by, type, guards) => {
  await expect(start(type, guards)).resolves.toBeUndefined();
});

it('is not all: a LoginGuard that is asked all the same lets nobody pass who has no scopes', async () => {
  const handler = Object.getOwnPropertyDescriptor(ForLogin.prototype, 'handler')!.value as () => void;
  const response = { header: () => undefined, headersSent: false };
  const request = { method: 'GET', url: '/d', headers: {}, rawHeaders: [] };
  const context = new ExecutionContextHost([request, response], ForLogin, handler);
  await expect(new LoginGuard(new OidcRegistry()).canActivate(context)).rejects.toMatchObject({
    status: 500,
    error: { code: 'invalid_option', message: expect.stringContaining('a session has no scopes') as string },
  });
});
