import { clientSecretPost } from './client-secret-post.js';

it('[R34] sends id and secret as they are: the form encodes them', () => {
  const { headers, parameters } = clientSecretPost('a:b', 'c+d &');
  expect(headers).toEqual({});
  expect(new URLSearchParams(parameters).toString()).toBe('client_id=a%3Ab&client_secret=c%2Bd+%26');
});
