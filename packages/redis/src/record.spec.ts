import { UnavailableError } from '@latchkey/core';
import { client, hostile, otherClients, recordAt } from '../../core/src/session/contract.js';
import { contentOf, decode, encode, numberText } from './record.js';

const now = 1_700_000_000_000;
const record = recordAt(now, { sid: '1', iat: 1000.25, user: { name: 'Å\n"\u2028', list: [], none: null } });
const value = encode(record, ['a', 'b']);

it.each([
  record,
  recordAt(now),
  recordAt(now, { endsBy: now + 5 }),
  recordAt(now, { createdAt: 0, iat: 0, startedAt: 0, tokens: '' }),
  recordAt(now, { user: JSON.parse('{"__proto__":{"admin":true}}') as unknown }),
])('reads what it wrote: %j', (one) => {
  expect(decode(encode(one, ['index']), one.client)).toEqual(one);
});

it('[RULE 1.1] reads hostile strings as they were', () => {
  for (const text of hostile) {
    const own = { issuer: text, clientId: text };
    const one = recordAt(now, { client: own, id: text, sub: text, sid: text, user: text, tokens: text });
    expect(decode(encode(one, []), own)).toEqual(one);
    expect(encode(one, []).split('\n')).toHaveLength(5);
  }
});

it('[RULE 1.3] refuses a record of another client', () => {
  for (const other of otherClients) {
    expect(() => decode(value, other)).toThrow(UnavailableError);
  }
});

const changed = (line: number, text: string): string => value.split('\n').with(line, text).join('\n');

it.each<[string, unknown]>([
  ['nothing', ''],
  ['a number', 5],
  ['nothing at all', undefined],
  ['JSON', JSON.stringify(record)],
  ['a line too few', value.slice(0, value.lastIndexOf('\n'))],
  ['a line too many', `${value}\n`],
  ['a head that is too short', changed(0, '1 2 3 4')],
  ['a head that is too long', changed(0, '1 2 3 4 5 6')],
  ['a head without numbers', changed(0, '1 2 x 4 5')],
  ['an infinite time', changed(0, '1 2 Infinity 4 5')],
  ['an id that is no text', changed(2, '5')],
  ['an id that is no JSON', changed(2, '"')],
  ['no object', changed(3, 'null')],
  ['a list', changed(3, '[]')],
  ['no sub', changed(3, JSON.stringify({ ...client, startedAt: 1 }))],
  ['a sid that is no text', changed(3, JSON.stringify({ ...client, sub: 'alice', sid: null, startedAt: 1 }))],
  ['no start', changed(3, JSON.stringify({ ...client, sub: 'alice' }))],
  ['an end in words', changed(3, JSON.stringify({ ...client, sub: 'alice', startedAt: 1, endsBy: 'soon' }))],
  ['no tokens', changed(4, '{"user":{}}')],
  ['content cut off', value.slice(0, -1)],
])('refuses %s, and shows nothing of it', (_name, bad) => {
  let thrown: unknown;
  try {
    decode(bad, client);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ name: 'UnavailableError', code: 'store_unavailable' });
  expect((thrown as Error).message).not.toMatch(/alice|sealed/);
});

it.each([NaN, Infinity, -Infinity, '5' as unknown as number])('writes no %p, which no script could compare', (bad) => {
  expect(() => numberText(bad)).toThrow(TypeError);
  expect(() => encode({ ...record, expiresAt: bad }, [])).toThrow(TypeError);
});

it('writes what an update replaces as the last line', () => {
  expect(value.endsWith(`\n${contentOf(record)}`)).toBe(true);
});
