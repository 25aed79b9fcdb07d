import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { refusal } from '../../../core/test/refusal.js';
import { channelOf } from './channel.js';
import { HttpChannel } from './http-channel.js';

it('is one of HTTP, on a request of either framework', () => {
  const raw = {};
  for (const request of [raw, { raw }]) {
    const channel = channelOf(new ExecutionContextHost([request, {}]));
    expect(channel).toBeInstanceOf(HttpChannel);
    expect(channel.key).toBe(raw);
  }
});

it.each(['rpc', 'ws', 'graphql', 'HTTP', '__proto__'])('[R87] [D12] is none of %j', async (kind) => {
  const host = new ExecutionContextHost([{}, {}]);
  host.setType(kind);
  expect(await refusal(() => channelOf(host))).toMatchObject({ code: 'unknown_context', status: 403 });
});
