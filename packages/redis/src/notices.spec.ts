import { noticeOf, type LogoutNotice } from '@latchkey/core';
import { client, hostile } from '../../core/src/session/contract.js';
import type { Connection } from './connection.js';
import { noticeFrom, noticeHead, Notices } from './notices.js';

it.each(['alice', ...hostile])('a notice of %j is read as it was', (text) => {
  for (const target of [
    { client, sid: text },
    { client, sub: text },
    { client, sid: text, sub: text },
  ]) {
    const notice = noticeOf(target, [{ id: text }, { id: 'other' }]);
    expect(noticeFrom(`${noticeHead(notice)}${JSON.stringify(text)},"other"]}`)).toEqual(notice);
    expect(noticeFrom(`${noticeHead(notice)}]}`)).toEqual(noticeOf(target, []));
  }
});

it('is frozen', () => {
  const notice = noticeFrom(`${noticeHead(noticeOf({ client, sub: 'alice' }, []))}]}`);
  expect([notice, notice?.sessions].every(Object.isFrozen)).toBe(true);
});

it.each([
  '',
  'null',
  '5',
  '"text"',
  '[]',
  '{}',
  '{"client":"c"}',
  '{"client":5,"sessions":[]}',
  '{"client":"c","sessions":"s"}',
  '{"client":"c","sessions":[5]}',
  '{"client":"c","sessions":[],"sid":5}',
  '{"client":"c","sessions":[],"sub":null}',
])('what somebody else sent on the channel is no notice: %j', (message) => {
  expect(noticeFrom(message)).toBeUndefined();
});

it('connects when the first one asks, hears once for all, and not what is no notice', async () => {
  const said: ((message: string) => void)[] = [];
  let connections = 0;
  const notices = new Notices('channel', () => {
    connections++;
    return {
      subscribe: (_channel: string, listener: (message: string) => void) => Promise.resolve(void said.push(listener)),
      trouble: () => 'gone',
      close: () => Promise.resolve(),
    } as unknown as Connection;
  });
  expect([connections, notices.trouble()]).toEqual([0, undefined]);
  await notices.close();
  const heard: LogoutNotice[] = [];
  const ends = [await notices.subscribe((one) => heard.push(one)), await notices.subscribe((one) => heard.push(one))];
  expect([connections, new Set(said).size, notices.trouble()]).toEqual([1, 1, 'gone']);
  const notice = { client: 'c', sessions: ['s'] };
  for (const message of ['garbage', JSON.stringify(notice)]) said[0]?.(message);
  expect(heard).toEqual([notice, notice]);
  for (const end of ends) await end();
  said[0]?.(JSON.stringify(notice));
  expect(heard).toHaveLength(2);
});
