import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Events, type LogoutEvent, publish } from '@latchkey/core';
import { type Attributes, context, metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { hashOf } from '../../core/src/crypto.js';
import { locationOf } from '../../core/test/login-bench.js';
import { LogoutBench, postToken } from '../../core/test/logout-bench.js';
import { sessionAt, until } from '../../core/test/machines.js';
import { type PartyOptions, type RelyingParty, secret } from '../../core/test/relying-party.js';
import { UserAgent, type Page } from '../../core/test/user-agent.js';
import { counters, nameOf } from './instruments.js';
import { observe } from './observe.js';

/** What an SDK that keeps everything in memory was told. */
class Told {
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #spans = new InMemorySpanExporter();
  readonly meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 86_400_000 })],
  });
  readonly tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] });

  async metrics(): Promise<{ name: string; unit: string; attributes: Attributes; value: unknown }[]> {
    this.#metrics.reset();
    await this.meterProvider.forceFlush();
    return this.#metrics
      .getMetrics()
      .flatMap((resource) => resource.scopeMetrics)
      .flatMap((scope) => scope.metrics)
      .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
        dataPoints.map(({ attributes, value }) => ({ name, unit, attributes, value })),
      );
  }

  /** The counts by name, without the attributes that all have. */
  async counts(): Promise<Record<string, unknown>> {
    const all = (await this.metrics()).filter(({ name }) => name !== 'latchkey.login.duration');
    return Object.fromEntries(all.map(({ name, attributes, value }) => [[name, ...own(attributes)].join(' '), value]));
  }

  spans(name: string): ReadableSpan[] {
    return this.#spans.getFinishedSpans().filter((span) => span.name === name);
  }

  async stop(): Promise<void> {
    await this.meterProvider.shutdown();
    await this.tracerProvider.shutdown();
  }
}

const shared = ['server.address', 'latchkey.issuer', 'latchkey.client_id'];
const own = (attributes: Attributes = {}): unknown[] =>
  Object.entries(attributes)
    .filter(([name]) => !shared.includes(name))
    .map(([, value]) => value);

// Nobody's name is part of a word that stands in a metric by itself.
const user = 'user-4711@op.example';
let bench: LogoutBench;
let told: Told;
let stop: () => void;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  bench = await LogoutBench.start();
});
beforeEach(() => {
  told = new Told();
  stop = observe(told);
});
afterEach(async () => {
  stop();
  await bench.clear();
  await told.stop();
});
afterAll(async () => {
  await bench.stop();
  context.disable();
});

/** A program each of whose requests has a span, as an HTTP instrumentation makes them. */
async function tracedParty(options: PartyOptions = {}): Promise<RelyingParty> {
  const party = await bench.party(options);
  const { server } = party;
  const right = server.handler;
  server.handler = (req, res) =>
    told.tracerProvider.getTracer('http').startActiveSpan(`${req.method} ${req.url?.split('?')[0]}`, (span) => {
      res.on('finish', () => span.end());
      right(req, res);
    });
  return party;
}

/** A login during which the user is at the OP for so long. */
async function login(party: RelyingParty, milliseconds: number): Promise<{ agent: UserAgent; page: Page }> {
  const agent = new UserAgent();
  const away = await agent.fetch(`${party.url}/auth/login`);
  const back = await agent.fetch(locationOf(away));
  bench.clock.advance(milliseconds);
  return { agent, page: await agent.fetch(locationOf(back)) };
}

it('counts and times logins', async () => {
  bench.op.user = { sub: user };
  const party = await tracedParty();
  const { page } = await login(party, 7500);
  bench.op.authorization = { error: 'access_denied', code: undefined };
  await login(party, 2000);
  bench.op.authorization = {};
  bench.op.token = { status: 500 };
  await login(party, 3000);
  await new UserAgent().fetch(page.url);

  expect(await told.counts()).toMatchObject({
    'latchkey.login.started': 3,
    'latchkey.login.succeeded': 1,
    'latchkey.login.refused authorization_error': 1,
    'latchkey.login.refused op_unreachable': 1,
    'latchkey.login.refused login_unknown': 1,
    'latchkey.session.created': 1,
    'latchkey.provider.metadata_fetched': 1,
    'latchkey.provider.keys_fetched': 1,
  });
  const client = {
    'server.address': '127.0.0.1',
    'latchkey.issuer': bench.op.issuer,
    'latchkey.client_id': 'app',
  };
  const timed = (await told.metrics()).filter(({ name }) => name === 'latchkey.login.duration');
  expect(timed).toMatchObject([
    { unit: 's', attributes: client, value: { count: 1, sum: 7.5 } },
    { attributes: { ...client, 'error.type': 'authorization_error' }, value: { count: 1, sum: 2 } },
    { attributes: { ...client, 'error.type': 'op_unreachable' }, value: { count: 1, sum: 3 } },
  ]);
});

it('makes a span of each login, from its beginning on, that links to the request which completed it', async () => {
  const party = await tracedParty();
  const began = bench.clock.now();
  await login(party, 7500);
  bench.op.authorization = { error: 'access_denied', code: undefined };
  await login(party, 2000);
  bench.op.authorization = { state: 'x'.repeat(43) };
  await login(party, 1000); // not known, so there is nothing to tell of
  bench.op.authorization = {};
  bench.op.idToken = { claims: { nonce: 'another' } };
  await login(party, 3000);

  const [good, denied, bad, ...more] = told.spans('latchkey.login');
  expect(more).toEqual([]);
  const milliseconds = ([seconds, nanoseconds]: readonly [number, number]): number =>
    seconds * 1000 + nanoseconds / 1e6;
  expect(good && [milliseconds(good.startTime), milliseconds(good.duration)]).toEqual([began, 7500]);
  expect([good, denied, bad].map((span) => [span?.status.code, ...own(span?.attributes)])).toEqual([
    [SpanStatusCode.UNSET],
    [SpanStatusCode.UNSET, 'authorization_error'],
    [SpanStatusCode.ERROR, 'id_token_nonce'],
  ]);
  const callbacks = told.spans('GET /auth/callback').map((span) => span.spanContext().spanId);
  const linked = [good, denied, bad].flatMap((span) => span?.links.map((link) => link.context.spanId));
  expect(linked).toEqual([callbacks[0], callbacks[1], callbacks[3]]);
  expect([good, denied, bad].map((span) => span?.parentSpanContext)).toEqual([undefined, undefined, undefined]);
});

it('notes on the span of a request what happened in it', async () => {
  const party = await tracedParty();
  await login(party, 1000);
  const token = await bench.token();
  await postToken(party, token);
  await postToken(party, token);
  const eventsOf = (name: string): unknown[] =>
    told.spans(name).map((span) => span.events.map((event) => [event.name, ...own(event.attributes)]));
  expect(eventsOf('GET /auth/callback')).toEqual([
    [['latchkey.provider.keys_fetched'], ['latchkey.session.created'], ['latchkey.login.succeeded']],
  ]);
  expect(eventsOf('POST /auth/backchannel-logout')).toEqual([
    [['latchkey.session.ended', 'back_channel'], ['latchkey.logout.token_received']],
    [['latchkey.logout.token_refused', 'logout_token_replayed']],
  ]);
});

/** Tokens are given back behind the answer. */
const heard = (type: LogoutEvent['type']): Promise<void> =>
  until(() => bench.logouts.some((event) => event.type === type));

it('counts refreshes, logouts of every kind, revocations and outages', async () => {
  bench.op.token = { members: { expires_in: 10 } };
  const party = await tracedParty({ logout: { revoke: true } });
  const agent = await bench.signedIn(party);
  const refresh = async (): Promise<unknown> => {
    bench.clock.advance(11_000);
    return (await sessionAt(party.client, agent)).accessToken();
  };
  await refresh();
  bench.op.token = { status: 500 };
  await expect(refresh()).rejects.toThrow();
  bench.op.token = { status: 400, body: '{"error":"invalid_grant"}' };
  await expect(refresh()).rejects.toThrow();
  bench.op.token = {};
  await bench.signIn(party, agent, 'sid-2', user);
  await agent.open(`${party.url}/auth/logout`, { form: {}, headers: { 'sec-fetch-site': 'same-origin' } });
  await heard('tokens_revoked');
  bench.op.revocation = { status: 500 };
  await bench.signIn(party, agent, 'sid-3', user);
  await postToken(party, await bench.token({ sid: 'sid-3', sub: user }));
  await heard('revocation_failed');
  await bench.signIn(party, agent, 'sid-4', user);
  const framed = { 'sec-fetch-dest': 'iframe', 'sec-fetch-mode': 'navigate' };
  const named = new URLSearchParams({ iss: bench.op.issuer, sid: 'sid-4' }).toString();
  for (const query of [named, '', 'sid=sid-4'])
    await new UserAgent().fetch(`${party.url}/auth/frontchannel-logout?${query}`, { headers: framed });
  await bench.op.stop();
  await new UserAgent().fetch(`${party.url}/auth/login`);
  await bench.op.listen();

  expect(await told.counts()).toMatchObject({
    'latchkey.session.created': 4,
    'latchkey.session.ended refresh_refused': 1,
    'latchkey.session.ended rp_initiated': 1,
    'latchkey.session.ended back_channel': 1,
    'latchkey.session.ended front_channel': 1,
    'latchkey.token.refreshed': 1,
    'latchkey.token.refresh_failed op_unreachable': 1,
    'latchkey.token.refresh_refused': 1,
    'latchkey.logout.requested': 1,
    'latchkey.logout.token_received': 1,
    'latchkey.logout.front_channel_received': 1,
    'latchkey.logout.front_channel_unnamed': 1,
    'latchkey.logout.front_channel_refused invalid_message': 1,
    'latchkey.logout.tokens_revoked': 1,
    'latchkey.logout.revocation_failed op_unreachable': 1,
    'latchkey.provider.unreachable op_unreachable tokens': 1,
    'latchkey.provider.unreachable op_unreachable metadata': 1,
  });
});

it('[R92] [RULE 8.2] no attribute says whose it is, and none holds a secret', async () => {
  bench.op.user = { sub: user };
  const party = await tracedParty();
  const { agent } = await login(party, 1000);
  const session = await sessionAt(party.client, agent);
  const { accessToken, idToken, refreshToken = '' } = session.tokens ?? {};
  await session.accessToken({ minValidity: 301 });
  const token = await bench.token({ sub: user });
  await postToken(party, token);
  await postToken(party, token);
  bench.op.authorization = { error: 'server_error', error_description: `of ${user}`, code: undefined };
  await login(party, 1000);

  const spans = ['latchkey.login', 'GET /auth/callback', 'POST /auth/backchannel-logout'].flatMap((name) => [
    ...told.spans(name).map(({ attributes, events, status }) => ({ attributes, events, status })),
  ]);
  expect(spans.length).toBeGreaterThan(4);
  const text = JSON.stringify([await told.metrics(), spans]);
  const cookie = agent.cookies(party.host)?.split('=')[1];
  const sid = 'op-session-1';
  for (const each of [user, sid, hashOf(sid), session.record.id, accessToken, idToken, refreshToken, token, cookie]) {
    expect(each).toBeTruthy();
    expect(text).not.toContain(each);
  }
  for (const each of [secret, 'the-client-secret']) expect(text).not.toContain(each);
});

describe('every event', () => {
  const client = { issuer: 'https://op.example/realms/one', clientId: 'shop' };
  const personal = { session: 'of-alice', sub: 'alice', sid: 'of-alice', message: 'alice', user: 'alice' };
  const all = Object.entries(counters).flatMap(([channel, types]) =>
    Object.keys(types).map((type) => [channel as keyof Events, type] as const),
  );
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

  it.each(all)('%s %s has a counter, which the README lists with its unit, and keeps people out', async (...each) => {
    const [channel, type] = each;
    const event = { type, client, at: Date.now(), code: 'store_full', ...personal };
    publish(channel, event as unknown as Events[typeof channel]);
    const name = nameOf(channel, type);
    const found = (await told.metrics()).filter((metric) => metric.name === name);
    expect(found).toEqual([
      {
        name,
        unit: expect.stringMatching(/^\{[a-z]+\}$/) as unknown,
        value: 1,
        attributes: {
          'server.address': 'op.example',
          'latchkey.issuer': client.issuer,
          'latchkey.client_id': 'shop',
          'error.type': 'store_full',
        },
      },
    ]);
    const [, unit] = new RegExp(`^\\| \`${name.replaceAll('.', '\\.')}\` +\\| \`(.*?)\``, 'm').exec(readme) ?? [];
    expect(unit).toBe(found[0]?.unit);
  });
});

it('ends when it is told to', async () => {
  stop();
  await login(await tracedParty(), 1000);
  expect([await told.metrics(), told.spans('latchkey.login')]).toEqual([[], []]);
});

it('takes the global providers where none are given, and needs no SDK at all', async () => {
  stop();
  const idle = observe();
  expect((await login(await bench.party(), 1000)).page.status).toBe(303);
  idle();
  metrics.setGlobalMeterProvider(told.meterProvider);
  trace.setGlobalTracerProvider(told.tracerProvider);
  const end = observe();
  await login(await bench.party(), 1000);
  end();
  metrics.disable();
  trace.disable();
  expect(await told.counts()).toMatchObject({ 'latchkey.login.succeeded': 1 });
  expect(told.spans('latchkey.login')).toHaveLength(1);
});
