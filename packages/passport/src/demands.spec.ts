import { ForeignOp } from '../../core/test/foreign-op.js';
import { refusal } from '../../core/test/refusal.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, pages, signIn } from '../test/app.js';
import { loginDemandOf, policyOf } from './demands.js';

const wrong: [what: string, options: object][] = [
  ['an empty acr', { acr: '' }],
  ['no acr at all', { acr: [] }],
  ['a text for seconds', { maxAge: '300' }],
  ['a time before now', { maxAge: -1 }],
  ['null for a claim', { claims: { role: null } }],
  ['claims that are none', { claims: 'admin' }],
  ['origins that are none', { csrf: { origins: 'https://friend.example' } }],
];

it.each(wrong)('%s is no demand', async (_what, options) => {
  expect(await refusal(() => loginDemandOf(options))).toMatchObject({ code: 'invalid_option' });
});

it('what passport and others take is none either, and does no harm', () => {
  expect(loginDemandOf({ failWithError: true, session: false, acr: undefined } as object)).toEqual({});
  expect(policyOf({ failWithError: true, scope: undefined } as object)).toBeUndefined();
});

it('is checked once for a route', () => {
  const options = { acr: 'gold', claims: { role: 'admin' } };
  const demand = loginDemandOf(options);
  expect(demand).toEqual(options);
  expect(loginDemandOf(options)).toBe(demand);
});

it('lets nobody pass where it is wrong', async () => {
  const op = await ForeignOp.start([]);
  const build = (app: App): void => {
    const options = { maxAge: '300' as unknown as number };
    app.express.get('/late', app.signedIn(options), (_req, res) => void res.json({ in: true }));
    pages(app);
  };
  const app = await App.start(op, {}, { build });
  const agent = new UserAgent();
  await signIn(agent, op, app);
  const page = await agent.fetch(`${app.url}/late`);
  await op.stop();
  expect([page.status, page.text.includes('invalid_option')]).toEqual([500, true]);
});
