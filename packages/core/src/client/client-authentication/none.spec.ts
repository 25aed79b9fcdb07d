import { none } from './none.js';

it('names the client, and proves nothing', () => {
  expect(none('app')).toEqual({ headers: {}, parameters: { client_id: 'app' } });
});
