import type { Request } from 'express';
import { TestClock } from '../../core/test/clock.js';
import { Api, Mint } from '../test/api.js';
import { majors } from '../test/app.js';
import { requireToken } from './index.js';

let mint: Mint;
const clock = new TestClock();
beforeAll(async () => (mint = await Mint.start()));
afterAll(() => mint.stop());

describe.each(majors)('req.auth on $name', ({ express }) => {
  it('is the verified token, whatever somebody left there before', async () => {
    const api = await Api.start(express, (app) => {
      app.use((req, _res, next) => {
        Object.assign(req, { auth: { sub: 'mallory' } });
        next();
      });
      app.get('/', requireToken(mint.options(clock)), ({ auth }, res) => void res.json(auth.sub));
      app.get('/maybe', requireToken(mint.options(clock, { optional: true })), (req, res) => {
        res.json(req.auth ?? null);
      });
    });
    expect((await api.ask('/', await mint.token(clock))).body).toBe('"ada"');
    expect((await api.ask('/maybe')).body).toBe('null');
  });

  it("is another library's, where that sets it after", async () => {
    const api = await Api.start(express, (app) => {
      const theirs = (req: Request): void => void Object.assign(req, { auth: 'theirs' });
      app.use(requireToken(mint.options(clock)), (req, res) => {
        theirs(req);
        res.json(req.auth);
      });
    });
    expect((await api.ask('/', await mint.token(clock))).body).toBe('"theirs"');
  });

  it('[R88] is not what another request had, on the same connection too', async () => {
    const api = await Api.start(express, (app) => {
      app.use('/mine', requireToken(mint.options(clock)));
      app.use(({ auth }, res) => void res.json(auth?.sub ?? null));
    });
    const [ada, eve] = [await mint.token(clock), await mint.token(clock, { sub: 'eve' })];
    const asked = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const token = n % 2 ? ada : eve;
        return [(await api.ask('/mine', token)).body, (await api.ask('/open', token)).body];
      }),
    );
    expect(asked).toEqual(Array.from({ length: 40 }, (_, n) => [n % 2 ? '"ada"' : '"eve"', 'null']));
  });
});
