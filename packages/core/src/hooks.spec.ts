import { refusal } from '../test/refusal.js';
import { DeniedError } from './errors.js';
import { refuseLogin } from './hooks.js';

it('[RULE 4.9] refuseLogin says to the user what it was told, and to the log that it was onLogin', async () => {
  const error = await refusal(() => refuseLogin('Only staff may sign in.'));
  expect(error).toBeInstanceOf(DeniedError);
  expect(error).toMatchObject({
    code: 'login_refused',
    status: 403,
    message: 'onLogin refused this login.',
    publicMessage: 'Only staff may sign in.',
  });
});
