import { errorCodes, type Events, type LoginRefused, type LoginSucceeded, subscribe } from '@latchkey/core';
import {
  type Attributes,
  type Counter,
  type MeterProvider,
  metrics,
  SpanStatusCode,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { counters, nameOf } from './instruments.js';

/** Where metrics and spans go: by default to the global providers, as they are when `observe` is called. */
export interface ObserveOptions {
  /** Makes the meter of the metrics. */
  readonly meterProvider?: MeterProvider;
  /** Makes the tracer of the spans. */
  readonly tracerProvider?: TracerProvider;
}

type Channel = keyof Events;
type AnyEvent = Events[Channel];

const scope = '@latchkey/opentelemetry';
/** Seconds. People type passwords and look for their phones. */
const boundaries = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900];

/**
 * Counts every event of core's, times logins, and notes on the active span what happened in it, from now on and for
 * all clients of this process. Call it once, after the OpenTelemetry SDK is set up and before `oidc()`.
 * @returns a function that ends it
 */
export function observe(options: ObserveOptions = {}): () => void {
  const { meterProvider = metrics.getMeterProvider(), tracerProvider = trace.getTracerProvider() } = options;
  const meter = meterProvider.getMeter(scope);
  const tracer = tracerProvider.getTracer(scope);
  const duration = meter.createHistogram('latchkey.login.duration', {
    unit: 's',
    description: 'Time from sending a browser to the OP until it was signed in or refused.',
    advice: { explicitBucketBoundaries: boundaries },
  });
  const endings = (Object.keys(counters) as Channel[]).map((channel) => {
    const byType = new Map<string, Counter>();
    for (const [type, [unit, description]] of Object.entries(counters[channel]))
      byType.set(type, meter.createCounter(nameOf(channel, type), { unit, description }));
    return subscribe(channel, (event) => {
      const attributes = attributesOf(event);
      byType.get(event.type)?.add(1, attributes);
      trace.getActiveSpan()?.addEvent(nameOf(channel, event.type), attributes, new Date(event.at));
    });
  });
  const endTiming = subscribe('latchkey:login', (event) => {
    if (event.type === 'started' || event.duration === undefined) return;
    const attributes = attributesOf(event);
    duration.record(event.duration / 1000, attributes);
    traceLogin(tracer, event, { attributes, duration: event.duration });
  });
  return () => [...endings, endTiming].forEach((end) => end());
}

/** What is told of an event: nothing of whose it is. What is not named here stays out, whatever core adds to its events. */
function attributesOf(event: AnyEvent): Attributes {
  const { issuer, clientId } = event.client;
  return {
    'server.address': new URL(issuer).hostname,
    'latchkey.issuer': issuer,
    'latchkey.client_id': clientId,
    ...('code' in event && { 'error.type': event.code }),
    ...('reason' in event && { 'latchkey.session.end_reason': event.reason }),
    ...('endpoint' in event && { 'latchkey.provider.endpoint': event.endpoint }),
    ...('what' in event && { 'latchkey.store.full': event.what }),
  };
}

/**
 * A login spans several requests of a browser, and most of it is a person at the OP: it is no part of the request that
 * completes it, so its span is a root that links there.
 */
function traceLogin(
  tracer: Tracer,
  event: LoginSucceeded | LoginRefused,
  { attributes, duration }: { attributes: Attributes; duration: number },
): void {
  const request = trace.getActiveSpan()?.spanContext();
  const span = tracer.startSpan('latchkey.login', {
    root: true,
    startTime: new Date(event.at - duration),
    attributes,
    links: request ? [{ context: request }] : [],
  });
  if (event.type === 'refused' && !isDenied(event.code)) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(new Date(event.at));
}

/** Whether the user or a policy said no, which is no fault of anybody's. */
function isDenied(code: string): boolean {
  return (errorCodes.denied as readonly string[]).includes(code);
}
