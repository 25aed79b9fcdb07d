import { ResponseError } from '../errors.js';
import { FrontChannelLogoutNotification } from './index.js';

it.each([
  ['', {}],
  ['?iss=https://op&sid=s', { iss: 'https://op', sid: 's' }],
  ['?iss=&sid=', {}],
  ['?x=1', {}],
])('[R64] reads %p', (query, members) => {
  expect(FrontChannelLogoutNotification.fromUrl(`https://rp/logout${query}`).toJSON()).toEqual(members);
});

it.each(['?iss=https://op', '?sid=s', '?iss=https://op&sid=', '?iss=a&sid=s&sid=s'])('[R64] refuses %p', (query) => {
  expect(() => FrontChannelLogoutNotification.fromUrl(`https://rp/logout${query}`)).toThrow(ResponseError);
});
