import { KafkaContext, MqttContext, NatsContext, RmqContext } from '@nestjs/microservices';
import { valuesOf } from './rpc-metadata.js';

const token = 'Bearer abc';
/** As the client of NATS has them, and gRPC's metadata. */
const nats = new Map([['Authorization', [token]]]);
const grpc = (values: unknown[]): object => ({
  getMap: () => ({}),
  get: (name: string) => (name === 'authorization' ? values : []),
});
const message = (given: object): never => given as never;

it.each<[transport: string, context: unknown, values: string[]]>([
  ['NATS', new NatsContext(['orders', nats]), [token]],
  ['NATS without headers', new NatsContext(['orders', undefined]), []],
  ['TCP, or Redis', { getMetadata: () => ({ authorization: token }) }, [token]],
  ['TCP without metadata', { getMetadata: () => undefined }, []],
  ['Kafka', new KafkaContext(message([{ headers: { authorization: Buffer.from(token) } }])), [token]],
  [
    'Kafka, with several',
    new KafkaContext(message([{ headers: { authorization: [Buffer.from(token), 'b'] } }])),
    [token, 'b'],
  ],
  ['Kafka without headers', new KafkaContext(message([{}])), []],
  ['RabbitMQ', new RmqContext([{ properties: { headers: { Authorization: token } } }, {}, 'orders']), [token]],
  ['RabbitMQ without headers', new RmqContext([{ properties: {} }, {}, 'orders']), []],
  ['MQTT 5', new MqttContext(['orders', { properties: { userProperties: { authorization: token } } }]), [token]],
  ['MQTT 3', new MqttContext(['orders', {}]), []],
  ['gRPC', grpc([token]), [token]],
  ['gRPC, in binary', grpc([Buffer.from(token)]), [token]],
  ['gRPC, with several', grpc([token, 'b']), [token, 'b']],
  ['gRPC without', grpc([]), []],
  ['a transport that is not known', {}, []],
  ['no context', undefined, []],
  ['metadata that is nothing', { getHeaders: () => null, getMetadata: () => 5 }, []],
  ['metadata whose values are no texts', { getMetadata: () => ({ authorization: { a: token } }) }, []],
  ['metadata whose value is empty', { getMetadata: () => ({ authorization: '' }) }, []],
  ['headers that are no pairs', { getHeaders: () => new Set([token]) }, []],
])('are what %s says', (_transport, context, values) => {
  expect(valuesOf('authorization', context, undefined)).toEqual(values);
  // What the metadata lacks the payload may have.
  const payload = { authorization: 'of the payload' };
  expect(valuesOf('authorization', context, payload)).toEqual(values.length > 0 ? values : ['of the payload']);
});

it.each<[what: string, payload: unknown, values: string[]]>([
  ['its own member', { authorization: token }, [token]],
  ['nothing of a list', [['authorization', token]], []],
  ['nothing of bytes', Buffer.from(token), []],
  ['nothing of a text', token, []],
  ['nothing of null', null, []],
  ['nothing that is inherited', Object.create({ authorization: token }), []],
  ['nothing of a member of a member', { headers: { authorization: token } }, []],
])('are of the payload %s', (_what, payload, values) => {
  expect(valuesOf('authorization', {}, payload)).toEqual(values);
});
