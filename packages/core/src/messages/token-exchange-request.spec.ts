import { TokenExchangeRequest, tokenExchangeGrantType } from './index.js';

const members = { grant_type: tokenExchangeGrantType, subject_token: 's', subject_token_type: 't' } as const;

it('needs the type of an actor token, and the token of a type', () => {
  expect(TokenExchangeRequest.of({ ...members, actor_token: 'a', actor_token_type: 't' }).actor_token).toBe('a');
  expect(() => TokenExchangeRequest.of({ ...members, actor_token: 'a' })).toThrow(
    'actor_token_type is required when there is an actor_token',
  );
  expect(() => TokenExchangeRequest.of({ ...members, actor_token_type: 't' })).toThrow(
    'actor_token is required when there is an actor_token_type',
  );
});

it('is of one grant, and for any number of APIs', () => {
  expect(() => TokenExchangeRequest.fromForm({ ...members, grant_type: 'password' })).toThrow('grant_type');
  expect(TokenExchangeRequest.of({ ...members, audience: ['a', 'b'] }).toForm()).toContain('audience=a&audience=b');
});
