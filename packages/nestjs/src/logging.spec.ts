import { inspect } from 'node:util';
import { handle, type OidcError } from '@latchkey/core';
import { ConsoleLogger, Controller, Get, UseGuards } from '@nestjs/common';
import { breakableStore } from '../../core/test/breakable-store.js';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { unsigned } from '../../core/test/keys.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, background, platforms, signIn } from '../test/app.js';
import { TokenGuard } from './index.js';
import { withLogging } from './logging.js';

let op: ForeignOp;
beforeEach(async () => {
  op = await ForeignOp.start([]);
});
afterEach(() => op.stop());

/** Keeps what Nest's logger is told of us. */
class Heard extends ConsoleLogger {
  readonly lines: string[] = [];
  override log(): void {}
  override error(text: unknown, ...more: unknown[]): void {
    this.#hear('error', text, more);
  }
  override warn(text: unknown, ...more: unknown[]): void {
    this.#hear('warn', text, more);
  }
  override debug(text: unknown, ...more: unknown[]): void {
    this.#hear('debug', text, more);
  }
  #hear(level: string, text: unknown, more: unknown[]): void {
    if (more.at(-1) === 'Latchkey') this.lines.push(`${level} ${String(text)}`);
  }
}

@Controller('stock')
@UseGuards(TokenGuard)
class Stock {
  @Get() list(): object {
    return {};
  }
}

describe.each(platforms)("Nest's logger on $name", ({ name, adapter }) => {
  const around = { name, adapter, prefix: '', surround: (): void => undefined };
  const start = async (options = {}): Promise<{ app: App; heard: Heard; agent: UserAgent }> => {
    const heard = new Heard();
    return {
      app: await App.start(op, around, options, { logger: heard }),
      heard,
      agent: new UserAgent(),
    };
  };

  it('hears why a guard refused, at the level of how bad that is', async () => {
    const store = breakableStore();
    const { app, heard, agent } = await start({ session: { store } });
    await agent.fetch(`${app.url}/private?a=secret`, { headers: background });
    expect(heard.lines).toEqual(['debug GET /private: login_required: Expected a signed-in session, came none.']);
    await signIn(agent, op, app);
    await agent.fetch(`${app.url}/orders`, { form: {}, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(heard.lines.at(-1)).toMatch(/^warn POST \/orders: csrf_refused: Expected a request of a page of this site/);
    store.down.add('all');
    await agent.fetch(`${app.url}/private`, { headers: background });
    expect(heard.lines.at(-1)).toMatch(/^error GET \/private: store_unavailable: .* Because: connect ECONNREFUSED/);
    expect(heard.lines).toHaveLength(3);
  });

  it('hears why a login failed, and nothing of what the query held [R92]', async () => {
    const { app, heard, agent } = await start();
    await agent.fetch(`${app.url}/auth/callback?code=the-code&state=the-state`);
    expect(heard.lines).toEqual([expect.stringMatching(/^warn GET \/auth\/callback: login_unknown: /)]);
    expect(inspect(heard.lines)).not.toMatch(/the-code|the-state/);
  });

  it('hears why a logout token was refused, and that the OP is away, until the application closes', async () => {
    const { app, heard, agent } = await start();
    const send = () => agent.fetch(`${app.url}/auth/backchannel-logout`, { form: 'logout_token=a.b.c' });
    await send();
    expect(heard.lines).toEqual(['warn Logout, token refused: jwt_malformed']);
    await op.stop();
    await agent.fetch(`${app.url}/auth/login`);
    expect(heard.lines.slice(1)).toEqual([
      'error OP, unreachable: metadata: op_unreachable',
      expect.stringMatching(/^error GET \/auth\/login: op_unreachable: /),
    ]);
    await op.resume();
    await app.stop();
    const lines = heard.lines.length;
    await handle(app.client, new Request(`${app.url}/auth/backchannel-logout`, { method: 'POST' }));
    expect(heard.lines).toHaveLength(lines);
  });

  it('hears why a token was refused, and nothing of the token [R92]', async () => {
    const heard = new Heard();
    const app = await App.start(op, around, { token: {} }, { logger: heard, controllers: [Stock] });
    const send = (authorization: string) => fetch(`${app.url}/stock?a=secret`, { headers: { authorization } });
    await send(`Bearer ${unsigned({ alg: 'RS256', kid: 'the-kid', typ: 'at+jwt' }, { iss: 'https://evil.example' })}`);
    await send('Bearer abc');
    expect(heard.lines).toEqual([
      `debug GET /stock: token_refused: Expected iss "${op.issuer}", came "https://evil.example". Because: access_token_iss`,
      'debug GET /stock: token_refused: Expected a signed JWT, came another text. Because: jwt_malformed',
    ]);
    await op.stop();
    await send(`Bearer ${unsigned({ alg: 'RS256', kid: 'the-kid', typ: 'at+jwt' }, { iss: op.issuer })}`);
    await op.resume();
    expect(heard.lines.slice(2)).toEqual([
      'error OP, unreachable: metadata: op_unreachable',
      'error OP, unreachable: keys: op_unreachable',
      expect.stringMatching(/^error GET \/stock: op_unreachable: GET http:.* failed: ECONNREFUSED/),
    ]);
  });

  it('hears nothing of another client of this process', async () => {
    const { heard } = await start();
    const other = await start();
    await new UserAgent().fetch(`${other.app.url}/auth/backchannel-logout`, { form: 'logout_token=a.b.c' });
    expect([heard.lines, other.heard.lines.length]).toEqual([[], 1]);
  });
});

it("leaves hooks that are none to the client's own check", () => {
  for (const hooks of [5, null, { onError: 5 }]) {
    const options = { hooks } as never;
    expect(withLogging(options)).toBe(options);
  }
});

it('gives the other hooks on', () => {
  const hooks = { onLogin: () => 1, onError: ({ code }: OidcError) => ({ redirect: code }) };
  expect(withLogging({ hooks } as never).hooks?.onLogin).toBe(hooks.onLogin);
});
