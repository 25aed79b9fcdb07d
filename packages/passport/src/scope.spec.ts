import { handle, type OidcOptions } from '@latchkey/core';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { refusal } from '../../core/test/refusal.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, secret } from '../test/app.js';
import { OidcStrategy } from './index.js';

const options: OidcOptions = {
  issuer: 'http://localhost:1',
  clientId: 'app',
  baseUrl: 'http://localhost:2',
  session: { secret },
};

describe('[RULE 8] a strategy is not made', () => {
  it.each<[what: string, more: object, message: string]>([
    ['with onLogin beside verify', { hooks: { onLogin: () => null } }, 'Option hooks.onLogin: expected nothing'],
    ['with a hook that is none', { hooks: { onError: 'page' } }, 'Option hooks'],
    ['with hooks that are none', { hooks: 'page' }, 'Option hooks'],
    ['with null for hooks', { hooks: null }, 'Option hooks'],
    ['with an unknown hook', { hooks: { onlogin: () => null } }, 'Option hooks'],
    ['with an unknown option', { passReqToCallback: true }, 'passReqToCallback'],
  ])('%s', async (_what, more, message) => {
    const error = await refusal(() => new OidcStrategy({ ...options, ...more }, () => false));
    expect(error.code).toBe('invalid_option');
    expect(error.message).toContain(message);
  });

  it('without verify', async () => {
    const verify = undefined as unknown as () => false;
    expect(await refusal(() => new OidcStrategy(options, verify))).toMatchObject({ code: 'invalid_option' });
  });
});

describe('the hooks', () => {
  let op: ForeignOp;
  beforeAll(async () => {
    op = await ForeignOp.start([]);
  });
  afterAll(() => op.stop());

  it('of the program are asked', async () => {
    const ended: string[] = [];
    const app = await App.start(op, {
      hooks: {
        onLogout: ({ reason }) => void ended.push(reason),
        onError: (error) => (error.code === 'login_unknown' ? { redirect: '/welcome' } : undefined),
      },
    });
    const agent = new UserAgent();
    const { status, headers } = await agent.fetch(`${app.url}/auth/callback?code=a&state=b`);
    expect([status, headers.get('location')]).toEqual([303, '/welcome']);
    await op.signIn(agent, await agent.open(`${app.url}/private`));
    await app.post(agent, '/auth/logout');
    expect(ended).toEqual(['rp_initiated']);
  });

  it('take no login that the strategy has not seen', async () => {
    const app = await App.start(op);
    const agent = new UserAgent();
    const asking = await agent.open(`${app.url}/private`);
    app.server.handler = (_req, res) => void res.end('not now');
    const { url } = await op.signIn(agent, asking);
    const callback = new Request(url, { headers: { cookie: agent.cookies('127.0.0.1') } });
    await expect(handle(app.client, callback)).rejects.toThrow('Expected a callback that the strategy');
  });
});
