// The floor in Nest: a route that answers everybody.
import { user } from '../../fixtures.mjs';
import { nestApp } from '../../nest-app.mjs';

export function app() {
  return nestApp({ subOf: () => user.sub });
}
