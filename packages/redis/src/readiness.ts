/**
 * What of a server's INFO keeps sessions and logouts from being safe there, in plain words.
 * @param replicas how many have to confirm a logout
 */
export function complaintsOf(info: string, replicas: number): readonly string[] {
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
  );
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  const major = Number.parseInt(fields.get('redis_version') ?? '7', 10);
  const complaints = [
    major < 7 && `Redis ${fields.get('redis_version')} is too old: version 7 or later is needed.`,
    fields.get('role') === 'slave' && 'This Redis is a replica: it takes no writes.',
    policy !== 'noeviction' &&
      `maxmemory-policy is ${policy}: Redis may drop logouts and sessions to make room. It must be noeviction.`,
    number('maxmemory') > 0 &&
      number('used_memory') >= number('maxmemory') &&
      'maxmemory is reached: logins and logouts are refused until older entries expire.',
    fields.get('loading') === '1' && 'Redis is still loading its data.',
    fields.get('aof_enabled') === '0' &&
      'appendonly is no: after a restart Redis has forgotten the sessions and logouts since its last snapshot.',
    fields.get('aof_last_write_status') === 'err' && 'Redis cannot write its append-only file.',
    number('connected_slaves') < replicas &&
      `Of ${replicas} replicas that must confirm a logout ${number('connected_slaves')} are connected: logouts are refused.`,
  ];
  return complaints.filter((complaint) => complaint !== false);
}
