import type { Express, RequestHandler } from 'express';
import { connect } from 'node:net';
import { TestClock } from '../../core/test/clock.js';
import { Api, Mint } from '../test/api.js';
import { majors } from '../test/app.js';
import { requireToken } from './index.js';

let mint: Mint;
beforeAll(async () => (mint = await Mint.start()));
afterAll(() => mint.stop());

/** Spellings of one path, as no browser would send some of them. */
const spellings = [
  '/api/orders',
  '/API/orders',
  '/api/ORDERS',
  '/api/orders/',
  '/api//orders',
  '//api/orders',
  '/./api/orders',
  '/x/../api/orders',
  '/api/../api/orders',
  '/%61pi/orders',
  '/api/%6frders',
  '/api%2Forders',
  '/api%2forders',
  '/%2fapi/orders',
  '/api;a=b/orders',
  '/api/orders;a=b',
  '/api/orders?a=b',
  '/?/api/orders',
  '/api/orders%00',
  '/api/orders%20',
  '/api\\orders',
  '/\\api/orders',
  'http://evil.example/api/orders',
  'http://evil.example//api/orders',
  '*',
];

/** The status of a request for exactly this target, without a token. */
function statusOf(api: Api, target: string): Promise<number> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  socket.end(`GET ${target} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
  return new Promise((done, fail) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('close', () => done(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1])));
    socket.on('error', fail);
  });
}

describe.each(majors)('a guard at a path, on $name', ({ express }) => {
  const settings: [name: string, set: (app: Express) => unknown][] = [
    ['as it comes', () => undefined],
    ['with strict routing', (app) => app.enable('strict routing')],
    ['with case sensitive routing', (app) => app.enable('case sensitive routing')],
  ];
  const shapes: [name: string, add: (app: Express, guard: RequestHandler[]) => unknown][] = [
    [
      "app.use('/api', guard)",
      (app, guard) => {
        if (guard.length > 0) app.use('/api', ...guard);
        app.get('/api/orders', (_req, res) => void res.send('orders'));
      },
    ],
    [
      "app.get('/api/orders', guard, handler)",
      (app, guard) => app.get('/api/orders', ...guard, (_req, res) => void res.send('orders')),
    ],
    [
      'router.use(guard)',
      (app, guard) => {
        const router = express.Router();
        if (guard.length > 0) router.use(...guard);
        app.use(
          '/api',
          router.get('/orders', (_req, res) => void res.send('orders')),
        );
      },
    ],
  ];
  const programs = settings.flatMap(([setting, set]) => shapes.map(([shape, add]) => ({ setting, set, shape, add })));

  it.each(programs)('$shape $setting: whatever its route serves, it guards', async ({ set, add }) => {
    const clock = new TestClock();
    const start = (guarded: boolean): Promise<Api> =>
      Api.start(express, (app) => {
        set(app);
        add(app, guarded ? [requireToken(mint.options(clock))] : []);
      });
    const [open, guarded] = [await start(false), await start(true)];
    const served: string[] = [];
    for (const target of spellings) {
      const [without, within] = [await statusOf(open, target), await statusOf(guarded, target)];
      if (without === 200) served.push(target);
      // What is not served may be refused or not found; what is served is refused.
      expect([target, within]).toEqual([target, without === 200 ? 401 : within]);
      expect(within).not.toBe(200);
    }
    expect(served).toEqual(expect.arrayContaining(['/api/orders', '/api/orders?a=b']));
  });

  it('shows which spellings its router takes for the path', async () => {
    const api = await Api.start(express, (app) => {
      app.get('/api/orders', (_req, res) => void res.send('orders'));
    });
    const served: string[] = [];
    for (const target of spellings) if ((await statusOf(api, target)) === 200) served.push(target);
    expect(served).toEqual([
      '/api/orders',
      '/API/orders',
      '/api/ORDERS',
      '/api/orders/',
      '/api/orders?a=b',
      'http://evil.example/api/orders',
    ]);
  });
});
