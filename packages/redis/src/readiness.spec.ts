import { complaintsOf } from './readiness.js';

const fine = {
  redis_version: '7.0.15',
  role: 'master',
  maxmemory: '0',
  used_memory: '1000000',
  maxmemory_policy: 'noeviction',
  loading: '0',
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  connected_slaves: '0',
};

function complaints(changes: Partial<typeof fine>, replicas = 0): readonly string[] {
  const lines = Object.entries({ ...fine, ...changes }).map(([name, value]) => `${name}:${value}`);
  return complaintsOf(`# Server\r\n${lines.join('\r\n')}\r\n`, replicas);
}

it('[RULE 2.7] has nothing to say of a server as it should be', () => {
  expect(complaints({})).toEqual([]);
  expect(complaints({ redis_version: '8.2.0', maxmemory: '2000000', connected_slaves: '2' }, 2)).toEqual([]);
});

it.each<[Partial<typeof fine>, string]>([
  [{ redis_version: '6.2.14' }, '6.2.14'],
  [{ role: 'slave' }, 'replica'],
  [{ maxmemory_policy: 'allkeys-lru' }, 'noeviction'],
  [{ maxmemory_policy: 'volatile-ttl' }, 'volatile-ttl'],
  [{ maxmemory: '1000000' }, 'maxmemory is reached'],
  [{ loading: '1' }, 'loading'],
  [{ aof_enabled: '0' }, 'appendonly'],
  [{ aof_last_write_status: 'err' }, 'append-only file'],
])('[RULE 2.7] of %j it says %j', (changes, text) => {
  expect(complaints(changes)).toEqual([expect.stringContaining(text)]);
});

it('tells that replicas are missing, and how many', () => {
  expect(complaints({ connected_slaves: '1' }, 2)).toEqual([
    expect.stringMatching(/^Of 2 replicas .* 1 are connected/),
  ]);
});

it('says nothing of what a server does not tell', () => {
  expect(complaintsOf('', 0)).toEqual([]);
});
