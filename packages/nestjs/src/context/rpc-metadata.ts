/** All values of a name in the metadata of a message; of a message without such a name, in its payload. */
export function valuesOf(name: string, context: unknown, payload: unknown): readonly string[] {
  const values = isObject(context) ? bagsOf(context).flatMap((bag) => read(bag, name)) : [];
  return values.length > 0 ? values : read(payload, name);
}

/** Each of Nest's transports has what its protocol offers; gRPC's context is the metadata itself. */
function bagsOf(context: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (isFunction(context.getMap)) return [context];
  const [headers, metadata, message, packet] = ['getHeaders', 'getMetadata', 'getMessage', 'getPacket'].map((name) => {
    const get = context[name];
    return isFunction(get) ? get.call(context) : undefined;
  });
  return [
    // NATS, then TCP and Redis
    headers,
    metadata,
    // Kafka, RabbitMQ, MQTT 5
    member(message, 'headers'),
    member(member(message, 'properties'), 'headers'),
    member(member(packet, 'properties'), 'userProperties'),
  ];
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** gRPC is asked by name; what NATS has is gone through, in pairs; all others are objects, of texts or of bytes. */
function read(bag: unknown, name: string): readonly string[] {
  if (!isObject(bag) || Array.isArray(bag) || ArrayBuffer.isView(bag)) return [];
  if (isFunction(bag.getMap) && isFunction(bag.get)) return textsOf(bag.get(name));
  const entries = Symbol.iterator in bag ? pairsOf(bag as unknown as Iterable<unknown>) : Object.entries(bag);
  return entries.filter(([key]) => key.toLowerCase() === name).flatMap(([, value]) => textsOf(value));
}

function pairsOf(pairs: Iterable<unknown>): readonly (readonly [string, unknown])[] {
  return [...pairs].filter((pair) => Array.isArray(pair)).map(([key, value]: unknown[]) => [String(key), value]);
}

function textsOf(value: unknown): readonly string[] {
  return [value]
    .flat()
    .map((each: unknown) => (Buffer.isBuffer(each) ? each.toString() : each))
    .filter((each) => typeof each === 'string' && each !== '') as string[];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
