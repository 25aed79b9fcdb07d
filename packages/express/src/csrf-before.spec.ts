import { subscribe, type ProviderEvent } from '@latchkey/core';
import { Router, type RequestHandler } from 'express';
import { ForeignOp } from '../../core/test/foreign-op.js';
import { UserAgent } from '../../core/test/user-agent.js';
import { App, majors, type AppOptions, type Build } from '../test/app.js';

let op: ForeignOp;
beforeAll(async () => {
  op = await ForeignOp.start([]);
  jest.spyOn(process, 'emitWarning').mockImplementation();
});
afterAll(() => op.stop());

/** What such middleware does with a form that has no token of its own; named as the well-known ones are. */
const csrfProtection: RequestHandler = (req, res, next) =>
  void (req.method === 'POST' ? res.status(403).end() : next());
const before: Build = (app, auth) => void app.use(csrfProtection).use(auth);

describe.each(majors)('[RULE 8.4] a CSRF middleware on $name', ({ express }) => {
  /** What was told at the first requests. */
  async function told(build: Build, options: AppOptions = {}): Promise<string[]> {
    const app = await App.start(op, express, options, build);
    const events: ProviderEvent[] = [];
    const end = subscribe('latchkey:provider', (event) => void events.push(event));
    for (let n = 0; n < 2; n++) await new UserAgent().fetch(`${app.url}/`);
    end();
    return events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  }

  it('before oidc() would refuse logout tokens: its author is told, once', async () => {
    expect(await told(before)).toEqual([expect.stringMatching(/^A CSRF middleware is mounted before oidc\(\)/)]);
  });

  it.each<[string, Build, AppOptions]>([
    ['behind it', (app, auth) => void app.use(auth).use(csrfProtection), {}],
    ['before it, where no logout tokens are taken', before, { routes: { backchannelLogout: false } }],
    ['where it cannot be seen', (app, auth) => void app.use(csrfProtection).use(Router().use(auth)), {}],
    ['nowhere', (app, auth) => void app.use(auth), {}],
  ])('%s: nothing is said', async (_what, build, options) => {
    expect(await told(build, options)).toEqual([]);
  });
});
