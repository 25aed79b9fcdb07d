import { refusal } from '../../core/test/refusal.js';
import { ask, requireVerify, type Verify } from './verify.js';

const ada = { sub: 'ada' };
const later = (work: () => void): void => void Promise.resolve().then(work);

describe('a program answers', () => {
  it.each<[how: string, verify: Verify<string>, user: object | undefined, info: object | undefined]>([
    ['with a user', () => ada, ada, undefined],
    ['with a promise of one', () => Promise.resolve(ada), ada, undefined],
    ['by done', (_it, done) => done(null, ada), ada, undefined],
    ['by done, later', (_it, done) => later(() => done(undefined, ada, { scope: 'a' })), ada, { scope: 'a' }],
    ['by done, out of a promise', async (_it, done) => Promise.resolve().then(() => done(null, ada)), ada, undefined],
    [
      'as the mixin of NestJS does',
      async (...all: unknown[]) => Promise.resolve().then(() => (all.at(-1) as (...a: unknown[]) => void)(null, ada)),
      ada,
      undefined,
    ],
    ['first by done', (_it, done) => (done(null, ada), { sub: 'eve' }), ada, undefined],
    ['that there is none', () => false, undefined, undefined],
    ['that there is none, by a promise', () => Promise.resolve(null), undefined, undefined],
    ['that there is none, by done', (_it, done) => done(null, false, { message: 'no' }), undefined, { message: 'no' }],
    ['nothing', () => undefined, undefined, undefined],
    ['nothing, by a promise', async () => {}, undefined, undefined],
  ])('%s', async (_how, verify, user, info) => {
    expect(await ask(verify, 'a login')).toEqual({ user, info });
  });

  it.each<[how: string, verify: Verify<string>]>([
    [
      'by throwing',
      () => {
        throw new Error('the database is down');
      },
    ],
    ['by a promise', () => Promise.reject(new Error('the database is down'))],
    ['by done', (_it, done) => done(new Error('the database is down'))],
  ])('with a failure, %s', async (_how, verify) => {
    await expect(ask(verify, 'a login')).rejects.toThrow('the database is down');
  });

  it('with a failure that is no error', async () => {
    const failure = await ask((_it, done) => done('down', ada), '').catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'A callback was given an error that is none.', cause: 'down' });
  });
});

it.each([[undefined], [null], [{}], ['verify']])('%j is nobody to ask', async (verify) => {
  expect(await refusal(() => requireVerify(verify))).toMatchObject({ code: 'invalid_option' });
});
