import { IsString } from 'class-validator';
import { concerns, parametersOf, shapeOf } from './build.js';
import {
  AuthenticationErrorResponse,
  DeviceAuthorizationResponse,
  JwtAccessToken,
  TokenErrorResponse,
  TokenIntrospectionErrorResponse,
} from './index.js';
import { Message } from './message.js';

it('knows the members of a class and of its parents, once', () => {
  expect([...shapeOf(TokenIntrospectionErrorResponse).names]).toEqual(['error', 'error_description', 'error_uri']);
  expect(shapeOf(TokenIntrospectionErrorResponse)).toBe(shapeOf(TokenIntrospectionErrorResponse));
  expect(shapeOf(TokenIntrospectionErrorResponse)).not.toBe(shapeOf(TokenErrorResponse));
});

it.each([
  ['error=x', true],
  ['a=b&state', true],
  ['_=_', false],
  ['', false],
  ['xerror=1', false],
])('a fragment %p concerns the message: %p', (text, concerned) => {
  expect(concerns(AuthenticationErrorResponse, text)).toBe(concerned);
});

it('sends no member that was filled in', () => {
  const device = DeviceAuthorizationResponse.fromJson({
    device_code: 'd',
    user_code: 'u',
    verification_uri: 'v',
    expires_in: 1,
  });
  expect(device.interval).toBe(5);
  expect(parametersOf(device).has('interval')).toBe(false);
  const token = JwtAccessToken.fromJson({ iss: 'i', exp: 1, azp: 'a' });
  expect([token.client_id, parametersOf(token).get('client_id')]).toEqual(['a', null]);
});

it('refuses with the code of the first member that has one', () => {
  class Coded extends Message {
    static override readonly memberCodes = { second: 'token_type' } as const;
    @IsString() readonly first!: string;
    @IsString() readonly second!: string;
  }
  expect(() => Coded.fromJson({})).toThrow(
    expect.objectContaining({
      code: 'token_type',
      message: expect.stringContaining('first must be a string') as string,
    }) as Error,
  );
  expect(() => Coded.fromJson({ second: 'x' })).toThrow(expect.objectContaining({ code: 'invalid_message' }) as Error);
});
