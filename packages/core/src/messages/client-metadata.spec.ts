import { ClientMetadata } from './client-metadata.js';

it('has keys by address or by value, and not both', () => {
  const keys = { keys: [] };
  expect(ClientMetadata.fromJson({ jwks: keys }).jwks).toEqual(keys);
  expect(ClientMetadata.fromJson({ jwks_uri: 'https://app.example/jwks' }).jwks_uri).toBe('https://app.example/jwks');
  expect(() => ClientMetadata.fromJson({ jwks: keys, jwks_uri: 'https://app.example/jwks' })).toThrow('jwks');
  expect(() => ClientMetadata.fromJson({ jwks: [] })).toThrow('jwks');
});

it('takes null for absent, and needs nothing', () => {
  expect(ClientMetadata.fromJson({ client_name: null, default_max_age: null }).toJSON()).toEqual({});
});

it.each([
  ['default_max_age', -1],
  ['default_max_age', '60'],
  ['require_auth_time', 'true'],
  ['contacts', 'ada@app.example'],
])('refuses %s %j', (name, value) => {
  expect(() => ClientMetadata.fromJson({ [name]: value })).toThrow(name);
});

it('keeps what it does not know, such as names in other languages', () => {
  const all = { client_name: 'Shop', 'client_name#de': 'Laden' };
  expect(ClientMetadata.fromJson(all).toJSON()).toEqual(all);
});
