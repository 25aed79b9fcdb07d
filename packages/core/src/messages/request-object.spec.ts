import { RequestObject } from './request-object.js';

const least = { client_id: 'app' };

it('is refused without the client, which stands outside too', () => {
  expect(() => RequestObject.fromJson({ response_type: 'code' })).toThrow('client_id');
});

it.each(['request', 'request_uri'])('is refused with %s: it holds no other, and points to none', (name) => {
  expect(() => RequestObject.fromJson({ ...least, [name]: 'https://app.example/request' })).toThrow(name);
});

it.each<[string, unknown]>([
  ['max_age', '300'],
  ['exp', '1800000000'],
  ['scope', ['openid']],
  ['claims', '{}'],
])('is JSON, not a form: refused with %s as %j', (name, value) => {
  expect(() => RequestObject.fromJson({ ...least, [name]: value })).toThrow(name);
});

it('keeps other claims, and cannot be changed', () => {
  const all = { ...least, max_age: 300, claims: { userinfo: null }, resource: ['https://api.example'], tenant: 'a' };
  const request = RequestObject.fromJson(all);
  expect(request.toJSON()).toEqual(all);
  expect(() => Object.assign(request, { scope: 'openid' })).toThrow(TypeError);
});

it('may call itself a JWT, or nothing, beside its own type', () => {
  expect(RequestObject.jwtTypes).toEqual(['oauth-authz-req+jwt', 'JWT', undefined]);
});
