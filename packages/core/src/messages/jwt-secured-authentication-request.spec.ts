import { JwtSecuredAuthenticationRequest } from './index.js';

it('[R35] points to one request, by value or by address', () => {
  const read = JwtSecuredAuthenticationRequest.fromUrl<{ scope: string }>(
    'https://op/auth?client_id=c&request=r&scope=openid',
  );
  expect([read.request, read.scope]).toEqual(['r', 'openid']);
  expect(JwtSecuredAuthenticationRequest.of({ client_id: 'c', request_uri: 'urn:x' }).toForm()).toBe(
    'client_id=c&request_uri=urn%3Ax',
  );
  expect(() => JwtSecuredAuthenticationRequest.of({ client_id: 'c' })).toThrow(
    'request is required when there is no request_uri',
  );
  expect(() => JwtSecuredAuthenticationRequest.of({ client_id: 'c', request: 'r', request_uri: 'u' })).toThrow(
    'request must not stand beside request_uri',
  );
});
