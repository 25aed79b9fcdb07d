import { behavesAsAll } from '../../core/test/behaviour.js';
import { App, callback, majors } from '../test/app.js';

/** Where the user is kept, and who answers the callback. */
const ways = [
  { way: 'with sessions of ours alone', build: {} },
  { way: 'with express-session', build: { loginSession: true } },
  { way: 'that answers the callback', build: { middleware: { callback: false }, build: callback } },
  {
    way: 'that answers the callback, with express-session',
    build: { middleware: { callback: false }, build: callback, loginSession: true },
  },
];

describe.each(majors)('passport on $name', ({ make }) => {
  describe.each(ways)('$way', ({ build }) => {
    behavesAsAll((op, options) => App.start(op, options, { make, ...build }));
  });
});
