import { hashOf, type ClientRef, type SessionTarget } from '@latchkey/core';
import { client, confusable, hostile, otherClients, recordAt } from '../../core/src/session/contract.js';
import { Keys } from './keys.js';

const keys = new Keys('app:');

/** Every key that has to do with a client, and a sid, sub, id or key of this text. */
function all(of: ClientRef, text: string): string[] {
  const session = recordAt(0, { client: of, id: text, sid: text, sub: text });
  const targets: SessionTarget[] = [
    { client: of, sessionId: text },
    { client: of, sid: text },
    { client: of, sub: text },
    { client: of, sid: text, sub: text },
  ];
  return [
    keys.session(of, text),
    keys.epoch(of),
    ...keys.marks(session),
    ...targets.slice(1).map((target) => keys.named(target)),
    ...['state', 'dpop'].flatMap((kind) => [
      keys.use(of, kind, text),
      keys.uses(of, kind, text),
      keys.uses(of, kind, null),
    ]),
    keys.kept(of, text),
    keys.lock(of, text),
  ];
}

it('[RULE 2.3] all keys of a client bear its hash tag, and nothing else of it can be read', () => {
  const tag = hashOf(client.issuer, client.clientId);
  for (const text of hostile) {
    for (const key of all(client, text)) expect(key).toMatch(new RegExp(`^app:\\{${tag}\\}:[a-z]+(:[\\w-]{43})$`));
  }
});

it('[RULE 1.1] no two things have one key', () => {
  for (const text of hostile) expect(new Set(all(client, text)).size).toBe(all(client, text).length);
  for (const other of otherClients) expect(all(other, '1').filter((key) => all(client, '1').includes(key))).toEqual([]);
  for (const [[a, b], [c, d]] of confusable) {
    expect(keys.use(client, a, b)).not.toBe(keys.use(client, c, d));
    expect(keys.uses(client, a, b)).not.toBe(keys.uses(client, c, d));
    expect(keys.epoch({ issuer: a, clientId: b })).not.toBe(keys.epoch({ issuer: c, clientId: d }));
  }
});

it('a session is found under the key that a logout of it names, and by the indexes of its marks', () => {
  const session = recordAt(0, { sid: '1' });
  const [own, ...others] = keys.marks(session);
  expect(keys.named({ client, sessionId: session.id })).toBe(keys.session(client, session.id));
  expect(own).toBe(keys.mark({ client, sessionId: session.id }));
  expect(others.map((key) => key.slice(-43))).toEqual(keys.indexes(session));
  expect(keys.named({ client, sid: '1' }).slice(-43)).toBe(keys.mark({ client, sid: '1' }).slice(-43));
  expect(keys.indexes(session)).toContain(keys.named({ client, sid: '1', sub: 'alice' }).slice(-43));
});

it('a client that changed under its hands gets other keys', () => {
  const changing = { ...client };
  const before = keys.session(changing, '1');
  changing.clientId = 'other';
  expect(keys.session(changing, '1')).toBe(keys.session({ ...client, clientId: 'other' }, '1'));
  expect(keys.session(changing, '1')).not.toBe(before);
});

it('the prefix stands before everything, the channel too', () => {
  expect(new Keys('').channel).toBe('logout');
  expect(keys.channel).toBe('app:logout');
});
