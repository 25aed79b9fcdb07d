import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Application, NextFunction, Request, Response } from 'express';
import { TestServer } from '../../core/test/server.js';
import { majors } from '../test/app.js';
import { giveMember } from './members.js';

/** What one program answers, in text. */
async function answerOf(program: Application): Promise<string> {
  const server = await TestServer.start((req, res) => void program(req, res));
  try {
    return await (await fetch(server.url)).text();
  } finally {
    await server.stop();
  }
}

const member = (req: object, name: string): unknown => (req as Record<string, unknown>)[name];
const pathOf = ({ url }: Request): string => `at ${url}`;

describe.each(majors)('giveMember on $name', ({ express }) => {
  const given = (name: string) => (req: Request, _res: Response, next: NextFunction) => {
    giveMember(req, name, pathOf);
    next();
  };

  it('adds nothing to the object itself', async () => {
    const program = express().use(given('path1'), (req, res) => {
      res.json([Object.hasOwn(req, 'path1'), member(req, 'path1')]);
    });
    expect(await answerOf(program)).toBe('[false,"at /"]');
  });

  it('gives what has the same name to requests and to responses', async () => {
    const program = express().use((req, res) => {
      giveMember(req, 'path5', pathOf);
      giveMember(res, 'path5', ({ statusCode }: Response) => statusCode);
      res.json([member(req, 'path5'), member(res, 'path5')]);
    });
    expect(await answerOf(program)).toBe('["at /",200]');
    expect(await answerOf(program)).toBe('["at /",200]');
  });

  it('reaches programs within the program, mounted by Express or by hand', async () => {
    const inner = express().use((req, res) => res.json([member(req, 'path2')]));
    const mounted = express().use(given('path2')).use('/', inner);
    const byHand = express()
      .use(given('path2'))
      .use((req, res) => void inner(req, res));
    expect(await answerOf(mounted)).toBe('["at /"]');
    expect(await answerOf(byHand)).toBe('["at /"]');
  });

  it('lets others set a member of that name', async () => {
    const program = express().use(given('path3'), (req, res) => {
      Object.assign(req, { path3: 'theirs' });
      res.json([member(req, 'path3'), Object.keys(req).includes('path3')]);
    });
    expect(await answerOf(program)).toBe('["theirs",true]');
  });

  it('leaves what another copy of this library gave to the requests that the other has seen', async () => {
    const others = jest.requireActual<object>('./members.js');
    let copy = others as { giveMember: typeof giveMember };
    jest.isolateModules(() => (copy = jest.requireActual('./members.js')));
    const program = express().use((req, res) => {
      copy.giveMember(req, 'path4', () => 'of the other');
      giveMember(req, 'path4', () => undefined);
      res.json([copy === others, member(req, 'path4')]);
    });
    expect(await answerOf(program)).toBe('[false,"of the other"]');
  });
});

it('gives a request that Express has not seen a member of its own', () => {
  const [req, other] = [new IncomingMessage(new Socket()), new IncomingMessage(new Socket())];
  giveMember(req, 'path', () => 'mine');
  expect([member(req, 'path'), member(other, 'path')]).toEqual(['mine', undefined]);
  giveMember(other, 'path', () => 'its own');
  expect([member(req, 'path'), member(other, 'path')]).toEqual(['mine', 'its own']);
});
